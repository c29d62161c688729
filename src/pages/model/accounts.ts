import { pointsTogether, reasonsOf, type PointsTogether } from '../../core/explain/reasons';
import { toPoints } from '../../core/explain/points';
import type { MethodAccount } from '../../engine/model/importance';
import { strongest } from '../../core/explain/importance';

/** The features that an account names: its reasons, as the client page has them; the strongest where none weighs a point. */
export function namedBy({ values, unit }: MethodAccount): number[] {
  const { against, inFavour } = reasonsOf(values, unit);
  const reasons = [...against, ...inFavour].map(({ input }) => input);
  return reasons.length ? reasons : strongest(values.map(Math.abs)).slice(0, FEW);
}

const FEW = 5;

/** An account's points of these features and of the rest; they add up. */
export const pointsOf = ({ values, unit }: MethodAccount, inputs: readonly number[]): PointsTogether =>
  pointsTogether(values, inputs, unit);

/** One step of an account, its length in points and its figure as it is rounded with the others. */
export interface Step {
  /** -1 for all other features together. */
  input: number;
  change: number;
  points: number;
}

/** An account step by step, the largest first, the others last. */
export function stepsOf(account: MethodAccount): Step[] {
  const inputs = namedBy(account);
  const { points, others } = pointsOf(account, inputs);
  const steps = inputs.map((input, i) => ({
    input,
    change: toPoints(account.values[input], account.unit),
    points: points[i],
  }));
  steps.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.input - b.input);
  if (inputs.length === account.values.length) return steps;
  return [
    ...steps,
    { input: -1, change: toPoints(others.contribution, account.unit), points: others.points },
  ];
}
