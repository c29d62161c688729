import { ln } from '../numeric/functions';
import type { Predictor } from '../model/model';
import type { PreparedColumn } from './prepare/prepared';
import type { WoeBin } from './prepare/woe';

/** A scorecard: points of everybody, and of each bin; more points are less risk, 20 more halve the odds of default. */
export interface Points {
  base: number;
  bins: (WoeBin & { points: number })[];
}

/** Points that halve the odds of default, and points at odds of 50 repaid to 1 default. */
const PER_HALVING = 20;
const ODDS = 50;
const AT_ODDS = 600;

/** @param columns of the regression, in the order of its weights */
export function pointsOf(
  bins: readonly WoeBin[],
  columns: readonly PreparedColumn[],
  predictor: Predictor,
): Points {
  if (predictor.kind !== 'linear') return { base: 0, bins: [] };
  const factor = PER_HALVING / Math.LN2;
  const weights = new Map(columns.map(({ column }, j) => [column.name, predictor.weights[j]]));
  return {
    base: AT_ODDS - factor * (ln(ODDS) + predictor.base),
    bins: bins.map((bin) => ({ ...bin, points: -factor * (weights.get(bin.column) ?? 0) * bin.woe })),
  };
}
