import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probabilities, rawOutputs } from '../../src/core/model/evaluate';
import type { TreeEnsemble } from '../../src/core/model/trees';
import { sigmoid } from '../../src/core/numeric/functions';
import { TensorProto_DataType as Type } from '../../src/core/onnx/schema/onnx_pb';
import { onnxRuntime } from '../../src/engine/runtime';
import { codeOf, largestDifference } from '../support/files';
import { readOnnx } from '../../src/core/onnx/read';
import { onnxFile, treeAttributes, treeFile, type TestTree, readWhole } from '../support/onnx';

const split = (mode: string, threshold: number, missingYes = false): TestTree => ({
  feature: 0,
  mode,
  threshold,
  missingYes,
  yes: { value: 1 },
  no: { value: -1 },
});
const output = (tree: TestTree, x: number) =>
  rawOutputs(readWhole(treeFile(1, [tree])).model, Float64Array.of(x), 1)[0];

describe('tree modes', () => {
  const modes: Record<string, (x: number, t: number) => boolean> = {
    BRANCH_LEQ: (x, t) => x <= t,
    BRANCH_LT: (x, t) => x < t,
    BRANCH_GTE: (x, t) => x >= t,
    BRANCH_GT: (x, t) => x > t,
    BRANCH_EQ: (x, t) => x === t,
    BRANCH_NEQ: (x, t) => x !== t,
  };

  test.each(Object.keys(modes))('%s compares float32 with float32, at and around the threshold', (mode) => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.integer({ min: -1, max: 1 }), (threshold, step) => {
        const t =
          mode === 'BRANCH_EQ' || mode === 'BRANCH_NEQ'
            ? Math.round(Math.max(-1e6, Math.min(1e6, threshold)))
            : threshold;
        const x = Math.fround(t + step * Math.max(1.5e-45, Math.abs(t) * 1.2e-7));
        expect(output(split(mode, t), x)).toBe(modes[mode](x, Math.fround(t)) ? 1 : -1);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  test.each(Object.keys(modes))('%s sends a missing value where the node says', (mode) => {
    expect(output(split(mode, 2, true), NaN)).toBe(1); // NaN != 2 is true by itself
    expect(output(split(mode, 2, false), NaN)).toBe(mode === 'BRANCH_NEQ' ? 1 : -1);
  });

  test('a value that differs in double only is the threshold', () => {
    expect(output(split('BRANCH_LEQ', 0.1), 0.1)).toBe(1);
    expect(output(split('BRANCH_LT', 0.1), 0.1)).toBe(-1);
  });

  test('infinities are values', () => {
    expect(output(split('BRANCH_LEQ', 3e38), Infinity)).toBe(-1);
    expect(output(split('BRANCH_LEQ', Infinity), Infinity)).toBe(1);
    expect(output(split('BRANCH_GT', -3e38), -Infinity)).toBe(-1);
  });

  test('a chain of == with one shared child is one node; a child that is not shared is not', () => {
    const shared: TestTree = { value: 5 };
    const chain: TestTree = {
      feature: 0,
      mode: 'BRANCH_EQ',
      threshold: 1,
      yes: shared,
      no: { feature: 0, mode: 'BRANCH_EQ', threshold: 4, yes: shared, no: { value: -5 } },
    };
    const trees = readWhole(treeFile(1, [chain])).model.predictor as TreeEnsemble;
    expect(trees.feature.length).toBe(3);
    expect([0, 1, 4, 3, 1.5, -1, NaN].map((x) => output(chain, x))).toEqual([-5, 5, 5, -5, -5, -5, -5]);
    const own: TestTree = { ...chain, yes: { value: 5 } } as TestTree;
    expect((readWhole(treeFile(1, [own])).model.predictor as TreeEnsemble).feature.length).toBe(5);
  });

  test('agrees with onnxruntime on random trees and values', async () => {
    const cases = fc.sample(
      fc.tuple(
        fc.constantFrom(...Object.keys(modes)),
        fc.integer({ min: -3, max: 3 }),
        fc.constantFrom(...Object.keys(modes)),
        fc.integer({ min: -3, max: 3 }),
        fc.boolean(),
      ),
      { numRuns: 40, seed: 6 },
    );
    const specs = cases.map(
      ([mode, threshold, mode2, threshold2, missing]): TestTree =>
        ({
          ...split(mode, threshold),
          missingYes: missing,
          no: { ...split(mode2, threshold2, !missing), yes: { value: 0.25 }, no: { value: 0.5 } },
        }) as TestTree,
    );
    const xs = Float64Array.of(NaN, -Infinity, -3, -2.5, -1, 0, 0.5, 1, 2, 3, 4, Infinity);
    for (const spec of specs) {
      const file = treeFile(1, [spec]);
      const onnx = readWhole(file);
      const runtime = await onnxRuntime(onnx, file, { name: 'probabilities' });
      expect(
        largestDifference(await runtime.score(xs, xs.length), probabilities(onnx.model, xs, xs.length)),
      ).toBeLessThan(1e-6);
    }
  });
});

describe('linear and preprocessing', () => {
  test('imputer, scaler and two rows of coefficients', () => {
    const file = onnxFile(
      2,
      [
        {
          op: 'Imputer',
          inputs: ['x'],
          outputs: ['a'],
          attributes: { imputed_value_floats: { floats: [3, 4] } },
        },
        {
          op: 'Scaler',
          inputs: ['a'],
          outputs: ['b'],
          attributes: { offset: { floats: [1, 2] }, scale: { floats: [0.5, 2] } },
        },
        {
          op: 'LinearClassifier',
          inputs: ['b'],
          outputs: ['label', 'scores'],
          attributes: {
            coefficients: { floats: [-1, -2, 1, 2] },
            intercepts: { floats: [-0.5, 0.5] },
            classlabels_ints: [0, 1],
            post_transform: 'LOGISTIC',
          },
        },
        { op: 'Normalizer', inputs: ['scores'], outputs: ['probabilities'], attributes: { norm: 'L1' } },
      ],
      [{ name: 'label', type: Type.INT64 }, { name: 'probabilities' }],
    );
    const { model } = readWhole(file);
    expect(probabilities(model, Float64Array.of(NaN, 3, 1, NaN), 2)).toEqual(
      Float64Array.of(sigmoid(1 + 2 * 2 + 0.5), sigmoid(0 + 2 * 4 + 0.5)),
    );
    const repaid = readWhole(file, { of: 'repaid' }).model;
    expect(probabilities(repaid, Float64Array.of(1, 2), 1)[0]).toBeCloseTo(1 - sigmoid(0.5), 15);
    expect(
      probabilities(readWhole(file, { of: 'repaid', index: 0 }).model, Float64Array.of(1, 2), 1)[0],
    ).toBe(sigmoid(0.5));
  });
});

describe('refusals', () => {
  const ensemble = (changes: object) => {
    const attributes = { ...treeAttributes([split('BRANCH_LEQ', 1)]), ...changes };
    return onnxFile(
      1,
      [{ op: 'TreeEnsembleClassifier', inputs: ['x'], outputs: ['label', 'p'], attributes }],
      [{ name: 'p' }],
    );
  };
  const label = { name: 'label', type: Type.INT64 };
  test.each([
    ['not a file', Uint8Array.of(1, 2, 3), 'onnx-unreadable'],
    ['empty', new Uint8Array(0), 'onnx-unreadable'],
    [
      'label only',
      onnxFile(
        1,
        [
          {
            op: 'TreeEnsembleClassifier',
            inputs: ['x'],
            outputs: ['label'],
            attributes: treeAttributes([split('BRANCH_LEQ', 1)]),
          },
        ],
        [label],
      ),
      'onnx-label-only',
    ],
    ['raw score', treeFile(1, [split('BRANCH_LEQ', 1)], 'NONE'), 'onnx-margin-only'],
    [
      'operator',
      onnxFile(1, [{ op: 'SVMClassifier', inputs: ['x'], outputs: ['p'] }], [{ name: 'p' }]),
      'onnx-operator',
    ],
    [
      'prototype name',
      onnxFile(1, [{ op: 'toString', inputs: ['x'], outputs: ['p'] }], [{ name: 'p' }]),
      'onnx-operator',
    ],
    [
      'cycle of nodes',
      onnxFile(
        1,
        [
          { op: 'Identity', inputs: ['b'], outputs: ['a'] },
          { op: 'Identity', inputs: ['a'], outputs: ['b'] },
        ],
        [{ name: 'a' }],
      ),
      'onnx-graph',
    ],
    ['three classes', ensemble({ classlabels_int64s: [0, 1, 2] }), 'onnx-classes'],
    ['a feature that is not there', ensemble({ nodes_featureids: [7, 0, 0] }), 'onnx-attribute'],
    ['a child that is not there', ensemble({ nodes_truenodeids: [9, 0, 0] }), 'onnx-attribute'],
    [
      'a tree that bites its tail',
      ensemble({
        nodes_modes: ['BRANCH_LEQ', 'BRANCH_LEQ', 'LEAF'],
        nodes_truenodeids: [1, 1, 0],
        nodes_falsenodeids: [2, 2, 0],
      }),
      'onnx-attribute',
    ],
    ['short lists', ensemble({ nodes_values: { floats: [1] } }), 'onnx-attribute'],
    ['unknown mode', ensemble({ nodes_modes: ['BRANCH_MEMBER', 'LEAF', 'LEAF'] }), 'onnx-attribute'],
    ['weights that are not finite', ensemble({ class_weights: { floats: [Infinity, 0] } }), 'onnx-attribute'],
  ])('%s', async (_, file, code) => expect(await codeOf(() => readWhole(file))).toBe(code));

  test('shared subtrees that would fill the memory are refused', async () => {
    let tree: TestTree = { value: 1 };
    for (let d = 0; d < 60; d++) tree = { feature: 0, mode: 'BRANCH_LEQ', threshold: d, yes: tree, no: tree };
    expect(await codeOf(() => readWhole(treeFile(1, [tree])))).toBe('onnx-attribute');
  });
});

describe('graphs that grow without end', () => {
  const chain = (op: string, inputs: (i: number) => string[], times: number) => [
    ...Array.from({ length: times }, (_, i) => ({ op, inputs: inputs(i), outputs: [`v${i + 1}`] })),
    {
      op: 'LinearClassifier',
      inputs: [`v${times}`],
      outputs: ['l', 'p'],
      attributes: {
        coefficients: { floats: [1, 1] },
        classlabels_ints: [0, 1],
        post_transform: 'LOGISTIC',
      },
    },
  ];
  const name = (i: number) => (i === 0 ? 'x' : `v${i}`);

  test.each([
    ['a value added to itself', 'Add', (i: number) => [name(i), name(i)], 60],
    ['one step after the other', 'Neg', (i: number) => [name(i)], 20_000],
  ])('%s is left to the runtime at once', (_, op, inputs, times) => {
    const { model, unread } = readOnnx(onnxFile(1, chain(op, inputs, times), [{ name: 'p' }]));
    expect(model).toBeNull();
    expect(unread).toMatch(new RegExp(`^${op} of `));
  });

  test('a matrix joined to itself is refused: the runtime would fill the memory as well', async () => {
    const nodes = chain('Concat', (i) => [name(i), name(i)], 60);
    expect(await codeOf(() => readOnnx(onnxFile(1, nodes, [{ name: 'p' }])))).toBe('onnx-graph');
  });

  test('inputs that declare millions of columns are refused', async () => {
    expect(
      await codeOf(() =>
        readOnnx(
          onnxFile(
            900_000,
            chain('Neg', (i) => [name(i)], 1),
            [{ name: 'p' }],
          ),
        ),
      ),
    ).toBe('onnx-graph');
  });
});
