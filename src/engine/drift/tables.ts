import type { Costs } from '../../core/decision/cost';
import { refusals } from '../../core/decision/decision';
import { timesOf, type Chunking } from '../../core/drift/chunks';
import { compareTables, type Comparison, type CompareOptions } from '../../core/drift/compare';
import type { ScoresToCompare } from '../../core/drift/estimates';
import type { Scored } from '../../core/drift/performance';
import type { Preset } from '../../core/drift/types';
import { checkStopped, ScoredeskError } from '../../core/errors';
import { countRepeats, oneByOne, readColumn, readNumbers, type TableSource } from '../../core/table/source';
import { textAt, textColumn, texts } from '../../core/table/table';
import { lateOutcomesOf, type Target } from '../../bundle/target';
import type { Task } from '../runtime';

/** NannyML's usual name of the decisions. */
export const USUAL_DECISIONS = 'y_pred';

/** How two tables are compared without a bundle: what each column is comes from the caller. */
export interface TablesRequest {
  preset: Preset;
  /** All of either table by default. */
  columns?: readonly string[] | undefined;
  /** Not compared, looked at for repeats. */
  id?: string | undefined;
  time?: string | undefined;
  chunking?: Chunking | undefined;
  /** Probability of default: performance is estimated from it. */
  prediction?: string | undefined;
  /** 1 where refused; by default `y_pred` where both tables have it as 0 and 1, else the threshold decides. */
  decision?: string | undefined;
  threshold: number;
  target?: Target | undefined;
  costs: Costs;
}

export interface ComparedTables {
  comparison: Comparison;
  /** Column that the decisions were taken from; null where the threshold decided, or none were needed. */
  decisions: string | null;
  /** Rows whose id is there already. */
  repeated: { reference: number; current: number };
}

/**
 * Compares two tables in their own words.
 *
 * @throws rows-none, column-unknown, column-not-number, drift-time, drift-period-time, target-values; stopped
 */
export async function comparePlainTables(
  reference: TableSource,
  current: TableSource,
  request: TablesRequest,
  { signal, progress }: Task = {},
): Promise<ComparedTables> {
  const { id, time, prediction } = request;
  for (const table of [reference, current])
    if (table.rows === 0) throw new ScoredeskError('rows-none', { file: table.name });
  for (const name of [id, time]) if (name !== undefined) await readColumn(current, name);
  if (time !== undefined) await refuseNoTimes(current, time);
  for (const name of [request.decision, request.target?.column])
    if (name !== undefined && !reference.names.includes(name)) await readColumn(current, name);
  const decisions =
    request.decision ?? (prediction === undefined ? null : await usualDecisions(reference, current));
  const options = optionsOf(reference, current, request, decisions);
  const steps = compareTables(reference, current, options);
  const total = options.columns?.length ?? 0;
  for (let done = 0; ; done++) {
    checkStopped(signal);
    const step = await steps.next();
    if (!step.done) {
      progress?.({ done: done + 1, total, unit: 'columns' });
      continue;
    }
    const repeated = {
      reference: id === undefined ? 0 : await countRepeats(reference, id),
      current: id === undefined ? 0 : await countRepeats(current, id),
    };
    return { comparison: step.value, decisions: prediction === undefined ? null : decisions, repeated };
  }
}

function optionsOf(
  reference: TableSource,
  current: TableSource,
  { preset, columns, id, time, chunking, prediction, target, threshold, costs }: TablesRequest,
  decisions: string | null,
): CompareOptions {
  const names = new Set([...reference.names, ...current.names]);
  for (const name of [id, time]) if (name !== undefined) names.delete(name);
  // Without labels in the current rows there is nothing to compare the outcome with.
  if (target && !current.names.includes(target.column)) names.delete(target.column);
  const scored = (table: TableSource, column: string) =>
    scoredOf(table, { prediction: column, decisions, threshold, target, costs });
  return {
    preset,
    time,
    columns: columns ?? [...names],
    chunking: chunking ?? null,
    outside: [prediction, decisions, target?.column].filter((name) => typeof name === 'string'),
    ...(prediction === undefined
      ? {}
      : {
          scores: async (): Promise<ScoresToCompare> => ({
            reference: await scored(reference, prediction),
            current: await scored(current, prediction),
            costs,
          }),
        }),
  };
}

/** What somebody says a column is, whatever its values look like. */
export type DeclaredTypes = ReadonlyMap<string, 'number' | 'category'>;

/** A table whose columns are of the types declared. @throws column-unknown, column-not-number when such a column is read */
export function declaredAs(source: TableSource, types: DeclaredTypes): TableSource {
  return {
    ...oneByOne(source),
    read: async (name, range) => {
      const type = types.get(name);
      const column = await source.read(name, range);
      if (!column || type === undefined) return column;
      if (type === 'category') return column.kind === 'text' ? column : textColumn(texts(column));
      return { kind: 'number', values: await readNumbers(source, name) };
    },
  };
}

/** NannyML's usual column of decisions, where both sides have it as 0 and 1. */
async function usualDecisions(reference: TableSource, current: TableSource): Promise<string | null> {
  for (const table of [reference, current]) {
    const column = await table.read(USUAL_DECISIONS);
    const binary = column?.kind === 'number' && column.values.every((value) => value === 0 || value === 1);
    if (!binary) return null;
  }
  return USUAL_DECISIONS;
}

async function scoredOf(
  table: TableSource,
  {
    prediction,
    decisions,
    threshold,
    target,
    costs,
  }: { prediction: string; decisions: string | null } & Pick<TablesRequest, 'threshold' | 'target' | 'costs'>,
): Promise<Scored> {
  const probability = await readNumbers(table, prediction);
  const decided =
    decisions !== null && table.names.includes(decisions) ? await readNumbers(table, decisions) : null;
  const outcomes =
    target && table.names.includes(target.column) ? await readColumn(table, target.column) : null;
  return {
    probability,
    refused: decided
      ? Uint8Array.from(decided, (value) => (value === 1 ? 1 : 0))
      : refusals(probability, { threshold }),
    target: outcomes && target ? lateOutcomesOf(outcomes, target) : null,
    ...(costs.kind === 'amount' ? { amount: await readNumbers(table, costs.column) } : {}),
  };
}

/** @throws drift-time where a time column holds something else */
async function refuseNoTimes(table: TableSource, time: string): Promise<void> {
  const column = await readColumn(table, time);
  const times = timesOf(column);
  const row = times.findIndex((value, i) => Number.isNaN(value) && textAt(column, i) !== '');
  if (row >= 0)
    throw new ScoredeskError('drift-time', { column: time, value: textAt(column, row).slice(0, 60) });
}
