import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countCovers, decodeCovers, encodeCovers } from '../../src/core/explain/covers';
import { explainRows } from '../../src/core/explain/explainer';
import { InterventionalShap } from '../../src/core/explain/interventionalShap';
import { PathShap } from '../../src/core/explain/pathShap';
import { treeShap, type Against } from '../../src/core/explain/treeShap';
import { rawOutputs } from '../../src/core/model/evaluate';
import type { Model } from '../../src/core/model/model';
import { goesYes, type TreeEnsemble } from '../../src/core/model/trees';
import { codeOf, largestDifference } from '../support/files';
import { treeFile, type TestTree, readWhole } from '../support/onnx';

const WIDTH = 6;

const leaf = fc.record({ value: fc.float({ min: -2, max: 2, noNaN: true }) });
const trees = fc.letrec<{ tree: TestTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'large', withCrossShrink: true },
    leaf,
    fc
      .record({
        feature: fc.integer({ min: 0, max: WIDTH - 1 }),
        mode: fc.constantFrom(
          'BRANCH_LEQ',
          'BRANCH_LT',
          'BRANCH_GT',
          'BRANCH_GTE',
          'BRANCH_EQ',
          'BRANCH_NEQ',
        ),
        threshold: fc.oneof(
          { weight: 12, arbitrary: fc.integer({ min: -2, max: 3 }) },
          fc.constantFrom(Infinity, -Infinity),
        ),
        missingYes: fc.boolean(),
        yes: tie('tree'),
        no: tie('tree'),
      })
      .map((node) => ({
        ...node,
        // Codes are finite.
        threshold: /_N?EQ$/.test(node.mode) && !Number.isFinite(node.threshold) ? 0 : node.threshold,
      })),
  ),
})).tree;
const cell = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -3, max: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0.5) },
);
const rows = fc.array(fc.array(cell, { minLength: WIDTH, maxLength: WIDTH }), {
  minLength: 12,
  maxLength: 30,
});
const ensembles = fc.tuple(fc.array(trees, { minLength: 1, maxLength: 3 }), rows);

function setUp(specs: TestTree[], table: number[][]) {
  const { model } = readWhole(treeFile(WIDTH, specs));
  const inputs = Float64Array.from(table.flat());
  const ensemble = model.predictor as TreeEnsemble;
  const covers = countCovers(ensemble, inputs, table.length, WIDTH);
  return { model, ensemble, inputs, covers };
}

/** Path-dependent value of a coalition: known features follow the row, unknown ones the covers. */
function coalitionValue(trees: TreeEnsemble, covers: Float64Array, row: Float64Array, known: number): number {
  const below = (node: number): number => {
    const f = trees.feature[node];
    if (f < 0) return trees.value[node];
    const yes = node + 1;
    const no = trees.no[node];
    if (known & (1 << f)) return below(goesYes(trees, node, row[f]) ? yes : no);
    if (covers[node] === 0) return 0;
    return (covers[yes] * below(yes) + covers[no] * below(no)) / covers[node];
  };
  return trees.roots.subarray(0, -1).reduce((sum, root) => sum + below(root), trees.base);
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

function bruteForce(trees: TreeEnsemble, covers: Float64Array, row: Float64Array): Float64Array {
  return shapley((known) => coalitionValue(trees, covers, row, known));
}

/** Shapley values of a game of WIDTH players, by all coalitions. */
function shapley(game: (known: number) => number): Float64Array {
  const values = Array.from({ length: 1 << WIDTH }, (_, known) => game(known));
  return Float64Array.from({ length: WIDTH }, (_, i) => {
    let sum = 0;
    for (let known = 0; known < values.length; known++) {
      if (known & (1 << i)) continue;
      const size = known.toString(2).replaceAll('0', '').length;
      sum +=
        ((factorial(size) * factorial(WIDTH - size - 1)) / factorial(WIDTH)) *
        (values[known | (1 << i)] - values[known]);
    }
    return sum;
  });
}

describe('scores of random ensembles', () => {
  test('four rows at once reach the leaves that one row reaches', () => {
    fc.assert(
      fc.property(ensembles, ([specs, table]) => {
        const { model, ensemble, inputs } = setUp(specs, table);
        const leaf = (row: Float64Array, root: number): number => {
          let node = root;
          for (let f = ensemble.feature[node]; f >= 0; f = ensemble.feature[node])
            node = goesYes(ensemble, node, row[f]) ? node + 1 : ensemble.no[node];
          return ensemble.value[node];
        };
        const expected = table.map((_, i) => {
          const row = inputs.subarray(i * WIDTH, (i + 1) * WIDTH);
          return ensemble.roots.subarray(0, -1).reduce((sum, root) => sum + leaf(row, root), ensemble.base);
        });
        expect([...rawOutputs(model, inputs, table.length)]).toEqual(expected);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe('path SHAP of random ensembles', () => {
  test('is the Shapley value over all coalitions, for every row', () => {
    fc.assert(
      fc.property(ensembles, ([specs, table]) => {
        const { model, ensemble, inputs, covers } = setUp(specs, table);
        const { values } = explainRows(model, new PathShap(ensemble, covers), inputs, table.length);
        for (let i = 0; i < Math.min(5, table.length); i++) {
          const row = inputs.subarray(i * WIDTH, (i + 1) * WIDTH);
          expect(
            largestDifference(
              values.subarray(i * WIDTH, (i + 1) * WIDTH),
              bruteForce(ensemble, covers.values, row),
            ),
          ).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  test('base and contributions add up to the model’s output; an unused feature gets zero', () => {
    fc.assert(
      fc.property(ensembles, ([specs, table]) => {
        const { model, ensemble, inputs, covers } = setUp(specs, table);
        const { values, base } = explainRows(model, new PathShap(ensemble, covers), inputs, table.length);
        const raw = rawOutputs(model, inputs, table.length);
        const sums = raw.map((_, i) =>
          values.subarray(i * WIDTH, (i + 1) * WIDTH).reduce((a, b) => a + b, base),
        );
        expect(largestDifference(sums, raw)).toBeLessThan(1e-9);
        const used = new Set(ensemble.feature);
        for (let f = 0; f < WIDTH; f++)
          if (!used.has(f)) for (let i = 0; i < table.length; i++) expect(values[i * WIDTH + f]).toBe(0);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  test('deep trees that test a feature again and again stay exact', () => {
    let tree: TestTree = { value: 1 };
    for (let d = 40; d > 0; d--)
      tree = { feature: d % WIDTH, mode: 'BRANCH_LEQ', threshold: d % 7, yes: tree, no: { value: -d / 10 } };
    const table = Array.from({ length: 200 }, (_, i) =>
      Array.from({ length: WIDTH }, (_, j) => (i * 7 + j * 3) % 9),
    );
    const { model, ensemble, inputs, covers } = setUp([tree], table);
    const { values } = explainRows(model, new PathShap(ensemble, covers), inputs, 5);
    for (let i = 0; i < 5; i++) {
      const row = inputs.subarray(i * WIDTH, (i + 1) * WIDTH);
      expect(
        largestDifference(
          values.subarray(i * WIDTH, (i + 1) * WIDTH),
          bruteForce(ensemble, covers.values, row),
        ),
      ).toBeLessThan(1e-9);
    }
  });

  test('a row alone and in a table get the same bits', () => {
    const model: Model = readWhole(
      treeFile(2, [
        { feature: 1, mode: 'BRANCH_LEQ', threshold: 0.1, yes: { value: 0.3 }, no: { value: -0.7 } },
      ]),
    ).model;
    const ensemble = model.predictor as TreeEnsemble;
    const inputs = Float64Array.of(1, 0.1, 2, 0.2, 3, 0.05);
    const explainer = new PathShap(ensemble, countCovers(ensemble, inputs, 3, 2));
    const all = explainRows(model, explainer, inputs, 3).values;
    expect(explainRows(model, explainer, inputs.subarray(2, 4), 1).values).toEqual(all.slice(2, 4));
  });
});

describe('interventional SHAP of random ensembles', () => {
  const players = Int32Array.from({ length: WIDTH }, (_, j) => j);

  test('is the Shapley value over all coalitions and background rows; adds up; needs no covers', () => {
    fc.assert(
      fc.property(ensembles, ([specs, table]) => {
        const { model, ensemble, inputs } = setUp(specs, table);
        const behind = inputs.subarray(2 * WIDTH, 7 * WIDTH);
        const explainer = new InterventionalShap(ensemble, behind, 5, players);
        const { values, base } = explainRows(model, explainer, inputs, 3);
        const raw = rawOutputs(model, inputs, 3);
        for (let i = 0; i < 3; i++) {
          const own = values.subarray(i * WIDTH, (i + 1) * WIDTH);
          const game = (known: number): number => {
            const mixed = behind.map((value, k) =>
              known & (1 << (k % WIDTH)) ? inputs[i * WIDTH + (k % WIDTH)] : value,
            );
            return rawOutputs(model, mixed, 5).reduce((a, b) => a + b, 0) / 5;
          };
          expect(largestDifference(own, shapley(game))).toBeLessThan(1e-9);
          expect(Math.abs(own.reduce((a, b) => a + b, base) - raw[i])).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  test('features of one column are one player', () => {
    const spec: TestTree = {
      feature: 0,
      mode: 'BRANCH_LEQ',
      threshold: 0,
      yes: { feature: 1, mode: 'BRANCH_LEQ', threshold: 0, yes: { value: 4 }, no: { value: -1 } },
      no: { feature: 2, mode: 'BRANCH_LEQ', threshold: 0, yes: { value: 2 }, no: { value: 1 } },
    };
    const { ensemble } = setUp([spec], [[0, 0, 0, 0, 0, 0]]);
    const together = new InterventionalShap(
      ensemble,
      Float64Array.of(1, 1, 1, 0, 0, 0),
      1,
      Int32Array.of(0, 0, 1, 2, 3, 4),
    );
    const out = new Float64Array(WIDTH);
    together.addRow(Float64Array.of(-1, -1, -1, 0, 0, 0), 0, out, 0);
    // Player {0, 1} against player {2}: v() = 1, v({0,1}) = 4, v({2}) = 2, v(all) = 4.
    expect([...out]).toEqual([2.5, 0, 0.5, 0, 0, 0]);
  });
});

/** So many rows that every tree gets its tables. */
const MANY = 1e9;

describe('tables over bit patterns', () => {
  const grouped = Int32Array.of(0, 1, 1, 2, 3, 3);

  test('give path and interventional values of the row by row algorithms', () => {
    fc.assert(
      fc.property(ensembles, fc.boolean(), ([specs, table], together) => {
        const { model, ensemble, inputs, covers } = setUp(specs, table);
        const background = inputs.subarray(2 * WIDTH, 9 * WIDTH);
        const players = together ? grouped : Int32Array.from({ length: WIDTH }, (_, j) => j);
        const kinds: Against[] = [
          { kind: 'path', covers },
          { kind: 'interventional', background, rows: 7, players },
        ];
        for (const against of kinds) {
          const single = explainRows(model, treeShap(ensemble, WIDTH, against, 1), inputs, table.length);
          const many = explainRows(model, treeShap(ensemble, WIDTH, against, MANY), inputs, table.length);
          expect(largestDifference(many.values, single.values)).toBeLessThan(1e-9);
          expect(Math.abs(many.base - single.base)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  test('trees too deep for tables are explained beside the others; blocks do not show', () => {
    const shallow: TestTree = {
      feature: 2,
      mode: 'BRANCH_LEQ',
      threshold: 4,
      yes: { value: 1 },
      no: { feature: 3, mode: 'BRANCH_GT', threshold: 2, yes: { value: 0.5 }, no: { value: -2 } },
    };
    const width = 40;
    let deep: TestTree = { value: 3 };
    for (let f = 0; f < width; f++)
      deep = { feature: f, mode: 'BRANCH_LEQ', threshold: (f * 5) % 9, yes: deep, no: { value: f / 7 } };
    const { model } = readWhole(treeFile(width, [shallow, deep, shallow]));
    const ensemble = model.predictor as TreeEnsemble;
    const rows = 3000;
    const inputs = Float64Array.from({ length: rows * width }, (_, k) => (k * 31 + (k % 7) * 11) % 10);
    const against: Against = { kind: 'path', covers: countCovers(ensemble, inputs, rows, width) };
    const single = explainRows(model, treeShap(ensemble, width, against, 1), inputs, rows);
    const many = explainRows(model, treeShap(ensemble, width, against, MANY), inputs, rows);
    expect(largestDifference(many.values, single.values)).toBeLessThan(1e-9);
    const raw = rawOutputs(model, inputs, rows);
    const sums = raw.map((_, i) =>
      many.values.subarray(i * width, (i + 1) * width).reduce((a, b) => a + b, many.base),
    );
    expect(largestDifference(sums, raw)).toBeLessThan(1e-9);
  });
});

describe('axioms, by both algorithms and for many rows', () => {
  /** The same tree with two features exchanged. */
  const swapped = (tree: TestTree): TestTree =>
    'value' in tree
      ? tree
      : {
          ...tree,
          feature: tree.feature === 0 ? 1 : tree.feature === 1 ? 0 : tree.feature,
          yes: swapped(tree.yes),
          no: swapped(tree.no),
        };
  const valuesOf = (specs: TestTree[], table: number[][], kind: Against['kind'], rows: number) => {
    const { model, ensemble, inputs, covers } = setUp(specs, table);
    const players = Int32Array.from({ length: WIDTH }, (_, j) => j);
    const against: Against =
      kind === 'path' ? { kind, covers } : { kind, background: inputs, rows: table.length, players };
    return explainRows(model, treeShap(ensemble, WIDTH, against, rows), inputs, table.length).values;
  };

  test.each([
    ['path', 1],
    ['path', MANY],
    ['interventional', 1],
    ['interventional', MANY],
  ] as const)('%s (%d rows): symmetry, dummy, missingness', (kind, many) => {
    fc.assert(
      fc.property(ensembles, ([specs, table]) => {
        // Symmetric in features 0 and 1: each tree beside its mirror image, on rows where both are equal.
        const mirrored = specs.flatMap((tree) => [tree, swapped(tree)]);
        const level = table.map(([a, , ...rest]) => [a, a, ...rest]);
        const values = valuesOf(mirrored, level, kind, many);
        for (let i = 0; i < table.length; i++)
          expect(Math.abs(values[i * WIDTH] - values[i * WIDTH + 1])).toBeLessThan(1e-9);

        // A feature of no split is a dummy; one that is the same in all rows has nothing to explain.
        const constant = table.map(([, ...rest]) => [2, ...rest]);
        const own = valuesOf(specs, constant, kind, many);
        const { ensemble, covers } = setUp(specs, constant);
        // By covers, what no training row reached counts as nothing: there a constant feature may matter.
        const reached = kind === 'interventional' || covers.values.every((cover) => cover > 0);
        const used = new Set(ensemble.feature);
        for (let i = 0; i < table.length; i++)
          for (let f = 0; f < WIDTH; f++) {
            if (!used.has(f)) expect(own[i * WIDTH + f]).toBe(0);
            if (f === 0 && reached) expect(Math.abs(own[i * WIDTH])).toBeLessThan(1e-12);
          }
      }),
      { numRuns: 60, seed: 8 },
    );
  });
});

describe('covers.bin', () => {
  const { ensemble, covers } = setUp(
    [{ feature: 0, mode: 'BRANCH_LEQ', threshold: 1, yes: { value: 1 }, no: { value: 2 } }],
    [
      [0, 0, 0, 0, 0, 0],
      [5, 0, 0, 0, 0, 0],
    ],
  );
  const bytes = encodeCovers(covers);

  test('comes back as it was', () => expect(decodeCovers(bytes, ensemble)).toEqual(covers));

  test.each([
    ['truncated', bytes.slice(0, -1)],
    ['of another version', bytes.slice().fill(9, 4, 5)],
    ['with children that do not add up', bytes.slice().fill(7, 16, 17)],
    ['empty', new Uint8Array(0)],
  ])('%s is refused', async (_, wrong) =>
    expect(await codeOf(() => decodeCovers(wrong, ensemble))).toBe('covers-invalid'),
  );
});
