import { expect, test, vi } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseTarget } from '../../src/bundle/target';
import type { ErrorCode } from '../../src/core/errors';
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
