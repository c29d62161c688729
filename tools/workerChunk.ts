/** What a chunk's name may hang on, as the bundler tells it. */
interface Modules {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

const ENTRY = /\/workers\/scoring\.worker\.ts/;

/**
 * Puts all that the scoring worker imports at once into a file of its own. Where it is in the worker's file, late files import
 * that one, and WebKit then runs it a second time: two hosts answer each call.
 */
export function workerChunk() {
  let entry = '';
  let own: ReadonlySet<string> | null = null;
  return {
    plugin: {
      name: 'worker-chunk',
      moduleParsed({ id }: { id: string }): void {
        if (ENTRY.test(id)) [entry, own] = [id, null];
      },
    },
    /** A group of the bundler's `advancedChunks`. */
    group: {
      name: (id: string, modules: Modules): string | null =>
        entry && id !== entry && (own ??= reachedFrom(entry, modules)).has(id) ? 'scoring' : null,
    },
  };
}

function reachedFrom(entry: string, modules: Modules): Set<string> {
  const found = new Set<string>();
  const visit = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    modules.getModuleInfo(id)?.importedIds.forEach(visit);
  };
  visit(entry);
  return found;
}
