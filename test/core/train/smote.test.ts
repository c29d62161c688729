import { describe, expect, test } from 'vitest';
import type { TrainColumn, TrainRows } from '../../../src/core/train/data';
import { smote } from '../../../src/core/train/prepare/smote';
import { spreadRandom } from '../../../src/core/numeric/random';

const random = spreadRandom(3);
const ROWS = 300;
const numbers = Array.from({ length: 3 }, () => Float64Array.from({ length: ROWS }, () => 10 * random()));
const target = Uint8Array.from({ length: ROWS }, (_, i) => (i % 5 === 0 ? 1 : 0));
const columns: TrainColumn[] = numbers.map((values, j) => ({ name: `x${j}`, kind: 'number', values }));
const rows: TrainRows = { rows: ROWS, columns, target };

const points = ({ columns: own, rows: count }: TrainRows, from: number): number[][] =>
  Array.from({ length: count - from }, (_, i) =>
    own.map((column) => (column.kind === 'number' ? column.values[from + i] : column.codes[from + i])),
  );
const distance = (a: number[], b: number[]): number =>
  Math.sqrt(a.reduce((sum, x, j) => sum + (x - b[j]) * (x - b[j]), 0));

describe('SMOTE', () => {
  test('makes both outcomes as many; the rows that were there stay', () => {
    const out = smote(rows, { neighbours: 5, seed: 1 });
    expect(out.rows).toBe(480);
    expect(out.target.reduce((sum, y) => sum + y, 0)).toBe(240);
    expect(points(out, 0).slice(0, ROWS)).toEqual(points(rows, 0));
    expect(smote(rows, { neighbours: 5, seed: 1 })).toEqual(out);
    expect(smote(rows, { neighbours: 5, seed: 2 })).not.toEqual(out);
  });

  test.each([1, 5])('every new point lies on a segment to one of the %d nearest', (neighbours) => {
    const rare = points(rows, 0).filter((_, i) => target[i] === 1);
    const segments = rare.flatMap((a) =>
      rare
        .filter((b) => b !== a)
        .sort((b, c) => distance(a, b) - distance(a, c))
        .slice(0, neighbours)
        .map((b) => [a, b] as const),
    );
    for (const point of points(smote(rows, { neighbours, seed: 4 }), ROWS)) {
      const off = Math.min(
        ...segments.map(([a, b]) => distance(a, point) + distance(point, b) - distance(a, b)),
      );
      expect(off).toBeLessThan(1e-9);
    }
  });

  test('a category is what most of the neighbours have; another level is a median spread away', () => {
    // Two groups far apart by their level alone: a spread of numbers is small beside it.
    const codes = Int32Array.from({ length: ROWS }, (_, i) => Number(i % 10 === 0));
    const mixed: TrainRows = {
      rows: ROWS,
      columns: [
        {
          name: 'x',
          kind: 'number',
          values: Float64Array.from({ length: ROWS }, (_, i) => 100 * codes[i] + (i % 7)),
        },
        { name: 'group', kind: 'category', codes, levels: 2 },
      ],
      target,
    };
    const out = smote(mixed, { neighbours: 3, seed: 1 });
    for (const [x, group] of points(out, ROWS)) expect(group).toBe(x >= 50 ? 1 : 0);
  });

  test('a gap is told by its column; a single row has no neighbours', () => {
    const gaps = {
      ...rows,
      columns: [{ name: 'x', kind: 'number', values: new Float64Array(ROWS).fill(NaN) } as const],
    };
    expect(() => smote(gaps, { neighbours: 5, seed: 1 })).toThrow('learner-missing');
    const one = { ...rows, target: Uint8Array.from({ length: ROWS }, (_, i) => Number(i === 0)) };
    expect(smote(one, { neighbours: 5, seed: 1 })).toBe(one);
  });
});
