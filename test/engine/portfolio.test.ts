import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { decide } from '../../src/core/decision/decision';
import { objectiveAt, zonesAt } from '../../src/core/decision/thresholds';
import { ranked } from '../../src/core/metrics/ranked';
import { toPoints } from '../../src/core/explain/points';
import { openBundle, type Engine } from '../../src/engine/engine';
import { exportedClients } from '../../src/engine/portfolio/exported';
import { bestOf, measuredRows, portfolioOf } from '../../src/engine/portfolio/portfolio';
import { weightsOf } from '../../src/engine/portfolio/weights';
import { mainReasons } from '../../src/engine/portfolio/reasons';
import { columnOf, textAt } from '../../src/core/table/table';
import { germanInput, openGerman } from '../support/german';

let engine: Engine;
let scores: Float64Array;
beforeAll(async () => {
  engine = await openGerman({ runtime: 'core' });
  scores = await engine.scores();
});

describe('a portfolio', () => {
  test('has the decisions of its clients, and expected defaults brought to the test rows', async () => {
    const view = await portfolioOf(engine, scores);
    const rule = engine.manifest.decision;
    const zones = zonesAt(view.clients, rule);
    const count = (wanted: string) => scores.filter((p) => decide(p, rule) === wanted).length;
    expect([zones.accepted, zones.review, zones.refused]).toEqual(
      ['accepted', 'review', 'refused'].map(count),
    );
    expect([view.expected, view.unscored]).toEqual(['calibrated', 0]);
    expect(view.clients.defaults[1000]).toBeGreaterThan(200);
    expect(view.clients.defaults[1000]).toBeLessThan(400);
    expect(view.amounts).toContain('credit_amount');
    expect(view.amounts).not.toContain('purpose');
  });

  test('is measured on test rows, by count or by amounts', async () => {
    const { on, rows } = await measuredRows(engine, scores, '');
    expect([on, rows.scores.length]).toEqual(['test', 200]);
    const test = await engine.test();
    const outcomes = test && columnOf(test, 'class');
    const amounts = test && columnOf(test, 'credit_amount');
    if (outcomes?.kind !== 'number' || amounts?.kind !== 'number') throw new Error('no outcomes');
    expect(rows.defaults[200]).toBe(Array.from(outcomes.values).reduce((sum, y) => sum + y, 0));
    const weighed = await measuredRows(engine, scores, 'credit_amount');
    const lost = Array.from(outcomes.values).reduce((sum, y, row) => sum + y * amounts.values[row], 0);
    expect(weighed.rows.defaults[200]).toBe(lost);
    await expect(measuredRows(engine, scores, 'purpose')).rejects.toMatchObject({
      code: 'column-not-number',
    });
  });

  test('has a best threshold within its interval', async () => {
    const { rows } = await measuredRows(engine, scores, '');
    const found = await bestOf(rows, { kind: 'fBeta', beta: 3 });
    if (!found) throw new Error('no rows');
    const { best, interval } = found;
    expect(objectiveAt(rows, { kind: 'fBeta', beta: 3 }, best.threshold)).toBe(best.value);
    expect(await bestOf(ranked([], []), { kind: 'fBeta', beta: 3 })).toBeNull();
    expect(interval?.[0]).toBeLessThanOrEqual(best.threshold);
    expect(interval?.[1]).toBeGreaterThanOrEqual(best.threshold);
  });

  test('without outcomes takes scores for chances, and says so', async () => {
    const input = {
      ...(await germanInput()),
      reference: undefined,
      test: undefined,
      current: undefined,
      target: undefined,
    };
    const bare = await openBundle(memorySource('bare', (await pack(input)).files), { runtime: 'core' });
    const own = await bare.scores();
    expect((await measuredRows(bare, own, '')).on).toBe('scores');
    expect((await portfolioOf(bare, own)).expected).toBe('scores');
  });
});

test('the main reason of a client is its greatest contribution', async () => {
  const ids = ['48', '641'];
  const found = await mainReasons(engine, ids);
  const { values, width } = await engine.explain(await engine.clients.of(ids));
  found.forEach(({ column, points }, row) => {
    const own = Array.from(values.subarray(row * width, (row + 1) * width));
    const most = own.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    expect(column).toBe(engine.columns[own.indexOf(most)].name);
    expect(points).toBe(toPoints(most, engine.unit));
  });
});

test('exported clients have all that the bundle holds, scores and decisions, in the order asked', async () => {
  const table = await exportedClients(engine, scores, Int32Array.of(5, 2));
  expect(table.rows).toBe(2);
  expect(textAt(columnOf(table, engine.idColumn), 0)).toBe(engine.clients.ids[5]);
  expect(textAt(columnOf(table, 'decision'), 1)).toBe(engine.decide(scores[2]));
  const column = columnOf(table, 'probability');
  expect(column.kind === 'number' && column.values[0]).toBe(scores[5]);
});

describe('what weighs for some clients', () => {
  test('is the mean size of their contributions, whether they were explained before or not', async () => {
    const positions = Int32Array.from({ length: 120 }, (_, i) => (i * 37) % engine.clients.count);
    const { values, width } = await engine.explain(await engine.clients.rows(positions, engine.inputs));
    const means = Array.from({ length: width }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < positions.length; i++) sum += Math.abs(values[i * width + j]);
      return toPoints(sum / positions.length, engine.unit);
    });
    const told: number[] = [];
    const first = await weightsOf(engine, positions, { progress: ({ done }) => told.push(done) });
    const again = await weightsOf(engine, positions.slice().reverse());
    const fewer = await weightsOf(engine, positions.subarray(0, 1));
    expect([first.clients, fewer.clients, told.at(-1)]).toEqual([120, 1, 120]);
    means.forEach((mean, j) => {
      expect(first.points[j]).toBeCloseTo(mean, 5);
      expect(again.points[j]).toBeCloseTo(mean, 5);
    });
    expect(fewer.points[0]).toBeCloseTo(toPoints(Math.abs(values[0]), engine.unit), 5);
    expect((await weightsOf(engine, new Int32Array(0))).points.every((points) => points === 0)).toBe(true);
  });
});
