import {
  bestInterval,
  bestThreshold,
  type Best,
  type Objective,
  plainest,
} from '../../core/decision/thresholds';
import { ranked, type Ranked } from '../../core/metrics/ranked';
import { fitIsotonic, isotonicAt, type Isotonic } from '../../core/metrics/isotonic';
import { readNumbers } from '../../core/table/source';
import type { Engine } from '../engine';
import { pausing } from '../runtime';
import { labelledReference, labelledTest, type Labelled } from '../labelled';

/** All clients under one threshold. */
export interface PortfolioView {
  /** Their scores in order, with the defaults that are expected of them. */
  clients: Ranked;
  unscored: number;
  /** Mean P(default), as scored. */
  mean: number;
  /** Expected defaults come from scores brought to the test rows' outcomes (isotonic), or from the scores as they are. */
  expected: 'calibrated' | 'scores';
  /** Numbers that a mistake's cost may be a share of. */
  amounts: string[];
}

/** Fewer outcomes of either kind calibrate nothing. */
const LEAST_OUTCOMES = 50;

/** @param scores of every client */
export async function portfolioOf(engine: Engine, scores: Float64Array): Promise<PortfolioView> {
  const calibration = calibrationFrom(await labelledTest(engine));
  const expected = calibration ? isotonicAt(calibration, scores) : scores;
  const clients = ranked(scores, expected);
  const count = clients.scores.length;
  return {
    clients,
    unscored: scores.length - count,
    mean: clients.scores.reduce((sum, score) => sum + score, 0) / count,
    expected: calibration ? 'calibrated' : 'scores',
    amounts: engine.manifest.columns
      .filter(
        ({ role, type }) =>
          (role === 'feature' || role === 'extra') && (type === 'number' || type === 'integer'),
      )
      .map(({ name }) => name),
  };
}

/** From scores to the shares that defaulted; null where too few did, or did not. */
function calibrationFrom(tested: Labelled | null): Isotonic | null {
  if (!tested) return null;
  const { scores, outcomes } = tested;
  const known = Array.from(scores, (_, row) => row).filter(
    (row) => !Number.isNaN(scores[row] + outcomes[row]),
  );
  const defaults = known.reduce((sum, row) => sum + outcomes[row], 0);
  if (Math.min(defaults, known.length - defaults) < LEAST_OUTCOMES) return null;
  return fitIsotonic(
    known.map((row) => scores[row]),
    known.map((row) => outcomes[row]),
  );
}

/** Rows that mistakes are measured on. */
export interface MeasuredRows {
  /** Test rows, else those that trained the model; else the clients' own scores as chances. */
  on: 'test' | 'reference' | 'scores';
  rows: Ranked;
}

/** @param amount column that weighs the rows; "" for all alike. @throws column-unknown, column-not-number */
export async function measuredRows(
  engine: Engine,
  scores: Float64Array,
  amount: string,
): Promise<MeasuredRows> {
  const tested = await labelledTest(engine);
  const trained = tested ? null : await labelledReference(engine);
  const on = tested ? 'test' : trained ? 'reference' : 'scores';
  const labelled = tested ?? trained ?? { scores, outcomes: scores };
  const source = amount ? await engine.part(on === 'scores' ? 'clients' : on) : null;
  const weights = source ? await readNumbers(source, amount) : undefined;
  return { on, rows: ranked(labelled.scores, labelled.outcomes, weights) };
}

export interface BestFound {
  best: Best;
  /** Where the best threshold lies in 95 % of samples of these rows; null of a single class. */
  interval: [number, number] | null;
}

const SAMPLES = 200;
const SEED = 17;

/** The best threshold by an objective, and how sure it is; null of no rows. @throws stopped */
export async function bestOf(
  rows: Ranked,
  objective: Objective,
  signal?: AbortSignal,
): Promise<BestFound | null> {
  const last = rows.scores.length;
  if (last === 0) return null;
  const best = bestThreshold(rows, objective);
  const varies = rows.defaults[last] > 0 && rows.repaid[last] > 0;
  const drawn = { samples: SAMPLES, seed: SEED, pause: pausing(signal) };
  return {
    best: { ...best, threshold: plainest(rows, best.threshold) },
    interval: varies ? await bestInterval(rows, objective, drawn) : null,
  };
}
