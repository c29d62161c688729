import { bootstrapIntervals, type Drawn } from '../stats/bootstrap';
import { aucDifference, aucParts } from './delong';
import { sampledFigures, type DecisionFigure, type RankingFigure, type ValidationTask } from './validation';

/** A model's scores of the rows, and the rule that it decides by. */
export interface Side extends Omit<ValidationTask, keyof Drawn> {
  score: Float64Array;
}

/** A figure of both models over the same rows; null where it can't be had. */
export interface Difference {
  champion: number | null;
  challenger: number | null;
  /** 95 % interval of challenger less champion; null without either. */
  interval: [number, number] | null;
}

export type ChallengeFigure = RankingFigure | DecisionFigure;

/**
 * Two models on the same rows: the difference of areas by DeLong's paired error, all others by the bootstrap, in which each
 * sample is drawn once for both.
 *
 * @param target 0 or 1 a row, both there
 */
export async function compareModels(
  target: ArrayLike<number>,
  champion: Side,
  challenger: Side,
  drawn: Drawn,
): Promise<Record<ChallengeFigure, Difference>> {
  const sides = [champion, challenger].map((side) => sampledFigures(target, side.score, side));
  const rows = target.length;
  const figuresOf = (times: Uint32Array) =>
    sides.map(({ order, figures }) => figures(Uint32Array.from(order, (row) => times[row])));
  const [before, after] = figuresOf(new Uint32Array(rows).fill(1));
  const keys = Object.keys(before) as (keyof typeof before)[];
  const intervals = await bootstrapIntervals(
    rows,
    (times) => {
      const [a, b] = figuresOf(times);
      return keys.map((key) => b[key] - a[key]);
    },
    drawn,
  );
  const sampled = keys.map((key, i) => {
    const known = Number.isFinite(before[key]) && Number.isFinite(after[key]);
    return [key, difference(before[key], after[key], known ? intervals[i] : null)];
  });
  return {
    ...(Object.fromEntries(sampled) as Record<ChallengeFigure, Difference>),
    ...areas(target, champion.score, challenger.score),
  };
}

const difference = (champion: number, challenger: number, interval: [number, number] | null): Difference => ({
  champion: Number.isFinite(champion) ? champion : null,
  challenger: Number.isFinite(challenger) ? challenger : null,
  interval,
});

/** Gini is twice the area less one, and so are differences of it twice those of areas. */
function areas(
  target: ArrayLike<number>,
  before: Float64Array,
  after: Float64Array,
): Record<'auc' | 'gini', Difference> {
  const [a, b] = [aucParts(target, before), aucParts(target, after)];
  if (!a || !b) return { auc: difference(NaN, NaN, null), gini: difference(NaN, NaN, null) };
  const { interval } = aucDifference(b, a);
  return {
    auc: difference(a.auc, b.auc, interval),
    gini: difference(2 * a.auc - 1, 2 * b.auc - 1, [2 * interval[0], 2 * interval[1]]),
  };
}
