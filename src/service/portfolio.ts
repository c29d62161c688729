import { amountOf, type Objective } from '../core/decision/thresholds';
import {
  bestOf,
  measuredRows,
  portfolioOf,
  type BestFound,
  type MeasuredRows,
  type PortfolioView,
} from '../engine/portfolio/portfolio';
import { MUCH_MISSING } from '../engine/client/flags';
import { exportedClients } from '../engine/portfolio/exported';
import { mainReasons as reasonsOf, type MainReason } from '../engine/portfolio/reasons';
import { weightsOf, type Weights } from '../engine/portfolio/weights';
import type { Progress } from '../engine/runtime';
import type { ListQuery } from '../engine/client/list';
import { csvPieces } from '../core/table/write';
import { writeParquet } from '../core/table/parquetWrite';
import type { OperationTask } from '../protocol/host';
import { handOver } from '../protocol/transfer';
import { contributionStore } from '../storage/computed';
import type { Context } from './context';

/** All clients of a bundle under one threshold. */

export async function portfolio(
  context: Context,
  { fingerprint }: { fingerprint: string },
): Promise<PortfolioView> {
  const { engine, overview } = await context.open(fingerprint);
  const found = await portfolioOf(engine, overview.scores);
  const { scores, defaults, repaid } = found.clients;
  return handOver(found, [scores, defaults, repaid]);
}

/** What a threshold's mistakes are measured on. @throws column-unknown, column-not-number: of the amounts */
export async function measured(
  context: Context,
  { fingerprint, amount }: { fingerprint: string; amount: string },
): Promise<MeasuredRows> {
  const { engine, overview } = await context.open(fingerprint);
  const found = await measuredRows(engine, overview.scores, amount);
  const { scores, defaults, repaid } = found.rows;
  return handOver(found, [scores, defaults, repaid]);
}

/** The best threshold; null where there are no rows to measure on. @throws as `measured`, stopped */
export async function best(
  context: Context,
  { fingerprint, objective }: { fingerprint: string; objective: Objective },
  { signal }: OperationTask,
): Promise<BestFound | null> {
  const { engine, overview } = await context.open(fingerprint);
  const { rows } = await measuredRows(engine, overview.scores, amountOf(objective));
  return bestOf(rows, objective, signal);
}

/** Counts what is odd about every client's data: the list tells it from then on. */
export async function flags(
  context: Context,
  { fingerprint }: { fingerprint: string },
): Promise<{ missing: number; odd: number }> {
  const { list, engine } = await context.open(fingerprint);
  const { missing, odd } = await list.countFlags();
  const much = Math.ceil(MUCH_MISSING * engine.columns.length);
  return {
    missing: missing.reduce((sum, count) => sum + (count >= much ? 1 : 0), 0),
    odd: odd.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0),
  };
}

/** What moves the scores of these clients most. @throws client-unknown */
export async function mainReasons(
  context: Context,
  { fingerprint, ids }: { fingerprint: string; ids: string[] },
): Promise<MainReason[]> {
  return reasonsOf(await context.engine(fingerprint), ids);
}

/** What weighs for the clients that a query finds. @throws stopped, method-unsupported */
export async function listWeights(
  context: Context,
  { fingerprint, query }: { fingerprint: string; query: ListQuery },
  task: OperationTask<Progress>,
): Promise<Weights> {
  const { engine, list } = await context.open(fingerprint);
  const store = contributionStore(await context.db(), engine) ?? undefined;
  return weightsOf(engine, await list.positions(query), { ...task, store, others: context.hands(engine) });
}

/** The clients that a query finds, in its order, as a file. */
export async function exportList(
  context: Context,
  { fingerprint, query, format }: { fingerprint: string; query: ListQuery; format: 'csv' | 'parquet' },
): Promise<Blob> {
  const { engine, overview, list } = await context.open(fingerprint);
  const table = await exportedClients(engine, overview.scores, await list.positions(query));
  // A piece at a time: the browser keeps them off the heap.
  if (format === 'csv')
    return new Blob(
      Array.from(csvPieces(table), (piece) => new Blob([piece])),
      { type: 'text/csv' },
    );
  return new Blob([writeParquet(table) as Uint8Array<ArrayBuffer>], {
    type: 'application/vnd.apache.parquet',
  });
}
