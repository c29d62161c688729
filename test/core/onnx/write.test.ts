import { pipelineOf } from '../../../src/core/train/pipeline';
import { describe, expect, test } from 'vitest';
import { writeOnnx, type WrittenColumn } from '../../../src/core/onnx/write/model';
import { Boosting } from '../../../src/core/train/boosting/boost';
import { probabilities } from '../../../src/core/model/evaluate';
import type { Model } from '../../../src/core/model/model';
import type { FeatureSource } from '../../../src/core/model/steps';
import { onnxRuntime } from '../../../src/engine/runtime';
import { readWhole } from '../../support/onnx';
import { inputsOf } from '../../../src/core/train/data';
import { mixedRows } from '../../support/trainRows';

const OUTPUT = { name: 'probabilities', index: 1 } as const;

/** Scores by the app's own reading of the file, and by onnxruntime. */
async function both(bytes: Uint8Array, levels: (readonly string[] | undefined)[], inputs: Float64Array) {
  const width = levels.length;
  const rows = inputs.length / width;
  const onnx = readWhole(bytes, { width, output: 'probabilities', index: 1, levels });
  const runtime = await onnxRuntime(onnx, bytes, OUTPUT);
  return { onnx, own: probabilities(onnx.model, inputs, rows), theirs: await runtime.score(inputs, rows) };
}

describe('a model that is written', () => {
  const learned = mixedRows(3000, 3);
  const boosting = new Boosting(learned);
  for (let t = 0; t < 30; t++) boosting.next();
  const { trees, covers } = boosting.ensemble();
  const texts = (count: number) => Array.from({ length: count }, (_, code) => `niveau ${code}, "é"`);
  const columns: WrittenColumn[] = learned.columns.map((column) => ({
    name: `${column.name} (%)`,
    levels: column.kind === 'number' ? null : texts(column.levels),
  }));
  const model: Model = { width: 6, features: null, predictor: trees, link: 'logistic' };
  const inputs = inputsOf(mixedRows(2000, 4));

  test('is read as it was, covers too, and scored so by onnxruntime: texts, gaps, infinities, levels that nobody knows', async () => {
    const unknown = inputs.map((x, i) => (i % 12 === 4 ? -1 : x));
    for (const some of [inputs, unknown]) {
      const expected = probabilities(model, some, 2000);
      const { onnx, own, theirs } = await both(
        writeOnnx(pipelineOf(model), columns, covers),
        columns.map(({ levels }) => levels ?? undefined),
        some,
      );
      expect(onnx.given).toEqual(covers.values);
      expect(onnx.model.predictor).toMatchObject({ feature: trees.feature, threshold: trees.threshold });
      own.forEach((p, i) => expect(Math.abs(p - expected[i])).toBeLessThan(1e-14));
      theirs.forEach((p, i) => expect(Math.abs(p - expected[i])).toBeLessThan(1e-14));
    }
  });

  test('holds the steps before it: imputed, moved, scaled, looked up, chosen, put together', async () => {
    const steps: FeatureSource[] = [
      {
        input: 0,
        steps: [
          { kind: 'add', by: -0.25 },
          { kind: 'divide', by: 0.3 },
        ],
      },
      { input: 1, steps: [{ kind: 'impute', missing: NaN, value: 0.5 }] },
      {
        input: 2,
        steps: [
          {
            kind: 'map',
            to: new Map([
              [0, 3],
              [1, -2],
            ]),
            otherwise: 0.5,
            missing: 9,
          },
        ],
      },
      { input: 1, steps: [{ kind: 'unary', op: 'IsNaN' }] },
      {
        input: 0,
        steps: [
          {
            kind: 'choose',
            when: [{ kind: 'combine', op: 'Less', left: [], right: [{ kind: 'unary', op: 'Abs' }] }],
            yes: [{ kind: 'multiply', by: -2 }],
            no: [
              { kind: 'add', by: 1 },
              { kind: 'unary', op: 'Log' },
            ],
          },
        ],
      },
    ];
    const weights = Float64Array.of(0.5, -1.25, 0.125, 2, -0.75);
    const linear: Model = {
      width: 3,
      features: steps,
      predictor: { kind: 'linear', weights, base: -0.375 },
      link: 'logistic',
    };
    const three = new Float64Array(3 * 2000);
    for (let i = 0; i < 2000; i++) three.set(inputs.subarray(i * 6, i * 6 + 3), 3 * i);
    const bytes = writeOnnx(
      pipelineOf(linear),
      ['a', 'b', 'c'].map((name) => ({ name, levels: null })),
    );
    const { own, theirs } = await both(bytes, [undefined, undefined, undefined], three);
    const expected = probabilities(linear, three, 2000);
    own.forEach((p, i) => expect(Math.abs(p - expected[i])).toBeLessThan(1e-14));
    theirs.forEach((p, i) => expect(Math.abs(p - expected[i])).toBeLessThan(1e-14));
  });

  test('has the same bytes each time', () => {
    expect(writeOnnx(pipelineOf(model), columns, covers)).toEqual(
      writeOnnx(pipelineOf(model), columns, covers),
    );
  });
});
