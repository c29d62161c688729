import { openTable } from '../core/table/open';
import type { TableSource } from '../core/table/source';
import type { PartName } from '../bundle/schema';
import type { PickedFile } from '../bundle/source';
import type { ColumnView } from '../engine/data/column';
import type { DataLook } from '../engine/data/look';
import type { OutcomeChoice } from '../engine/data/outcome';
import type { DataTable } from '../engine/data/read';
import type { Correlations, PairView } from '../engine/data/together';
import type { Progress } from '../engine/runtime';
import type { OperationTask } from '../protocol/host';
import { handOver } from '../protocol/transfer';
import { rangesIn } from '../supply/own';
import type { Context } from './context';

/**
 * Looking at the rows of a table: a part of a bundle, or a file. The one that was read last is kept; the code that looks is
 * fetched when somebody does.
 */

export type DataSource =
  { kind: 'part'; fingerprint: string; part: PartName } | { kind: 'file'; file: PickedFile };

interface Asking {
  source: DataSource;
  /** The outcome to go by; null for none. */
  outcome: Pick<OutcomeChoice, 'column' | 'value'> | null;
}

let last: { key: string; table: DataTable } | null = null;

function keyOf(source: DataSource): string {
  if (source.kind === 'part') return `${source.fingerprint} ${source.part}`;
  const { name, size, lastModified } = source.file.file;
  return `${source.file.path} ${name} ${size} ${lastModified}`;
}

async function tableOf(
  context: Context,
  source: DataSource,
  task: OperationTask<Progress>,
): Promise<DataTable> {
  const key = keyOf(source);
  if (last?.key === key) return last.table;
  last = null;
  const { readData } = await import('../engine/data/read');
  const table = await readData(await opened(context, source, task), task);
  last = { key, table };
  return table;
}

async function opened(
  context: Context,
  source: DataSource,
  { signal, progress }: OperationTask<Progress>,
): Promise<TableSource> {
  if (source.kind === 'part') {
    const engine = await context.engine(source.fingerprint);
    const part = await engine.part(source.part);
    if (!part) throw new Error(`no part ${source.part}`);
    return part;
  }
  const { file } = source;
  return openTable(rangesIn(file), file.path.split('/').at(-1) ?? file.path, {
    text: [],
    signal,
    progress: (done, total) => progress({ done, total, unit: 'bytes' }),
  });
}

export async function dataLook(
  context: Context,
  { source }: Pick<Asking, 'source'>,
  task: OperationTask<Progress>,
): Promise<DataLook> {
  const { lookOf } = await import('../engine/data/look');
  return lookOf(await tableOf(context, source, task));
}

async function outcomesIn({ sample }: DataTable, outcome: Asking['outcome']): Promise<Int8Array | null> {
  return outcome && (await import('../engine/data/outcome')).outcomesBy(sample, outcome);
}

export async function dataColumn(
  context: Context,
  { source, outcome, column, log }: Asking & { column: string; log: boolean },
  task: OperationTask<Progress>,
): Promise<ColumnView> {
  const table = await tableOf(context, source, task);
  const { columnView } = await import('../engine/data/column');
  return columnView(table.sample, column, await outcomesIn(table, outcome), log);
}

/** How much each column tells of the outcome. */
export async function dataBonds(
  context: Context,
  { source, outcome }: Asking,
  task: OperationTask<Progress>,
): Promise<{ column: string; informationValue: number }[]> {
  const table = await tableOf(context, source, task);
  const { bondsOf } = await import('../engine/data/column');
  const outcomes = await outcomesIn(table, outcome);
  return outcomes && outcome ? bondsOf(table.sample, outcomes, outcome.column) : [];
}

export async function dataCorrelations(
  context: Context,
  { source }: Pick<Asking, 'source'>,
  task: OperationTask<Progress>,
): Promise<Correlations> {
  const { sample } = await tableOf(context, source, task);
  const { correlationsOf } = await import('../engine/data/together');
  const found = await correlationsOf(sample, task);
  return handOver(found, [found.matrix]);
}

export async function dataPair(
  context: Context,
  { source, outcome, x, y }: Asking & { x: string; y: string },
  task: OperationTask<Progress>,
): Promise<PairView> {
  const table = await tableOf(context, source, task);
  const { pairView } = await import('../engine/data/together');
  return pairView(table.sample, x, y, await outcomesIn(table, outcome));
}

/** Rows as text, evenly from the first to the last. */
export async function dataRows(
  context: Context,
  { source }: Pick<Asking, 'source'>,
  task: OperationTask<Progress>,
): Promise<string[][]> {
  const { sampleCells } = await import('../engine/data/look');
  return sampleCells(await tableOf(context, source, task), SHOWN_ROWS);
}

const SHOWN_ROWS = 500;
