import { EFFORT_OF_A_CHANGE, type Lever } from '../../src/core/explain/counterfactual/lever';
import { follow } from '../../src/core/explain/counterfactual/moves';
import type { Goal, Situation } from '../../src/core/explain/counterfactual/paths';
import { rawOutputs } from '../../src/core/model/evaluate';

const BATCH = 4096;

/** One combination: a value of each lever of a set. */
interface Combination {
  levers: readonly number[];
  values: readonly number[];
  effort: number;
}

/** Every combination of at most three levers whose effort is below a bound. */
function* combinations(levers: readonly Lever[], below: number): Generator<Combination> {
  const grow = function* (from: number, base: Combination): Generator<Combination> {
    if (base.levers.length > 0) yield base;
    if (base.levers.length === 3) return;
    for (let l = from; l < levers.length; l++)
      for (const [i, value] of levers[l].values.entries()) {
        const effort = base.effort + levers[l].efforts[i] + EFFORT_OF_A_CHANGE;
        if (effort >= below) continue;
        yield* grow(l + 1, { levers: [...base.levers, l], values: [...base.values, value], effort });
      }
  };
  yield* grow(0, { levers: [], values: [], effort: 0 });
}

/**
 * The least effort, below a bound, of all combinations of at most three values that reach the goal; Infinity where none
 * does. The slow way, to check the fast one by.
 */
export function leastEffort({ model, row, levers, followers }: Situation, goal: Goal, below: number): number {
  let least = Infinity;
  let batch: Combination[] = [];
  const rows = new Float64Array(BATCH * model.width);
  const flush = () => {
    batch.forEach(({ levers: own, values }, i) => {
      const changed = row.slice();
      own.forEach((l, k) => (changed[levers[l].input] = values[k]));
      rows.set(follow(changed, followers, new Set(own.map((l) => levers[l].input))), i * model.width);
    });
    rawOutputs(model, rows, batch.length).forEach((output, i) => {
      if (output < goal.limit - goal.margin) least = Math.min(least, batch[i].effort);
    });
    batch = [];
  };
  for (const one of combinations(levers, below)) {
    if (one.effort < least) batch.push(one);
    if (batch.length === BATCH) flush();
  }
  flush();
  return least;
}
