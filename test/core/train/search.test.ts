import { describe, expect, test } from 'vitest';
import { ln } from '../../../src/core/numeric/functions';
import { spreadRandom } from '../../../src/core/numeric/random';
import { bestOf, search, type SearchSpec, type Tried } from '../../../src/core/train/search/search';
import { gridCandidates, randomCandidate, type Space } from '../../../src/core/train/search/space';
import { tpeCandidate, type Trial } from '../../../src/core/train/search/tpe';
import type { Objective } from '../../../src/core/decision/thresholds';
import type { TrainRows } from '../../../src/core/train/data';
import { localFitter } from '../../../src/core/train/fitter';
import { mixedRows } from '../../support/trainRows';

const SPACE: Space = {
  rate: { kind: 'range', min: 0.001, max: 1, scale: 'log', whole: false, n: 4 },
  leaves: { kind: 'range', min: 3, max: 63, scale: 'linear', whole: true, n: 3 },
  grow: { kind: 'values', values: ['leaf', 'depth'] },
};

describe('candidates', () => {
  test('a grid is every combination, ranges by their scale', () => {
    const grid = gridCandidates(SPACE);
    expect(grid).toHaveLength(24);
    expect(grid[0]).toEqual({ rate: expect.closeTo(0.001, 12) as number, leaves: 3, grow: 'leaf' });
    expect(grid[2].leaves).toBe(33);
    expect(grid[6].rate).toBeCloseTo(0.01, 12);
  });

  test('random ones lie in their ranges, half of a logarithmic one below its middle', () => {
    const random = spreadRandom(1);
    const drawn = Array.from({ length: 1000 }, () => randomCandidate(SPACE, random));
    expect(drawn.every(({ rate }) => Number(rate) >= 0.001 && Number(rate) <= 1)).toBe(true);
    expect(drawn.every(({ leaves }) => Number.isInteger(leaves))).toBe(true);
    const below = drawn.filter(({ rate }) => Number(rate) < Math.sqrt(0.001)).length;
    expect(Math.abs(below - 500)).toBeLessThan(60);
  });

  /** Least at rate .05, 20 leaves, depth-wise. */
  const lossOf = ({ rate, leaves, grow }: Trial['candidate']): number => {
    const [r, l] = [ln(Number(rate) / 0.05), (Number(leaves) - 20) / 20];
    return r * r + l * l + (grow === 'depth' ? 0 : 1);
  };

  test('TPE comes nearer than random draws do, on the mean of 20 seeds', () => {
    const least = (next: (trials: Trial[]) => Trial['candidate']): number => {
      const trials: Trial[] = [];
      for (let k = 0; k < 60; k++) {
        const candidate = next(trials);
        trials.push({ candidate, loss: lossOf(candidate) });
      }
      return Math.min(...trials.map(({ loss }) => loss));
    };
    let [tpe, random] = [0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const [own, others] = [spreadRandom(seed), spreadRandom(seed)];
      tpe += least((trials) => tpeCandidate(SPACE, trials, own));
      random += least(() => randomCandidate(SPACE, others));
    }
    expect(tpe).toBeLessThan((2 / 3) * random);
  });
});

describe('a search', () => {
  const rows = mixedRows(1200, 9);
  const fitter = localFitter(rows, async () => undefined);
  const objective: Objective = {
    kind: 'cost',
    costs: { kind: 'count', falseNegative: 5, falsePositive: 1 },
  };
  const spec = {
    steps: [],
    imbalance: 'none',
    learner: { kind: 'boosting', params: { trees: 15 } },
  } as const;
  const how = {
    trials: 6,
    metric: 'logLoss',
    rowShare: 1,
    folds: 3,
    seed: 2,
    params: {
      learningRate: { kind: 'values', values: [0.0001, 0.1, 0.3] },
      leaves: { kind: 'values', values: [2, 15] },
    },
  } as const;

  async function tried(
    asked: Partial<SearchSpec> & { kind: SearchSpec['kind'] },
    resume: readonly Tried[] = [],
  ) {
    let steps = 0;
    const found = await search(
      rows,
      spec,
      { ...how, ...asked },
      { fitter, objective, resume, progress: (done) => (steps += Number(!Number.isInteger(done))) },
    );
    return { found, steps };
  }

  test('takes the candidate with the least loss, and goes on from what was tried', async () => {
    const { found, steps } = await tried({ kind: 'grid' });
    expect(found).toHaveLength(6);
    const best = bestOf(found, true);
    expect(best.value).toBe(Math.min(...found.map(({ value }) => value)));
    expect(best.params.learningRate).not.toBe(0.0001);
    expect(found.every(({ error }) => error > 0 && error < 0.1)).toBe(true);
    const resumed = await tried({ kind: 'grid' }, found.slice(0, 4));
    expect(resumed.found).toEqual(found);
    expect([steps, resumed.steps]).toEqual([12, 4]);
  });

  test.each(['random', 'tpe'] as const)('the same seed tries the same: %s', async (kind) => {
    const half = { kind, rowShare: 0.5, metric: 'objective' } as const;
    expect((await tried(half)).found).toEqual((await tried(half)).found);
  });

  test('ends with what it has when that is enough, with one candidate at least', async () => {
    const asked = { ...how, kind: 'grid' } as const;
    const of = (enough: () => boolean) => search(rows, spec, asked, { fitter, objective, enough });
    let left = 2;
    expect(await of(() => left-- === 0)).toHaveLength(3);
    expect(await of(() => true)).toHaveLength(1);
  });

  test('the neighbours of SMOTE are searched beside the learner’s parameters', async () => {
    const imbalance = { kind: 'smote', neighbours: 5, seed: 1 } as const;
    const steps = [{ kind: 'impute', with: 'mean', value: 0 }] as const;
    const params = { smoteNeighbours: { kind: 'values', values: [1, 9] } } as const;
    const finite = finiteRows(rows);
    const found = await search(
      finite,
      { ...spec, steps, imbalance },
      { ...how, kind: 'grid', params },
      {
        fitter: localFitter(finite, async () => undefined),
        objective,
      },
    );
    expect(found.map(({ params: { smoteNeighbours } }) => smoteNeighbours)).toEqual([1, 9]);
    expect(found[0].value).not.toBe(found[1].value);
  });

  test('a candidate that can’t be fitted is passed over; none that can is told', async () => {
    const linear = { steps: [], imbalance: 'none', learner: { kind: 'logistic', params: {} } } as const;
    const asked = { ...how, kind: 'random', params: { c: { kind: 'values', values: [1] } } } as const;
    await expect(search(rows, linear, asked, { fitter, objective })).rejects.toThrow('learner-missing');
  });
});

/** Infinities as a large number. */
const finiteRows = (rows: TrainRows): TrainRows => ({
  ...rows,
  columns: rows.columns.map((column) =>
    column.kind === 'number'
      ? { ...column, values: Float64Array.from(column.values, (x) => Math.min(9, Math.max(-9, x))) }
      : column,
  ),
});
