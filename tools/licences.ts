import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Libraries that the build takes in other ways than by importing their code. */
const ASSETS = [
  '@fontsource-variable/inter',
  'workbox-core',
  'workbox-precaching',
  'workbox-routing',
  'workbox-strategies',
];

interface Library {
  name: string;
  licence: string;
  text: string;
}

/**
 * Writes licences.json: every library whose code is in the built page or its workers, by licence text. One plugin for the page's build, one for the workers', which comes before it.
 */
export function licences(): { page: Plugin; workers: () => Plugin[] } {
  const folders = new Set(ASSETS.map((name) => join('node_modules', name)));
  const collect = (modules: Iterable<string>): void => {
    for (const id of modules) {
      const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace(/^\0/, ''));
      if (found) folders.add(found[0]);
    }
  };
  const collector: Plugin = {
    name: 'licences-of-chunks',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle))
        if (chunk.type === 'chunk') collect(Object.keys(chunk.modules));
    },
  };
  const page: Plugin = {
    name: 'licences',
    apply: 'build',
    generateBundle(options, bundle, isWrite) {
      if (typeof collector.generateBundle === 'function')
        void collector.generateBundle.call(this, options, bundle, isWrite);
      const found = [...folders].filter((folder) => existsSync(join(folder, 'package.json'))).map(libraryIn);
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(byText(found)) });
    },
  };
  return { page, workers: () => [collector] };
}

/** Libraries that share a licence text stand together: most of them do. */
function byText(libraries: readonly Library[]): { licence: string; text: string; libraries: string[] }[] {
  const groups = new Map<string, { licence: string; text: string; libraries: string[] }>();
  for (const { name, licence, text } of [...libraries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const key = `${licence}\n${text.replace(/\s+/g, ' ')}`;
    const group = groups.get(key) ?? { licence, text, libraries: [] };
    if (!group.libraries.includes(name)) group.libraries.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function libraryIn(folder: string): Library {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  return {
    name: `${about.name} ${about.version}`,
    licence: about.license ?? '',
    text: file ? readFileSync(join(folder, file), 'utf8').trim() : '',
  };
}
