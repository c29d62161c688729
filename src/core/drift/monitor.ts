import { takeColumn, type Column } from '../table/table';
import { DRIFTED_FROM, bandOf, isPValue, type TestName } from './bands';
import type { Chunk } from './chunks';
import { nannymlOutcome, type Monitored, type TestOutcome } from './column';
import { defaultTest, evidentlyTest } from './evidently';
import { limitsOf, type Limits } from './limits';
import { methodsOf, mostOf, nannymlValues, type NannymlMethod } from './nannyml';
import type { ReadyPair } from './pair';
import { countLevels, countsOfLevels, numberSample, pairCounts, present, type Pair } from './sample';
import { stabilityOf } from './stability';
import type { Preset } from './types';

/** A chunk's value of a test with its limits. */
export interface ChunkValue {
  test: TestName | 'reconstruction_error';
  value: number;
  lower: number | null;
  upper: number | null;
  alert: boolean;
}

/** A column chunk by chunk. */
export interface ColumnMonitor extends Monitored {
  /** By chunk of the current rows, what the preset asks; empty where a chunk has no value. */
  chunks: (ChunkValue & { test: TestName })[][];
}

/**
 * Each chunk of a column against the whole reference. Limits are the preset's own: .25 for the population
 * stability index, the test's threshold for Evidently, mean + 3 standard deviations of the reference's chunks
 * for NannyML (chi2 alerts by p).
 *
 * @returns null where the column can't be compared
 */
export function monitorColumn(
  { pair, columns, untested }: ReadyPair,
  preset: Preset,
  chunks: { reference: readonly Chunk[]; current: readonly Chunk[] },
): ColumnMonitor | null {
  if (!columns || !pair || (untested && preset !== 'psi')) return null;
  const [reference, current] = columns;
  const watch = watcherOf(reference, pair, preset);
  const limits = preset === 'nannyml' ? watch.limits(chunks.reference) : new Map<NannymlMethod, Limits>();
  return {
    limits,
    // One value has no spread.
    limited: chunks.reference.length > 1,
    chunks: chunks.current.map(({ rows }) => watch.values(takeColumn(current, rows), limits)),
  };
}

interface Watcher {
  limits(chunks: readonly Chunk[]): Map<NannymlMethod, Limits>;
  values(chunk: Column, limits: ReadonlyMap<NannymlMethod, Limits>): ColumnMonitor['chunks'][number];
}

function watcherOf(reference: Column, whole: Pair, preset: Preset): Watcher {
  const pairWith = pairerOf(whole);
  return {
    limits: (chunks) => limitsFrom(chunks, reference, whole, pairWith),
    values: (chunk, limits) => {
      const pair = pairWith(chunk);
      if (!pair || (present(pair.current) === 0 && preset !== 'psi')) return [];
      return valuesOf(pair, preset, limits);
    },
  };
}

/** Pairs a chunk with the reference, whose side is made once: of numbers the sorted values, of levels the counts. */
function pairerOf(whole: Pair): (chunk: Column) => Pair | null {
  if (whole.kind === 'number')
    return (chunk) =>
      chunk.kind === 'number'
        ? { kind: 'number', reference: whole.reference, current: numberSample(chunk) }
        : null;
  const counted = countsOfLevels(whole);
  return (chunk) => pairCounts(counted, countLevels(chunk));
}

function valuesOf(
  pair: Pair,
  preset: Preset,
  limits: ReadonlyMap<NannymlMethod, Limits>,
): ColumnMonitor['chunks'][number] {
  if (preset === 'psi') {
    const { value } = stabilityOf(pair);
    return [{ test: 'psi', value, lower: null, upper: DRIFTED_FROM, alert: bandOf(value) === 'drifted' }];
  }
  if (preset === 'evidently') return [asChunkValue(evidentlyTest(defaultTest(pair), pair))];
  return nannymlValues(pair).map((value) => {
    const { drifted } = nannymlOutcome(value, limits.get(value.method));
    const own = value.method === 'chi2' ? undefined : limits.get(value.method);
    return {
      test: value.method,
      value: value.value,
      lower: own?.lower ?? null,
      upper: own?.upper ?? null,
      alert: drifted,
    };
  });
}

/** A p-value's threshold is a lower limit, a distance's an upper one. */
function asChunkValue({
  test,
  value,
  threshold,
  drifted,
}: TestOutcome): ColumnMonitor['chunks'][number][number] {
  const byP = isPValue(test);
  return { test, value, lower: byP ? threshold : null, upper: byP ? null : threshold, alert: drifted };
}

function limitsFrom(
  chunks: readonly Chunk[],
  reference: Column,
  whole: Pair,
  pairWith: (chunk: Column) => Pair | null,
): Map<NannymlMethod, Limits> {
  const found = chunks.map(({ rows }) => {
    const pair = pairWith(takeColumn(reference, rows));
    return new Map(pair ? nannymlValues(pair).map(({ method, value }) => [method, value]) : []);
  });
  return new Map(
    methodsOf(whole).map((method) => {
      const values = found.map((chunk) => chunk.get(method) ?? NaN);
      // Drift has no lower limit.
      return [method, { ...limitsOf(values, 0, mostOf(method)), lower: null }];
    }),
  );
}
