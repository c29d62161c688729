import { expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { auc } from '../../src/core/metrics/binary';
import { wholeTable } from '../../src/core/table/source';
import { columnOf, texts } from '../../src/core/table/table';
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

test('is followed over time on the rows that have times and outcomes', async () => {
  const engine = await openGerman({ runtime: 'core' });
  const found = await validationOf(engine);
  if (typeof found === 'string' || !found.stability) throw new Error('no stability');
  const { on, period, periods } = found.stability;
  expect([on, period]).toEqual(['current', 'month']);
  const table = await engine.part('current').then((part) => part && wholeTable(part));
  if (!table) throw new Error('no rows');
  const days = texts(columnOf(table, 'applied_on'));
  const outcome = columnOf(table, 'class');
  const scores = await engine.score(table);
  for (const { from, to, rows, defaults, auc: area, expected } of periods) {
    expect(from.slice(0, 7)).toBe(to.slice(0, 7));
    const own = days.flatMap((day, row) => (day.startsWith(from.slice(0, 7)) ? [row] : []));
    const target = own.map((row) => (outcome.kind === 'number' ? outcome.values[row] : NaN));
    const score = own.map((row) => scores[row]);
    expect([rows, defaults]).toEqual([own.length, target.filter((y) => y === 1).length]);
    expect(area.value).toBeCloseTo(auc(target, score), 12);
    expect(expected).toBeCloseTo(score.reduce((sum, p) => sum + p, 0) / rows, 12);
  }
  expect(periods.reduce((sum, { rows }) => sum + rows, 0)).toBe(table.rows);
});

test('without times there is no stability to tell', async () => {
  const input = await germanInput();
  const bare = await openBundle(memorySource('b', (await pack({ ...input, current: undefined })).files), {
    runtime: 'core',
  });
  const found = await validationOf(bare);
  expect(typeof found === 'string' ? found : found.stability).toBeNull();
});
