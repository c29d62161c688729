/**
 * Gauss-Legendre points and weights on [0, 1], exact for polynomials of degree <= 2 * count - 1.
 *
 * Newton's iteration on the Legendre polynomial from its Chebyshev-like start (Press et al.,
 * Numerical Recipes, gauleg). The cosine of the start differs between engines by an ulp; the
 * iteration ends on the same root, and no point is used before it has converged.
 */
export function gaussLegendre(count: number): { points: Float64Array; weights: Float64Array } {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = startOf(i, count);
    for (let iteration = 0; iteration < 100; iteration++) {
      const { value, derivative } = legendre(count, x);
      const step = value / derivative;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    const slope = legendre(count, x).derivative;
    points[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** cos(pi (i + 3/4) / (n + 1/2)) by its Taylor series: four digits are enough to start Newton. */
function startOf(i: number, count: number): number {
  const angle = (Math.PI * (i + 0.75)) / (count + 0.5);
  const fromMiddle = Math.PI / 2 - angle;
  let term = fromMiddle;
  let sine = term;
  for (let k = 1; k < 8; k++) {
    term *= (-fromMiddle * fromMiddle) / (2 * k * (2 * k + 1));
    sine += term;
  }
  return sine;
}

function legendre(degree: number, x: number): { value: number; derivative: number } {
  let value = 1;
  let before = 0;
  for (let k = 1; k <= degree; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return { value, derivative: (degree * (x * value - before)) / (x * x - 1) };
}
