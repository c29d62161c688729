import { auc } from '../../core/metrics/binary';
import { evenRows } from '../../core/stats/evenRows';
import { presentMean, presentRows } from '../../core/stats/present';
import type { Column, Table } from '../../core/table/table';
import type { ManifestColumn } from '../schema';
import { aucOf, type Scored } from './facts';
import type { Finding, FindingKind, Severity } from './findings';
import type { TrainingFacts } from './schema';

/** Fewer rows than this, or fewer of a class, tell nothing of scores and outcomes. */
const ENOUGH = { rows: 50, ofClass: 20, toJudge: 50 };
/** A mean or a rate that is so many times another is far, if it is so many points away. */
const FAR = { times: 2, points: 0.02 };
/** A mean score that is so many times the training's is worth a note. */
const MOVED = { times: 1.25, points: 0.02 };
/** Standard errors that chance does not explain. */
const CHANCE = 3;
/** A model this good, or a column, knows the outcome. */
const TOO_GOOD = { model: 0.98, column: 0.95 };
/** Rows that a column's ranking of outcomes is looked at on, and levels that a category may have for it. */
const LOOKED_AT = { rows: 20_000, levels: 50 };

export interface OutcomeRows {
  table: Table;
  inputs: readonly ManifestColumn[];
  scores: Scored | null;
  /** 1 default, 0 repaid, NaN unknown; of every row; null without outcomes. */
  outcomes: ArrayLike<number> | null;
  /** Rows that trained the model, which it may know by heart. */
  trained: boolean;
}

/** What is strange in scores and outcomes. */
export function outcomeFindings(rows: OutcomeRows, facts: TrainingFacts | null): Finding[] {
  const { table, scores, outcomes } = rows;
  const found = [
    ...(scores && facts ? meanFindings(scores, facts) : []),
    ...(outcomes && facts ? rateFindings(outcomes, facts) : []),
    ...(scores && outcomes ? aucFindings(rows, scores, outcomes) : []),
    ...(outcomes ? leaks(rows, outcomes) : []),
  ];
  return found.map((finding) => ({ ...finding, table: table.name }));
}

type Found = FindingKind & { severity: Severity };

function meanFindings({ probabilities }: Scored, { score }: TrainingFacts): Found[] {
  const now = presentMean(probabilities);
  const rows = presentRows(probabilities).length;
  if (!score || rows < ENOUGH.rows) return [];
  // No scores spread wider than outcomes of their mean.
  const error = Math.sqrt((score.mean * (1 - score.mean)) / rows);
  if (Math.abs(now - score.mean) < CHANCE * error || !isFar(now, score.mean, MOVED)) return [];
  const severity = isFar(now, score.mean, FAR) ? 'warning' : 'note';
  return [{ code: 'score-mean', severity, before: score.mean, now }];
}

function rateFindings(outcomes: ArrayLike<number>, { target: before }: TrainingFacts): Found[] {
  const now = presentMean(outcomes);
  if (before === undefined || presentRows(outcomes).length < ENOUGH.rows || !isFar(now, before)) return [];
  // A rate that is the other class's: the outcomes are turned round.
  const turned = Math.abs(now - (1 - before)) < 0.1 && Math.abs(now - before) > 0.3;
  return [{ code: 'default-rate', severity: turned ? 'warning' : 'note', before, now }];
}

function isFar(now: number, before: number, { times, points } = FAR): boolean {
  return Math.abs(now - before) >= points && Math.max(now, before) / Math.min(now, before) >= times;
}

function aucFindings({ trained }: OutcomeRows, scores: Scored, outcomes: ArrayLike<number>): Found[] {
  const classes = classesOf(scores.rows, outcomes);
  if (Math.min(...classes) < ENOUGH.ofClass) return [];
  const area = aucOf(scores, outcomes);
  const nothing = area < 0.5 + areaError(classes) && Math.min(...classes) >= ENOUGH.toJudge;
  if (area < 0.5 || nothing) {
    const severity = area < 0.5 - CHANCE * areaError(classes) ? 'error' : 'warning';
    return [{ code: 'auc-low', severity, auc: area }];
  }
  return area >= TOO_GOOD.model && !trained ? [{ code: 'auc-high', severity: 'warning', auc: area }] : [];
}

/** Standard error of the area of scores that know nothing (Mann & Whitney 1947). */
const areaError = ([m, n]: [number, number]): number => Math.sqrt((m + n + 1) / (12 * m * n));

function classesOf(rows: ArrayLike<number>, outcomes: ArrayLike<number>): [repaid: number, defaults: number] {
  const counts: [number, number] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const outcome = outcomes[rows[i]];
    if (outcome === 0 || outcome === 1) counts[outcome]++;
  }
  return counts;
}

/** Columns that alone rank the outcomes. */
function leaks({ table, inputs }: OutcomeRows, outcomes: ArrayLike<number>): Found[] {
  const rows = evenRows(table.rows, LOOKED_AT.rows).filter((row) => !Number.isNaN(outcomes[row]));
  if (Math.min(...classesOf(rows, outcomes)) < ENOUGH.ofClass) return [];
  return inputs.flatMap(({ name: column }): Found[] => {
    const ranks = ranksOf(table.columns.get(column), rows, outcomes);
    if (!ranks) return [];
    const [kept, values] = ranks;
    if (Math.min(...classesOf(kept, outcomes)) < ENOUGH.ofClass) return [];
    const area = auc(
      Float64Array.from(kept, (row) => outcomes[row]),
      values,
    );
    const apart = Math.max(area, 1 - area);
    return apart >= TOO_GOOD.column ? [{ code: 'leak', severity: 'warning', column, auc: apart }] : [];
  });
}

/** The rows with a value, and what ranks them: numbers as they are, categories by their rate of default. */
function ranksOf(
  column: Column | undefined,
  rows: Int32Array,
  outcomes: ArrayLike<number>,
): [rows: Int32Array, values: Float64Array] | null {
  if (!column) return null;
  if (column.kind === 'number') {
    const kept = rows.filter((row) => !Number.isNaN(column.values[row]));
    return [kept, Float64Array.from(kept, (row) => column.values[row])];
  }
  if (column.dictionary.length > LOOKED_AT.levels) return null;
  const counts = new Float64Array(column.dictionary.length);
  const defaults = new Float64Array(column.dictionary.length);
  const kept = rows.filter((row) => column.codes[row] >= 0);
  for (const row of kept) {
    counts[column.codes[row]]++;
    defaults[column.codes[row]] += outcomes[row];
  }
  return [kept, Float64Array.from(kept, (row) => defaults[column.codes[row]] / counts[column.codes[row]])];
}
