import type { Table } from '../core/table/table';
import { keptAsWritten } from '../bundle/columns';
import type { PickedFile } from '../bundle/source';
import type { Engine } from '../engine/engine';
import type { Supplies } from '../engine/drift/sides';
import { sourcesOf } from '../engine/drift/sources';
import type { DriftOperations, DriftProgress } from '../protocol/comparisons';
import {
  clearComparisons,
  countComparisons,
  removeComparison,
  savedComparison,
  savedComparisons,
  saveComparison,
} from '../storage/comparisons';
import type { Db } from '../storage/db';
import { clearLog, countLogged, loggedScores } from '../storage/log';

interface Given {
  db(): Promise<Db>;
  engineOf(fingerprint: string): Promise<Engine>;
}

/** What the scoring worker does of drift. The code that compares is fetched when somebody does. */
export function driftOperations({ db, engineOf }: Given): DriftOperations {
  let last: { file: PickedFile; fingerprint: string; table: Promise<Table> } | null = null;

  /** The picked file as a table, read once. */
  const tableOf = (file: PickedFile, engine: Engine): Promise<Table> => {
    const same =
      last?.fingerprint === engine.fingerprint &&
      last.file.path === file.path &&
      last.file.file.size === file.file.size &&
      last.file.file.lastModified === file.file.lastModified;
    if (!same || !last) {
      const text = keptAsWritten(engine.manifest.columns, engine.idColumn);
      last = { file, fingerprint: engine.fingerprint, table: readPicked(file, text) };
      last.table.catch(() => (last = null));
    }
    return last.table;
  };

  const supplies = async (engine: Engine, file: PickedFile | null): Promise<Supplies> => ({
    file: file ? await tableOf(file, engine) : undefined,
    logged: await loggedScores(await db(), engine.fingerprint),
  });

  return {
    driftSources: async ({ fingerprint, file }) => {
      // Who asks what can be compared will compare: the code comes meanwhile.
      void import('../engine/drift/compare').catch(() => undefined);
      const engine = await engineOf(fingerprint);
      return sourcesOf(engine, await supplies(engine, file));
    },
    drift: async ({ fingerprint, request, file }, { signal, progress }) => {
      const { compareSides } = await import('../engine/drift/compare');
      const engine = await engineOf(fingerprint);
      let state: DriftProgress = { done: 0, total: 0, columns: [] };
      return compareSides(engine, request, await supplies(engine, file), {
        signal,
        columns: (columns) => (state = { ...state, columns }),
        progress: ({ done, total }) => progress((state = { ...state, done, total })),
      });
    },
    driftEffect: async ({ fingerprint, request, file, column }, { signal }) => {
      const { columnEffect } = await import('../engine/drift/effect');
      const engine = await engineOf(fingerprint);
      return columnEffect(engine, request, column, await supplies(engine, file), { signal });
    },
    saveComparison: async (given) => saveComparison(await db(), given),
    comparisons: async ({ fingerprint }) => savedComparisons(await db(), fingerprint),
    comparison: async ({ fingerprint, id }) => savedComparison(await db(), fingerprint, id),
    removeComparison: async ({ id }) => removeComparison(await db(), id),
    kept: async () => ({
      logged: await countLogged(await db()),
      comparisons: await countComparisons(await db()),
    }),
    clearLog: async () => clearLog(await db()),
    clearComparisons: async () => clearComparisons(await db()),
  };
}

async function readPicked({ file, path }: PickedFile, text: readonly string[]): Promise<Table> {
  const { readPickedTable } = await import('../supply/own');
  return readPickedTable({ file, path }, text);
}
