import { expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { openBundle } from '../../src/engine/engine';
import { validationOf } from '../../src/engine/model/validation';
import { germanInput, openGerman } from '../support/german';

test('the demo is validated on its test rows, by protected columns in levels', async () => {
  const engine = await openGerman({ runtime: 'core' });
  const found = await validationOf(engine);
  if (typeof found === 'string') throw new Error(found);
  expect([found.on, found.validation.rows, found.leftOut]).toEqual(['test', 200, 0]);
  expect(found.validation.figures.auc.value).toBeGreaterThan(0.7);
  const [status] = found.fairness;
  expect(status.column).toBe('personal_status');
  expect(status.groups.reduce((sum, { rows }) => sum + rows, 0)).toBeLessThanOrEqual(200);
});

test('without test rows the training’s are used, and said to be; without outcomes there is no validation', async () => {
  const input = await germanInput();
  const trained = await openBundle(memorySource('b', (await pack({ ...input, test: undefined })).files), {
    runtime: 'core',
  });
  const found = await validationOf(trained);
  expect(typeof found === 'string' ? found : found.on).toBe('reference');
  const bare = { ...input, reference: undefined, test: undefined, current: undefined, target: undefined };
  const nothing = await openBundle(memorySource('b', (await pack(bare)).files), { runtime: 'core' });
  expect(await validationOf(nothing)).toBe('outcomes');
});
