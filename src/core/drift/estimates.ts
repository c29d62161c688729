import type { Costs } from '../decision/cost';
import { presentRows } from '../stats/present';
import type { Chunks } from './chunks';
import { type MetricValue } from './metric';
import { fitPerformance, labelledOf, performanceOf, takeScored, type Scored } from './performance';
import { piecesOf, type Policy } from './policy';

/** Scores to estimate performance from. */
export interface ScoresToCompare {
  /** Labelled rows; those of the reference table, row by row, where limits come from its chunks. */
  reference: Scored;
  /** Of the current table, row by row. */
  current: Scored;
  costs: Costs;
}

/** Why there is no estimate, or what it lacks. */
export type EstimateNote =
  'reference-unlabelled' | 'reference-one-class' | 'current-unlabelled' | 'not-probabilities';

export interface Estimates {
  /** By chunk of the current rows; empty where nothing can be estimated. */
  metrics: MetricValue[][];
  /** Whether scores were calibrated before metrics were estimated; null without an estimate. */
  calibrated: boolean | null;
  notes: EstimateNote[];
}

/** Performance of each chunk of the current rows, estimated and, where outcomes are known, realised. */
export function performanceByChunk(
  chunks: Chunks,
  { reference, current, costs }: ScoresToCompare,
  { limits }: Pick<Policy, 'limits'>,
): Estimates {
  const none = (note: EstimateNote): Estimates => ({ metrics: [], calibrated: null, notes: [note] });
  if (!areProbabilities(reference) || !areProbabilities(current)) return none('not-probabilities');
  const labelled = labelledOf(withScores(reference));
  if (labelled.target.length === 0) return none('reference-unlabelled');
  if (new Set(labelled.target).size < 2) return none('reference-one-class');
  const pieces = piecesOf(limits, chunks, labelled.target.length).map((rows) =>
    limits === 'samples' ? takeScored(labelled, rows) : labelledOf(withScores(takeScored(reference, rows))),
  );
  const fit = fitPerformance(labelled, pieces, costs);
  const known = current.target?.some((label) => label >= 0);
  return {
    metrics: chunks.current.map(({ rows }) => performanceOf(fit, withScores(takeScored(current, rows)))),
    calibrated: fit.calibration !== null,
    notes: known ? [] : ['current-unlabelled'],
  };
}

const areProbabilities = ({ probability }: Scored): boolean =>
  probability.every((p) => Number.isNaN(p) || (p >= 0 && p <= 1));

/** The rows that have a score. */
const withScores = (scored: Scored): Scored => takeScored(scored, presentRows(scored.probability));
