import type { OutputBundle, OutputChunk } from 'rolldown';
import type { Plugin } from 'vite';

/** Pages whose code a first visit fetches by itself: the list of clients and a client. What is not named here comes later. */
const FIRST_PAGES = [/ClientsPage\.svelte$/, /ClientPage\.svelte$/];

/**
 * Learns from the built chunks which files a first visit needs to its first scores: what the entry imports, what the
 * first pages and the worker import. The service worker fetches its list one file after the other and the app's worker
 * waits for all of it, so that everything else is kept later (src/service/offline).
 */
export function firstVisit() {
  const needed = new Set<string>();
  const learn = (isFirst: (chunk: OutputChunk) => boolean): Plugin => ({
    name: 'first-visit',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const chunk of chunksOf(bundle)) if (isFirst(chunk)) need(chunk, bundle, needed);
    },
  });
  return {
    page: learn(
      (chunk) => chunk.isEntry || FIRST_PAGES.some((page) => page.test(chunk.facadeModuleId ?? '')),
    ),
    worker: () => [learn((chunk) => chunk.isEntry)],
    /** Of a file of the precache list. Files that are no code (fonts, icons, the page itself) are needed. */
    isLate: (url: string): boolean =>
      url === 'licences.json' ||
      (/\.(js|css)$/.test(url) && !needed.has(url) && !/service\.worker/.test(url)),
  };
}

const chunksOf = (bundle: OutputBundle): OutputChunk[] =>
  Object.values(bundle).filter((file) => file.type === 'chunk');

/** A chunk with everything that it imports at once, and its styles. */
function need(chunk: OutputChunk, bundle: OutputBundle, needed: Set<string>): void {
  if (needed.has(chunk.fileName)) return;
  needed.add(chunk.fileName);
  const { viteMetadata } = chunk as OutputChunk & { viteMetadata?: { importedCss: Set<string> } };
  for (const style of viteMetadata?.importedCss ?? []) needed.add(style);
  for (const name of chunk.imports) {
    const imported = bundle[name];
    if (imported?.type === 'chunk') need(imported, bundle, needed);
  }
}
