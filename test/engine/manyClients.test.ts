import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBundle, type Engine } from '../../src/engine/engine';
import { weightsOf } from '../../src/engine/portfolio/weights';
import type { ContributionPart } from '../../src/engine/portfolio/contributions';
import { directorySource } from '../support/bundles';
import { publishLarge } from '../support/large';

const CLIENTS = 24_000;
const root = mkdtempSync(join(tmpdir(), 'scoredesk-many-'));
const open = (): Promise<Engine> =>
  openBundle(directorySource(join(root, 'bundles/large')), { runtime: 'core' });

beforeAll(() => publishLarge(root, CLIENTS));
afterAll(() => rmSync(root, { recursive: true }));

/** A store in memory, and which parts were written to it. */
function storeOf<T>() {
  const parts = new Map<number, T>();
  return {
    parts,
    read: async (part: number) => parts.get(part) ?? null,
    write: async (part: number, value: T) => void parts.set(part, value),
  };
}

test('scores go on from the parts that were done before a stop', async () => {
  const whole = await (await open()).scores();
  const store = storeOf<Float64Array>();
  const controller = new AbortController();
  const stopping = {
    ...store,
    write: async (part: number, value: Float64Array) => {
      await store.write(part, value);
      controller.abort();
    },
  };
  await expect((await open()).scores({ store: stopping, signal: controller.signal })).rejects.toMatchObject({
    code: 'stopped',
  });
  expect([...store.parts.keys()]).toEqual([0]);
  const engine = await open();
  const asked: number[] = [];
  const score = engine.scoreRange.bind(engine);
  engine.scoreRange = (range, task) => (asked.push(range.from), score(range, task));
  expect(await engine.scores({ store })).toEqual(whole);
  expect(asked).toEqual([10_000, 20_000]);
});

test('contributions do too, and give the same means to the last bit whoever computed them', async () => {
  const everybody = Int32Array.from({ length: CLIENTS }, (_, row) => row);
  const store = storeOf<ContributionPart>();
  const alone = await weightsOf(await open(), everybody, { store });
  expect([...store.parts.keys()].sort()).toEqual([0, 1, 2]);
  const engine = await open();
  engine.explainAt = () => Promise.reject(new Error('nothing is explained again'));
  expect(await weightsOf(engine, everybody, { store })).toEqual(alone);
  const others = [await open(), await open()];
  expect(await weightsOf(await open(), everybody, { others })).toEqual(alone);
});
