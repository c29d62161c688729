import { pointsTogether, reasonsOf, type PointsTogether } from '../../core/explain/reasons';
import { toPoints } from '../../core/explain/points';
import type { MethodExplanation } from '../../engine/model/methods';
import { strongest } from '../../core/explain/importance';

/** The features that an explanation names: its reasons, as the client page has them; the strongest where none weighs a point. */
export function namedBy({ values, unit }: MethodExplanation): number[] {
  const { against, inFavour } = reasonsOf(values, unit);
  const reasons = [...against, ...inFavour].map(({ input }) => input);
  return reasons.length ? reasons : strongest(values.map(Math.abs)).slice(0, FEW);
}

const FEW = 5;

/** An explanation's points of these features and of the rest; they add up. */
export const pointsOf = ({ values, unit }: MethodExplanation, inputs: readonly number[]): PointsTogether =>
  pointsTogether(values, inputs, unit);

/** One step of an explanation, its length in points and its figure as it is rounded with the others. */
export interface Step {
  /** -1 for all other features together. */
  input: number;
  change: number;
  points: number;
}

/** An explanation step by step, the largest first, the others last. */
export function stepsOf(explanation: MethodExplanation): Step[] {
  const inputs = namedBy(explanation);
  const { points, others } = pointsOf(explanation, inputs);
  const steps = inputs.map((input, i) => ({
    input,
    change: toPoints(explanation.values[input], explanation.unit),
    points: points[i],
  }));
  steps.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.input - b.input);
  if (inputs.length === explanation.values.length) return steps;
  return [
    ...steps,
    { input: -1, change: toPoints(others.contribution, explanation.unit), points: others.points },
  ];
}
