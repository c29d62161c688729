import { shuffled, spreadRandom } from '../numeric/random';

/** Two parts of the rows, each ascending. */
export interface Split {
  train: Int32Array;
  test: Int32Array;
}

const rowsOf = (target: ArrayLike<number>, of: number): Int32Array =>
  Int32Array.from({ length: target.length }, (_, row) => row).filter((row) => target[row] === of);

/** A share of the rows kept aside at random, of both outcomes alike. @param share of the test rows, in (0, 1) */
export function stratifiedSplit(target: ArrayLike<number>, share: number, seed: number): Split {
  const random = spreadRandom(seed);
  const parts = [0, 1].map((outcome) => {
    const rows = rowsOf(target, outcome);
    const order = shuffled(rows.length, random);
    const kept = Math.round(share * rows.length);
    const picked = Array.from(order, (at) => rows[at]);
    return { train: picked.slice(kept), test: picked.slice(0, kept) };
  });
  const all = (of: 'train' | 'test') => Int32Array.from(parts.flatMap((part) => part[of])).sort();
  return { train: all('train'), test: all('test') };
}

/** The latest rows kept aside; those of one time stay together, on the side of the earlier ones. @param times NaN is the earliest */
export function splitByTime(times: ArrayLike<number>, share: number): Split {
  const all = Int32Array.from({ length: times.length }, (_, row) => row);
  const at = (row: number): number => (Number.isNaN(times[row]) ? -Infinity : times[row]);
  const order = all.slice().sort((a, b) => at(a) - at(b) || a - b);
  const last = order[Math.max(0, Math.ceil((1 - share) * order.length) - 1)];
  const cut = order.length > 0 ? at(last) : Infinity;
  return { train: all.filter((row) => at(row) <= cut), test: all.filter((row) => at(row) > cut) };
}

/** The rows of one value kept aside. */
export function splitByValue(values: readonly string[], value: string): Split {
  const all = Int32Array.from(values.keys());
  return {
    train: all.filter((row) => values[row] !== value),
    test: all.filter((row) => values[row] === value),
  };
}

/** The fold of each row, 0 .. folds - 1: of both outcomes about as many in each. */
export function stratifiedFolds(target: ArrayLike<number>, folds: number, seed: number): Uint8Array {
  const random = spreadRandom(seed);
  const out = new Uint8Array(target.length);
  let next = 0;
  for (const outcome of [0, 1]) {
    const rows = rowsOf(target, outcome);
    for (const at of shuffled(rows.length, random)) out[rows[at]] = next++ % folds;
  }
  return out;
}
