import { sha256Hex } from '../../src/bundle/hash';
import { exp, ln, logit, sigmoid } from '../../src/core/numeric/functions';
import { gaussLegendre } from '../../src/core/numeric/quadrature';
import { seededRandom } from '../../src/core/numeric/random';

/** A fingerprint of the bits of `core/numeric` over 200,000 seeded arguments. */
export function numericDigest(): string {
  const random = seededRandom(42);
  const out: number[] = [];
  for (let i = 0; i < 50_000; i++) {
    const x = (random() - 0.5) * 80;
    out.push(exp(x), ln(random()), sigmoid(x), logit(random()));
  }
  for (let n = 1; n <= 32; n++) {
    const { points, weights } = gaussLegendre(n);
    out.push(...points, ...weights);
  }
  return sha256Hex(new Uint8Array(Float64Array.from(out).buffer));
}
