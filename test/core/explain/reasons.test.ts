import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logit, sigmoid } from '../../../src/core/numeric/functions';
import { reasonsOf, reasonSteps } from '../../../src/core/explain/reasons';

const stepsOf = (base: number, contributions: readonly number[]) =>
  reasonSteps(reasonsOf(Float64Array.from(contributions), 'margin'), base);

describe('reasons as steps of the probability', () => {
  it('moves one after the other: against, in favour, others', () => {
    // logit .5 = 0: +1 to 73.1 %, then −.5 to 62.2 %, then .02 of the others to 62.7 %; rounded together.
    const { shown, others, total, digits } = stepsOf(0.5, [-0.5, 0.02, 1]);
    expect([shown, others, total, digits]).toEqual([[23.1, -10.9], 0.5, 12.7, 1]);
  });

  it('reads a small probability with two decimals', () => {
    expect(stepsOf(0.001, [0.5])).toEqual({ shown: [0.06], others: 0, total: 0.06, digits: 2 });
  });

  it('adds up to the difference of both ends as they are read', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.0001, max: 0.9999, noNaN: true }),
        fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 1, maxLength: 30 }),
        (base, contributions) => {
          const { shown, others, total, digits } = stepsOf(base, contributions);
          const sum = [...shown, others].reduce((all, step) => all + step, 0);
          expect(sum).toBeCloseTo(total, 6);
          const margin = logit(base) + contributions.reduce((all, one) => all + one, 0);
          const scale = 100 * 10 ** digits;
          const read = (p: number) => Math.round(scale * p) / 10 ** digits;
          expect(Math.abs(total - (read(sigmoid(margin)) - read(base)))).toBeLessThan(1.01 / 10 ** digits);
        },
      ),
    );
  });
});
