import { fitIsotonic, type Isotonic } from '../metrics/isotonic';

/**
 * Isotonic regression of the outcome on the raw output, with the ends of its steps as knots. No probability is nearer to 0 or 1
 * than Platt's (1999) targets: from some rows of one outcome nobody is certain.
 */
export function isotonicOf(raw: Float64Array, target: Uint8Array): Isotonic {
  const { x, y } = fitIsotonic(raw, target);
  const bad = target.reduce((sum, own) => sum + own, 0);
  const [low, high] = [1 / (target.length - bad + 2), (bad + 1) / (bad + 2)];
  const isEnd = (at: number): boolean => y[at] !== y[at - 1] || y[at] !== y[at + 1];
  const kept = Int32Array.from(x.keys()).filter(isEnd);
  return {
    x: Float64Array.from(kept, (at) => x[at]),
    y: Float64Array.from(kept, (at) => Math.min(high, Math.max(low, y[at]))),
  };
}
