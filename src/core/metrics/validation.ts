import { unitCosts, type Costs } from '../decision/cost';
import { fBetaOf, mistakesAt, type Mistakes } from '../decision/thresholds';
import { lowerBound } from '../stats/search';
import { bootstrapIntervals, type Drawn } from '../stats/bootstrap';
import { auc, brier, logLoss } from './binary';
import { averagePrecision, gains, ksOf, precisionRecall, rocCurve, type Gain } from './curves';
import { decisionFigures, type DecisionFigures } from './decisions';
import { aucInterval, aucParts, type AucParts } from './delong';
import { ranked, type Ranked } from './ranked';
import { calibrationLine, scoreBands, type Band, type CalibrationLine } from './reliability';

/** A figure with its 95 % interval; null where there is none to be had. */
export interface Figure {
  value: number | null;
  interval: [number, number] | null;
}

export const RANKING_FIGURES = ['auc', 'gini', 'ks', 'averagePrecision', 'brier', 'logLoss'] as const;
export type RankingFigure = (typeof RANKING_FIGURES)[number];
export type DecisionFigure = keyof DecisionFigures | 'fBeta' | 'cost';

/** Points of a curve, thinned for the eye. */
interface Curve {
  x: number[];
  y: number[];
}

/** What the decisions come to in the costs' own unit. */
export interface Money {
  /** Amounts of the rows by what became of them; null where costs are by count. */
  amounts: Mistakes | null;
  /** Lost to defaults that were accepted, and to repayers who were refused. */
  lost: { falseNegative: number; falsePositive: number };
  /** Rows without an amount: in neither. */
  without: number;
}

/** How a model does on rows with outcomes. */
export interface Validation {
  rows: number;
  defaults: number;
  /** AUC and Gini with DeLong's interval, the others with the bootstrap's. */
  figures: Record<RankingFigure, Figure>;
  /** Refused from the threshold on; the cost is of a client. */
  decisions: { mistakes: Mistakes; money: Money; figures: Record<DecisionFigure, Figure> };
  roc: Curve;
  precisionRecall: Curve;
  /** Shares of repaid and of defaults below each score. */
  cumulative: { at: number[]; repaid: number[]; defaults: number[] };
  ksAt: number;
  gains: Gain[];
  bands: Band[];
  line: CalibrationLine | null;
  /** Mean and largest distance of expected and observed shares over the bands, weighed by rows. */
  calibrationError: { mean: number; largest: number };
}

export interface ValidationTask extends Drawn {
  threshold: number;
  costs: Costs;
  /** Of F-beta. */
  beta: number;
  /** Weights of the rows where costs are shares of amounts. */
  amounts?: ArrayLike<number> | undefined;
}

const BANDS = 10;
const MOST_POINTS = 200;

/**
 * @param target 0 or 1 a row, both there
 * @param score P(default) a row, none missing
 */
export async function validate(
  target: ArrayLike<number>,
  score: Float64Array,
  task: ValidationTask,
): Promise<Validation> {
  const of = ranked(score, target);
  const rows = score.length;
  const parts = aucParts(target, score);
  const roc = rocCurve(of);
  const precision = precisionRecall(of);
  const ks = ksOf(roc);
  const mistakes = mistakesAt(of, task.threshold);
  const intervals = await intervalsOf(target, score, task);
  const bands = scoreBands(target, score, BANDS);
  const figure = (value: number, interval: [number, number] | null): Figure =>
    Number.isNaN(value) ? { value: null, interval: null } : { value, interval };
  const decided = {
    ...decisionFigures(mistakes),
    fBeta: fBetaOf(mistakes, task.beta),
    cost: costOfRows(target, score, task),
  };
  const keys = Object.keys(decided) as DecisionFigure[];
  return {
    rows,
    defaults: of.defaults[rows],
    figures: {
      ...areaFigures(auc(target, score), parts),
      ks: figure(ks.value, intervals.ks),
      averagePrecision: figure(averagePrecision(precision), intervals.averagePrecision),
      brier: figure(brier(target, score), intervals.brier),
      logLoss: figure(logLoss(target, score), intervals.logLoss),
    },
    decisions: {
      mistakes,
      money: moneyOf(target, score, task),
      figures: Object.fromEntries(keys.map((key) => [key, figure(decided[key], intervals[key])])) as Record<
        DecisionFigure,
        Figure
      >,
    },
    roc: thinned(roc.fpr, roc.tpr),
    precisionRecall: thinned(precision.recall, precision.precision),
    cumulative: cumulativeOf(of),
    ksAt: ks.at,
    gains: gains(of),
    bands,
    line: calibrationLine(target, score),
    calibrationError: errorOf(bands, rows),
  };
}

/** Gini is twice the area less one, and its interval with it. */
function areaFigures(area: number, parts: AucParts | null): Record<'auc' | 'gini', Figure> {
  const interval = parts && aucInterval(parts);
  return {
    auc: { value: area, interval },
    gini: { value: 2 * area - 1, interval: interval && [2 * interval[0] - 1, 2 * interval[1] - 1] },
  };
}

/** Cost of a row's decision, by its weight; NaN where that is missing. */
function costs(
  target: ArrayLike<number>,
  score: Float64Array,
  { threshold, costs: of, amounts }: Pick<ValidationTask, 'threshold' | 'costs' | 'amounts'>,
) {
  const unit = unitCosts(of);
  return score.map((p, row) => {
    const weight = amounts ? amounts[row] : 1;
    const share = p >= threshold ? (1 - target[row]) * unit.falsePositive : target[row] * unit.falseNegative;
    return weight * share;
  });
}

const costOfRows = (target: ArrayLike<number>, score: Float64Array, task: ValidationTask): number =>
  weighedMean(costs(target, score, task), new Uint32Array(score.length).fill(1));

function moneyOf(target: ArrayLike<number>, score: Float64Array, task: ValidationTask): Money {
  const { amounts, threshold } = task;
  const weighed = ranked(score, target, amounts);
  const at = mistakesAt(weighed, threshold);
  const unit = unitCosts(task.costs);
  return {
    amounts: amounts ? at : null,
    lost: {
      falseNegative: unit.falseNegative * at.falseNegative,
      falsePositive: unit.falsePositive * at.falsePositive,
    },
    without: score.length - weighed.scores.length,
  };
}

export type Sampled = Exclude<RankingFigure, 'auc' | 'gini'> | DecisionFigure;

async function intervalsOf(
  target: ArrayLike<number>,
  score: Float64Array,
  task: ValidationTask,
): Promise<Record<Sampled, [number, number] | null>> {
  const { order, figures } = sampledFigures(target, score, task);
  const keys = Object.keys(figures(new Uint32Array(order.length).fill(1))) as Sampled[];
  const intervals = await bootstrapIntervals(
    order.length,
    (times) => {
      const own = figures(times);
      return keys.map((key) => own[key]);
    },
    task,
  );
  return Object.fromEntries(keys.map((key, i) => [key, intervals[i]])) as Record<
    Sampled,
    [number, number] | null
  >;
}

/** Rows in order of their score, and the figures of a sample: `times` says how often each is in it, in that order. */
export interface SampledFigures {
  order: Uint32Array;
  figures: (times: Uint32Array) => Record<Sampled, number>;
}

export function sampledFigures(
  target: ArrayLike<number>,
  score: Float64Array,
  task: Omit<ValidationTask, keyof Drawn>,
): SampledFigures {
  const order = Uint32Array.from(score.keys()).sort((a, b) => score[a] - score[b]);
  const sorted = Float64Array.from(order, (row) => score[row]);
  const outcomes = Uint8Array.from(order, (row) => target[row]);
  const cost = costs(target, score, task);
  const squares = Float64Array.from(order, (row) => (score[row] - target[row]) * (score[row] - target[row]));
  const losses = Float64Array.from(order, (row) => logLoss([target[row]], [score[row]]));
  const costsInOrder = Float64Array.from(order, (row) => cost[row]);
  const cut = lowerBound(sorted, task.threshold);
  const figures = (times: Uint32Array): Record<Sampled, number> => {
    const mistakes = sampledMistakes(outcomes, times, cut);
    const mean = (terms: Float64Array) => weighedMean(terms, times);
    return {
      ...sampledRanking(sorted, outcomes, times),
      brier: mean(squares),
      logLoss: mean(losses),
      cost: mean(costsInOrder),
      fBeta: fBetaOf(mistakes, task.beta),
      ...decisionFigures(mistakes),
    };
  };
  return { order, figures };
}

/** Of the terms that are there: a row without an amount has no cost. */
function weighedMean(terms: Float64Array, times: Uint32Array): number {
  let [sum, rows] = [0, 0];
  for (let i = 0; i < terms.length; i++) {
    if (Number.isNaN(terms[i])) continue;
    sum += times[i] * terms[i];
    rows += times[i];
  }
  return sum / rows;
}

function sampledMistakes(outcomes: Uint8Array, times: Uint32Array, cut: number): Mistakes {
  const out = { falseNegative: 0, trueNegative: 0, truePositive: 0, falsePositive: 0 };
  for (let i = 0; i < outcomes.length; i++)
    if (i < cut) out[outcomes[i] ? 'falseNegative' : 'trueNegative'] += times[i];
    else out[outcomes[i] ? 'truePositive' : 'falsePositive'] += times[i];
  return out;
}

/** From the highest score down: equal ones at once. */
function sampledRanking(
  sorted: Float64Array,
  outcomes: Uint8Array,
  times: Uint32Array,
): Record<'ks' | 'averagePrecision', number> {
  let [defaults, repaid] = [0, 0];
  for (let i = 0; i < outcomes.length; i++)
    if (outcomes[i]) defaults += times[i];
    else repaid += times[i];
  if (defaults === 0 || repaid === 0) return { ks: NaN, averagePrecision: NaN };
  let [caught, spoiled, ks, averagePrecision] = [0, 0, 0, 0];
  for (let i = sorted.length - 1; i >= 0;) {
    const at = sorted[i];
    const before = caught;
    for (; i >= 0 && sorted[i] === at; i--)
      if (outcomes[i]) caught += times[i];
      else spoiled += times[i];
    ks = Math.max(ks, Math.abs(caught / defaults - spoiled / repaid));
    if (caught + spoiled > 0)
      averagePrecision += ((caught - before) / defaults) * (caught / (caught + spoiled));
  }
  return { ks, averagePrecision };
}

/** Evenly by position, both ends in. */
function places(count: number): number[] {
  if (count <= MOST_POINTS) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: MOST_POINTS }, (_, i) => Math.round((i * (count - 1)) / (MOST_POINTS - 1)));
}

const thinned = (x: Float64Array, y: Float64Array): Curve => {
  const at = places(x.length);
  return { x: at.map((i) => x[i]), y: at.map((i) => y[i]) };
};

function cumulativeOf({ scores, defaults, repaid }: Ranked): Validation['cumulative'] {
  const last = scores.length;
  const at = places(last);
  return {
    at: at.map((i) => scores[i]),
    repaid: at.map((i) => repaid[i + 1] / repaid[last]),
    defaults: at.map((i) => defaults[i + 1] / defaults[last]),
  };
}

function errorOf(bands: readonly Band[], rows: number): Validation['calibrationError'] {
  const apart = bands.map(({ expected, observed }) => Math.abs(expected - observed));
  return {
    mean: bands.reduce((sum, band, i) => sum + (band.rows / rows) * apart[i], 0),
    largest: Math.max(...apart),
  };
}
