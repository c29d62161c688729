import { upperBound } from '../stats/search';

/** A non-decreasing step-and-line function: values at knots, straight lines between, constant outside. */
export interface Isotonic {
  x: Float64Array;
  y: Float64Array;
}

/**
 * Isotonic regression of y on x by pooling adjacent violators; equal x are averaged first
 * (scikit-learn IsotonicRegression(increasing=True, out_of_bounds="clip")).
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>): Isotonic {
  const order = Uint32Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a] - x[b]);
  const knots: number[] = [];
  const blocks: { sum: number; weight: number; knots: number }[] = [];
  for (let i = 0; i < order.length;) {
    const at = x[order[i]];
    let sum = 0;
    let weight = 0;
    for (; i < order.length && x[order[i]] === at; i++, weight++) sum += y[order[i]];
    knots.push(at);
    blocks.push({ sum, weight, knots: 1 });
    while (blocks.length > 1 && violates(blocks[blocks.length - 2], blocks[blocks.length - 1])) {
      const last = blocks.pop();
      const before = blocks[blocks.length - 1];
      if (!last) break;
      before.sum += last.sum;
      before.weight += last.weight;
      before.knots += last.knots;
    }
  }
  const values = blocks.flatMap(({ sum, weight, knots: count }) =>
    new Array<number>(count).fill(sum / weight),
  );
  return { x: Float64Array.from(knots), y: Float64Array.from(values) };
}

const violates = (a: { sum: number; weight: number }, b: { sum: number; weight: number }): boolean =>
  a.sum / a.weight >= b.sum / b.weight;

/** The function's value at each x. */
export function isotonicAt({ x, y }: Isotonic, at: ArrayLike<number>): Float64Array {
  return Float64Array.from(at, (value) => {
    if (Number.isNaN(value)) return NaN;
    if (value <= x[0]) return y[0];
    const last = x.length - 1;
    if (value >= x[last]) return y[last];
    const high = upperBound(x, value);
    const low = high - 1;
    return y[low] + ((y[high] - y[low]) * (value - x[low])) / (x[high] - x[low]);
  });
}
