import type { Decision } from '../../core/decision/decision';
import { meanAbsolute } from '../../core/explain/importance';
import { presentMean, presentRows } from '../../core/stats/present';
import { sampleRows } from '../../core/numeric/random';
import { takeRows, type Table } from '../../core/table/table';
import { modelRows, type SideRows } from './sides';
import type { Engine } from '../engine';
import type { Task } from '../runtime';

/** What changes for the model: by feature, and for its decisions. */
export interface ModelDrift {
  unit: 'margin' | 'probability';
  /** Rows explained on each side, at most. */
  explained: number;
  /** Share of the mean |contribution| of all features, reference rows; by feature. */
  importance: Float64Array;
  /** Mean contribution, by feature, in the unit of the explanation. */
  contribution: { reference: Float64Array; current: Float64Array };
  /** Shares of the scored rows. */
  decisions: { reference: DecisionShares; current: DecisionShares };
  /** Half the sum of the absolute changes of these shares: the least share of decisions that is another. */
  changed: number;
  meanScore: { reference: number; current: number };
}

export type DecisionShares = Record<Exclude<Decision, 'unscored'>, number>;

/** Scores of both sides, computed once, when they are first asked for. */
export type Scores = Record<'reference' | 'current', () => Promise<Float64Array>>;

const EXPLAINED_ROWS = 1000;
const EXPLAINED_ROWS_AGNOSTIC = 20;
const SEED = 1;

/** What a comparison means to the model. */
export async function modelDrift(
  engine: Engine,
  reference: SideRows,
  current: SideRows,
  scored: Scores,
  task: Task,
): Promise<ModelDrift> {
  const scores = { reference: await scored.reference(), current: await scored.current() };
  const before = await explained(engine, await modelRows(engine, reference), scores.reference, task);
  const after = await explained(engine, await modelRows(engine, current), scores.current, task);
  const total = before.absolute.reduce((sum, value) => sum + value, 0);
  const decisions = {
    reference: decisionShares(engine, scores.reference),
    current: decisionShares(engine, scores.current),
  };
  const kinds = Object.keys(decisions.reference) as (keyof DecisionShares)[];
  return {
    unit: engine.unitOf(engine.defaultMethod),
    explained: Math.max(before.rows, after.rows),
    importance: before.absolute.map((value) => (total === 0 ? 0 : value / total)),
    contribution: { reference: before.mean, current: after.mean },
    decisions,
    changed:
      kinds.reduce((sum, kind) => sum + Math.abs(decisions.reference[kind] - decisions.current[kind]), 0) / 2,
    meanScore: { reference: presentMean(scores.reference), current: presentMean(scores.current) },
  };
}

/** Mean and mean absolute contributions of a seeded sample of the scored rows. */
async function explained(engine: Engine, table: Table, scores: Float64Array, { signal }: Task) {
  const method = engine.defaultMethod;
  const there = presentRows(scores);
  const wanted = method === 'kernel' ? EXPLAINED_ROWS_AGNOSTIC : EXPLAINED_ROWS;
  const rows = sampleRows(there.length, wanted, SEED).map((position) => there[position]);
  const found = await engine.explain(takeRows(table, rows), method, {
    signal,
    ...(method === 'kernel' ? { background: 10, samples: 500 } : {}),
  });
  const mean = new Float64Array(found.width);
  for (let i = 0; i < found.rows; i++)
    for (let j = 0; j < found.width; j++) mean[j] += found.values[i * found.width + j] / found.rows;
  return { rows: rows.length, mean, absolute: meanAbsolute(found) };
}

function decisionShares(engine: Engine, scores: Float64Array): DecisionShares {
  const counts = { accepted: 0, review: 0, refused: 0, unscored: 0 };
  for (const p of scores) counts[engine.decide(p)]++;
  const scored = Math.max(1, scores.length - counts.unscored);
  return {
    accepted: counts.accepted / scored,
    review: counts.review / scored,
    refused: counts.refused / scored,
  };
}
