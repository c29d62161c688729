import { expect, test, vi } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseTarget } from '../../src/bundle/target';
import type { ErrorCode } from '../../src/core/errors';
import { encodeInputs } from '../../src/bundle/encode';
import { openBundle } from '../../src/engine/engine';
import { checkedRecipe } from '../../src/engine/lab/recipe';
import { train } from '../../src/engine/lab/train';
import { onnxRuntime } from '../../src/engine/runtime';
import { bytesOf, codeOf, tableOf } from '../support/files';
import { NUMBERS } from '../support/families';
import { germanInput } from '../support/german';

/** A worker in which onnxruntime has not started yet, and whose way to its file fails. */
async function unstarted(code: ErrorCode) {
  vi.resetModules();
  const { ScoredeskError } = await import('../../src/core/errors');
  const { openBundle } = await import('../../src/engine/engine');
  const wasm = () => Promise.reject(new ScoredeskError(code, { url: 'ort.wasm' } as never));
  return (files: ReadonlyMap<string, Uint8Array>) => openBundle(memorySource('b', new Map(files)), { wasm });
}

test('while its file can’t be brought, the app’s own evaluator stands in, and onnxruntime is still to come', async () => {
  const { files } = await pack(await germanInput());
  const open = await unstarted('offline');
  const engine = await open(files);
  const { bundleView } = await import('../../src/engine/bundleView');
  const { overviewOf } = await import('../../src/engine/overview');
  const view = bundleView(engine, await overviewOf(engine));
  expect([view.runtime, view.pending, view.runtimeFailure]).toEqual(['core', true, '']);
});

test.each(['offline', 'stopped'] as const)(
  'a model that only the runtime can score is not called wrong for it: %s',
  async (code) => {
    const rows = await tableOf('test/oracles/families/data.csv', ['id']);
    const model = bytesOf('test/oracles/composite/calibrated-logistic.onnx');
    const { files } = await pack({
      model,
      clients: rows,
      reference: rows,
      idColumn: 'id',
      features: NUMBERS,
      target: parseTarget('y'),
      runtime: onnxRuntime,
    });
    const open = await unstarted(code);
    expect(await codeOf(() => open(files))).toBe(code);
  },
);

test('rows that are asked for at the same time get the scores that they get alone', async () => {
  const { bundle } = await train({
    table: await tableOf('demo/german-credit/german-credit.csv', ['client_id']),
    target: parseTarget('class=bad'),
    id: 'client_id',
    dictionary: {},
    recipe: checkedRecipe({ learner: { kind: 'boosting', params: { trees: 20 } } }),
  });
  const { files } = await pack({ ...bundle, runtime: onnxRuntime });
  const { runtime, columns, clients } = await openBundle(memorySource('b', files));
  const inputs = encodeInputs(columns, await clients.of(clients.ids));
  const alone = await runtime.score(inputs, 1000);
  const of = (rows: number) => runtime.score(inputs.subarray(0, rows * columns.length), rows);
  // The second begins after so many steps of the first one's preparation.
  for (let begun = 0; begun < 40; begun++) {
    const first = of(750);
    for (let step = 0; step < begun; step++) await Promise.resolve();
    const found = await Promise.all([first, of(800)]);
    expect(found).toEqual([alone.subarray(0, 750), alone.subarray(0, 800)]);
  }
});
