import { describe, expect, test } from 'vitest';
import { ScoredeskError } from '../../src/core/errors';
import { partsOf, PART_ROWS, shareOut, type Hand } from '../../src/engine/hands';

/** A hand that scores each client as `of` has it. */
const hand = (of: (row: number) => number, before: () => Promise<void> = async () => undefined): Hand => ({
  async scoreRange({ from, to }, { progress }) {
    await before();
    progress?.({ done: to - from, total: to - from, unit: 'rows' });
    return Float64Array.from({ length: to - from }, (_, i) => of(from + i));
  },
  explainAt: () => Promise.reject(new Error('not asked for')),
});

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function scored(own: Hand, others: Hand[], rows: number, signal?: AbortSignal) {
  const out = new Float64Array(rows);
  const told: number[] = [];
  const by = new Map<Hand, number>();
  await shareOut(
    partsOf(rows),
    {
      own,
      others,
      signal,
      rows: ({ from, to }) => to - from,
      progress: ({ done }) => void told.push(done),
    },
    async (who, part, task) => {
      out.set(await who.scoreRange(part, task), part.from);
      by.set(who, (by.get(who) ?? 0) + 1);
    },
  );
  return { out, told, by };
}

describe('parts of a work', () => {
  const rows = 7 * PART_ROWS + 11;
  const twice = (row: number): number => 2 * row;

  test('are all clients, each once', () => {
    const parts = partsOf(rows);
    expect(parts.map(({ from }) => from)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((k) => k * PART_ROWS));
    expect(parts.at(-1)).toEqual({ from: 7 * PART_ROWS, to: rows });
    expect(partsOf(0)).toEqual([]);
  });

  test('are done by all hands, with progress that ends at all rows', async () => {
    const own = hand(twice, turn);
    const other = hand(twice, turn);
    const { out, told, by } = await scored(own, [other], rows);
    expect(out.every((value, row) => value === 2 * row)).toBe(true);
    expect(Math.min(by.get(own) ?? 0, by.get(other) ?? 0)).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(rows);
    expect(told.every((done, i) => i === 0 || done >= told[i - 1])).toBe(true);
  });

  test('that another hand could not do are done by the own one, also when they come back late', async () => {
    const own = hand(twice);
    let fail: () => void = () => undefined;
    const late = new Promise<void>(
      (_, reject) => (fail = () => reject(new ScoredeskError('worker-died', {}))),
    );
    const other = hand(twice, () => late);
    const working = scored(own, [other], rows);
    await turn();
    fail();
    const { out, by } = await working;
    expect(out.every((value, row) => value === 2 * row)).toBe(true);
    expect([by.get(own), by.get(other)]).toEqual([8, undefined]);
  });

  test('end with a stop, or with what the own hand throws', async () => {
    const controller = new AbortController();
    const stopping = hand(twice, async () => controller.abort());
    await expect(scored(stopping, [], rows, controller.signal)).rejects.toMatchObject({ code: 'stopped' });
    const broken = hand(twice, () => Promise.reject(new Error('broken')));
    let seen: AbortSignal | undefined;
    const other: Hand = {
      ...hand(twice),
      scoreRange: (_, { signal }) => {
        seen = signal;
        return new Promise<never>((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new ScoredeskError('stopped', {})));
        });
      },
    };
    await expect(scored(broken, [other], rows)).rejects.toThrow('broken');
    expect(seen?.aborted).toBe(true);
  });
});
