import { expect, test } from 'vitest';
import { readOnnx } from '../../src/core/onnx/read';
import { onnxRuntime } from '../../src/engine/runtime';
import { codeOf } from '../support/files';
import { onnxFile } from '../support/onnx';

/** Each row beside each other one: rows squared times columns, which nothing written in the graph tells. */
const WIDTH = 24;
const pairs = onnxFile(
  WIDTH,
  [
    { op: 'Unsqueeze', inputs: ['x'], outputs: ['a'], attributes: { axes: [1] } },
    { op: 'Unsqueeze', inputs: ['x'], outputs: ['b'], attributes: { axes: [0] } },
    { op: 'Add', inputs: ['a', 'b'], outputs: ['c'] },
    { op: 'ReduceMax', inputs: ['c'], outputs: ['d'], attributes: { axes: [1, 2], keepdims: 0 } },
    { op: 'Unsqueeze', inputs: ['d'], outputs: ['e'], attributes: { axes: [1] } },
    { op: 'Concat', inputs: ['e', 'e'], outputs: ['p'], attributes: { axis: 1 } },
  ],
  [{ name: 'p' }],
);

test('a graph that asks for more than 2 GB is refused by the runtime, and the next is scored', async () => {
  const onnx = readOnnx(pairs, { width: WIDTH, output: 'p' });
  expect(onnx.model).toBeNull();
  const runtime = await onnxRuntime(onnx, pairs, { name: 'p' });
  const score = (rows: number) => runtime.score(new Float64Array(rows * WIDTH).fill(0.25), rows);
  // 4 bytes for each of 24 columns of 5,000 times 5,000 pairs: 2.4 GB.
  expect(await codeOf(() => score(5000))).toBe('runtime-failed');
  expect(await score(10)).toEqual(new Float64Array(10).fill(0.5));
});
