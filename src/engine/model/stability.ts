import { chunksOf, isTimeColumn, timesOf, type Period } from '../../core/drift/chunks';
import { auc } from '../../core/metrics/binary';
import { aucInterval, aucParts } from '../../core/metrics/delong';
import type { Figure } from '../../core/metrics/validation';
import { presentRows } from '../../core/stats/present';
import { wholeTable } from '../../core/table/source';
import type { Engine } from '../engine';

/** How a model does on the rows of one period. */
export interface StabilityPeriod {
  /** First and last day that rows of it have, as ISO dates. */
  from: string;
  to: string;
  rows: number;
  defaults: number;
  /** Share that defaulted, and the mean score. */
  observed: number;
  expected: number;
  /** Share that is not refused. */
  approved: number;
  /** With DeLong's interval; null where all came out alike. */
  auc: Figure;
}

export interface Stability {
  /** Rows that the periods are of: those never seen before, in this order, else those that trained the model. */
  on: 'test' | 'current' | 'reference';
  period: Period;
  periods: StabilityPeriod[];
}

/** More months than this are shown as quarters, more quarters as years. */
const MOST_PERIODS = 24;
const PERIODS: readonly Period[] = ['month', 'quarter', 'year'];

/** The first part that has outcomes and times; null without any. */
export async function stabilityOf(engine: Engine): Promise<Stability | null> {
  const time = engine.manifest.columns.find(({ role }) => role === 'time')?.name;
  for (const on of ['test', 'current', 'reference'] as const) {
    const source = time ? await engine.part(on) : null;
    const target = engine.manifest.data[on]?.target;
    const dates = time ? await source?.read(time) : null;
    const outcomes = target ? await source?.read(target) : null;
    if (!source || !dates || !isTimeColumn(dates) || outcomes?.kind !== 'number') continue;
    const { values } = outcomes;
    const scores = await engine.score(await wholeTable(source));
    const known = presentRows(scores.map((score, row) => score + values[row]));
    const times = timesOf(dates);
    return { on, ...periodsOf(known, times, (rows) => figuresOf(engine, rows, scores, values)) };
  }
  return null;
}

type Figures = Omit<StabilityPeriod, 'from' | 'to'>;

function periodsOf(
  known: Int32Array,
  times: Float64Array,
  figures: (rows: Int32Array) => Figures,
): Omit<Stability, 'on'> {
  const own = Float64Array.from(known, (row) => times[row]);
  const cut = (period: Period) => chunksOf(known.length, { period }, own);
  const period = PERIODS.find((wanted) => cut(wanted).length <= MOST_PERIODS) ?? 'year';
  const periods = cut(period).map(({ rows, start, end }) => ({
    from: start.slice(0, 10),
    to: end.slice(0, 10),
    ...figures(rows.map((i) => known[i])),
  }));
  return { period, periods };
}

function figuresOf(
  engine: Engine,
  rows: Int32Array,
  scores: Float64Array,
  outcomes: ArrayLike<number>,
): Figures {
  const target = Uint8Array.from(rows, (row) => outcomes[row]);
  const score = Float64Array.from(rows, (row) => scores[row]);
  const defaults = target.reduce((sum, outcome) => sum + outcome, 0);
  const both = defaults > 0 && defaults < rows.length;
  const parts = both ? aucParts(target, score) : null;
  return {
    rows: rows.length,
    defaults,
    observed: defaults / rows.length,
    expected: score.reduce((sum, p) => sum + p, 0) / rows.length,
    approved: score.filter((p) => engine.decide(p) !== 'refused').length / rows.length,
    auc: both
      ? { value: auc(target, score), interval: parts && aucInterval(parts) }
      : { value: null, interval: null },
  };
}
