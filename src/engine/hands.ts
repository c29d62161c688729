import { checkStopped, hasCode } from '../core/errors';
import type { RowRange } from '../core/table/source';
import { anySignal } from '../core/web';
import type { Task } from './runtime';

/** Whoever scores and explains clients of an open bundle: its engine, or another worker that has the bundle open too. */
export interface Hand {
  /** P(default) of the clients from .. to. */
  scoreRange(range: RowRange, task: Task): Promise<Float64Array>;
  /** Contributions of the clients at these positions, of so many in all, row after row, by the bundle's own method. */
  explainAt(positions: Int32Array, of: number, task: Task): Promise<Float32Array>;
}

/** Work over all clients, by as many as help. */
export interface SharedTask extends Task {
  others?: readonly Hand[] | undefined;
}

/** Clients that are done as one, whoever does them: so that no sum hangs on how many did. A bundle's row group, as packed. */
export const PART_ROWS = 10_000;

/** So many rows in parts. */
export const partsOf = (rows: number): RowRange[] =>
  Array.from({ length: Math.ceil(rows / PART_ROWS) }, (_, k) => ({
    from: k * PART_ROWS,
    to: Math.min(rows, (k + 1) * PART_ROWS),
  }));

/**
 * Shares parts of a work out: each hand takes the next one when it is done with its last. What another hand could not do the
 * own one does, so that a failure is told only when it is the engine's own.
 *
 * @param rows of a part, for the progress
 * @throws stopped; what the own hand throws
 */
export async function shareOut<P>(
  parts: readonly P[],
  { own, rows, signal, progress, others = [] }: SharedTask & { own: Hand; rows: (part: P) => number },
  work: (hand: Hand, part: P, task: Task) => Promise<void>,
): Promise<void> {
  const left = [...parts].reverse();
  const total = parts.reduce((sum, part) => sum + rows(part), 0);
  const under = new Map<Hand, number>();
  let done = 0;
  const tell = (): void => {
    const [...current] = under.values();
    progress?.({ done: current.reduce((sum, count) => sum + count, done), total, unit: 'rows' });
  };
  const failed = new AbortController();
  const all = anySignal(signal ? [signal, failed.signal] : [failed.signal]);
  const take = async (hand: Hand): Promise<void> => {
    for (let part = left.pop(); part !== undefined; part = left.pop()) {
      checkStopped(all);
      const report = (state: { done: number }): void => {
        under.set(hand, state.done);
        tell();
      };
      try {
        await work(hand, part, { signal: all, progress: report });
        done += rows(part);
      } catch (error) {
        if (hand === own || hasCode(error, 'stopped')) throw error;
        left.push(part);
        return;
      } finally {
        under.delete(hand);
      }
      tell();
    }
  };
  try {
    await Promise.all([own, ...others].map(take));
    // Another hand may have given one back after the own one had found none left.
    await take(own);
  } catch (error) {
    failed.abort();
    throw error;
  }
}
