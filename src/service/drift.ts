import type { DriftRequest } from '../core/drift/request';
import type { Table } from '../core/table/table';
import { keptAsWritten } from '../bundle/columns';
import type { PickedFile } from '../bundle/source';
import type { DriftResult } from '../engine/drift/compare';
import type { ColumnEffect } from '../engine/drift/effect';
import { sourcesOf, type SourceInfo } from '../engine/drift/sources';
import type { Supplies } from '../engine/drift/sides';
import type { Engine } from '../engine/engine';
import type { ComparisonToSave, DriftProgress, SavedComparison } from '../protocol/comparisons';
import { AREAS, loadMessages } from '../i18n/areas';
import { changing, type OperationTask } from '../protocol/host';
import type { DriftDocument } from '../report/driftHtml';
import * as comparisonStore from '../storage/comparisons';
import * as logStore from '../storage/log';
import type { Context } from './context';

/** Comparisons of a bundle's data, and those that were kept. The code that compares is fetched when somebody does. */

interface Compared {
  fingerprint: string;
  request: DriftRequest;
  /** What the side `file` is. */
  file: PickedFile | null;
}

export async function driftSources(
  context: Context,
  { fingerprint, file }: Omit<Compared, 'request'>,
): Promise<SourceInfo[]> {
  // Who asks what can be compared will compare: the code comes meanwhile.
  void import('../engine/drift/compare').catch(() => undefined);
  const engine = await context.engine(fingerprint);
  return sourcesOf(engine, await suppliesOf(context, engine, file));
}

export async function drift(
  context: Context,
  { fingerprint, request, file }: Compared,
  { signal, progress }: OperationTask<DriftProgress>,
): Promise<DriftResult> {
  const { compareSides } = await import('../engine/drift/compare');
  const engine = await context.engine(fingerprint);
  let state: DriftProgress = { done: 0, total: 0, columns: [] };
  return compareSides(engine, request, await suppliesOf(context, engine, file), {
    signal,
    columns: (columns) => (state = { ...state, columns }),
    progress: ({ done, total }) => progress((state = { ...state, done, total })),
  });
}

/** A comparison as a file to be sent on: made here, where a name of any length holds up nobody. */
export async function driftReport(
  _context: Context,
  { kind, document }: { kind: 'html' | 'csv' | 'json'; document: DriftDocument },
): Promise<string> {
  const { comparison, locale } = document;
  await loadMessages(locale, AREAS);
  if (kind === 'csv') return (await import('../report/driftCsv')).driftCsv(comparison);
  if (kind === 'json') return (await import('../report/driftJson')).driftJson(comparison);
  return (await import('../report/driftHtml')).driftHtml(document);
}

/** What one column's change alone does to the scores. */
export async function driftEffect(
  context: Context,
  { fingerprint, request, file, column }: Compared & { column: string },
  { signal }: OperationTask,
): Promise<ColumnEffect | null> {
  const { columnEffect } = await import('../engine/drift/effect');
  const engine = await context.engine(fingerprint);
  return columnEffect(engine, request, column, await suppliesOf(context, engine, file), { signal });
}

export const saveComparison = changing(
  async (context: Context, given: ComparisonToSave): Promise<SavedComparison> =>
    comparisonStore.saveComparison(await context.db(), given),
);

export const comparisons = async (
  context: Context,
  { fingerprint }: { fingerprint: string },
): Promise<SavedComparison[]> => comparisonStore.savedComparisons(await context.db(), fingerprint);

export const comparison = async (
  context: Context,
  { fingerprint, id }: { fingerprint: string; id: number },
): Promise<SavedComparison & { result: DriftResult }> =>
  comparisonStore.savedComparison(await context.db(), fingerprint, id);

export const removeComparison = changing(async (context: Context, { id }: { id: number }): Promise<void> =>
  comparisonStore.removeComparison(await context.db(), id),
);

/** How much is kept of what was scored, and of comparisons, for all bundles. */
export async function kept(context: Context): Promise<{ logged: number; comparisons: number }> {
  const db = await context.db();
  return {
    logged: await logStore.countLogged(db),
    comparisons: await comparisonStore.countComparisons(db),
  };
}

export const clearLog = changing(async (context: Context): Promise<void> =>
  logStore.clearLog(await context.db()),
);

export const clearComparisons = changing(async (context: Context): Promise<void> =>
  comparisonStore.clearComparisons(await context.db()),
);

async function suppliesOf(context: Context, engine: Engine, file: PickedFile | null): Promise<Supplies> {
  return {
    file: file ? await tableOf(file, engine) : undefined,
    logged: await logStore.loggedScores(await context.db(), engine.fingerprint),
  };
}

let last: { file: PickedFile; fingerprint: string; table: Promise<Table> } | null = null;

/** The picked file as a table, read once. */
function tableOf(file: PickedFile, engine: Engine): Promise<Table> {
  if (last && isSame(last, file, engine)) return last.table;
  const text = keptAsWritten(engine.manifest.columns, engine.idColumn);
  const table = readPicked(file, text);
  last = { file, fingerprint: engine.fingerprint, table };
  table.catch(() => (last = null));
  return table;
}

const isSame = (
  before: { file: PickedFile; fingerprint: string },
  { path, file }: PickedFile,
  { fingerprint }: Engine,
): boolean =>
  before.fingerprint === fingerprint &&
  before.file.path === path &&
  before.file.file.size === file.size &&
  before.file.file.lastModified === file.lastModified;

async function readPicked({ file, path }: PickedFile, text: readonly string[]): Promise<Table> {
  const { readPickedTable } = await import('../supply/own');
  return readPickedTable({ file, path }, text);
}
