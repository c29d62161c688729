import type { Plugin, Rolldown } from 'vite';

type OutputBundle = Rolldown.OutputBundle;
type OutputChunk = Rolldown.OutputChunk;

/** Pages whose code a first visit fetches by itself: the list of clients and a client. What is not named here comes later. */
const FIRST_PAGES = [/ClientsPage\.svelte$/, /ClientPage\.svelte$/];

/**
 * Learns from the built chunks which files a first visit needs to its first scores: what the entry imports, what the
 * first pages and the worker import. The service worker fetches its list one file after the other and the app's worker
 * waits for all of it, so that everything else is kept later (src/service/offline).
 */
export function firstVisit() {
  const needed = new Set<string>();
  const found = new Set<RegExp>();
  const learn = (
    isFirst: (chunk: OutputChunk) => boolean,
    complete: () => void = () => undefined,
  ): Plugin => ({
    name: 'first-visit',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const chunk of chunksOf(bundle)) if (isFirst(chunk)) need(chunk, bundle, needed);
      complete();
    },
  });
  return {
    page: learn(
      (chunk) => {
        const page = FIRST_PAGES.find((one) => one.test(chunk.facadeModuleId ?? ''));
        if (page) found.add(page);
        return chunk.isEntry || page !== undefined;
      },
      () => {
        const lost = FIRST_PAGES.filter((page) => !found.has(page));
        if (lost.length > 0) throw new Error(`No page is called ${lost.join(', ')} any more.`);
      },
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
