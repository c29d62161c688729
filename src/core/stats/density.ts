import { exp, ln } from '../numeric/functions';
import { momentsOf } from './moments';

const ROOT_TWO_PI = 2.5066282746310002;

/**
 * Gaussian kernel density with Scott's bandwidth, as scipy's `gaussian_kde(values)(at)`.
 *
 * @param values at least two, not all the same; none missing
 * @param at where it is wanted
 * @returns density, float64 [at]
 */
export function densityAt(values: Float64Array, at: Float64Array): Float64Array {
  const n = values.length;
  const { sd } = momentsOf(values);
  // Scott's factor n^(-1/5), on the standard deviation of a sample.
  const width = sd * Math.sqrt(n / (n - 1)) * exp(-ln(n) / 5);
  return at.map((x) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = (x - values[i]) / width;
      sum += exp((-z * z) / 2);
    }
    return sum / (n * width * ROOT_TWO_PI);
  });
}
