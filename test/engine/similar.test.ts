import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import type { NumbersAlike, SimilarQuestion } from '../../src/engine/client/similar';
import { similarTo } from '../../src/engine/client/similar';
import { openBundle, type Engine } from '../../src/engine/engine';
import { columnOf, textAt, type Table } from '../../src/core/table/table';
import { germanInput, openGerman } from '../support/german';

let engine: Engine;
let reference: Table;
beforeAll(async () => {
  engine = await openGerman({ runtime: 'core' });
  reference = (await engine.reference()) as Table;
});
const of = async (
  id: string,
  cohort = '',
  columns = ['age'],
  more: Partial<Pick<SimilarQuestion, 'own' | 'pair'>> = {},
) => similarTo(engine, await engine.clients.of([id]), { cohort, columns, own: [], pair: null, ...more });
const numbers = (name: string) => {
  const column = columnOf(reference, name);
  return column.kind === 'number' ? Array.from(column.values) : [];
};

describe('people like this', () => {
  test('everyone is every row that trained the model, with those who defaulted', async () => {
    const { people, outcomes, alike } = await of('48');
    const labels = columnOf(reference, 'class');
    expect([people, alike]).toEqual([800, []]);
    const defaulted = Array.from({ length: 800 }, (_, row) => textAt(labels, row)).filter(
      (text) => text === '1',
    ).length;
    expect(outcomes?.defaulted).toBe(defaulted);
  });

  test('a group shares the client’s values in its columns', async () => {
    const { people, alike, given } = await of('48', 'same-purpose');
    const own = textAt(columnOf(await engine.clients.of(['48']), 'purpose'), 0);
    const purposes = columnOf(reference, 'purpose');
    const sharing = Array.from({ length: reference.rows }, (_, row) => textAt(purposes, row)).filter(
      (text) => text === own,
    );
    expect([people, alike, given]).toEqual([sharing.length, ['purpose'], []]);
  });

  test('a group of fewer than 30 is widened, and says by what', async () => {
    for (const id of engine.clients.ids.slice(0, 300)) {
      const { people, alike, given } = await of(id, 'same-job', []);
      expect(people).toBeGreaterThanOrEqual(30);
      expect([...alike, ...given]).toEqual(['job', 'housing']);
    }
    const widened = await Promise.all(engine.clients.ids.slice(0, 300).map((id) => of(id, 'same-job', [])));
    expect(widened.some(({ given }) => given.length > 0)).toBe(true);
  });

  test('curves integrate to one; few people are drawn one by one; one value has no curve', async () => {
    const { features } = await of('48', '', ['credit_amount']);
    const { at, groups } = features[0] as NumbersAlike;
    for (const { curve } of groups) {
      const step = at[1] - at[0];
      const area = Array.from(curve ?? []).reduce((sum, density) => sum + density * step, 0);
      expect(area).toBeGreaterThan(0.85);
      expect(area).toBeLessThan(1.01);
    }
    const input = await germanInput();
    const few = { ...input, reference: undefined, test: undefined, current: undefined, target: undefined };
    const bare = await openBundle(memorySource('bare', (await pack(few)).files), { runtime: 'core' });
    const view = await similarTo(bare, await bare.clients.of(['48']), {
      cohort: 'same-job',
      columns: ['age', 'job'],
      own: [],
      pair: { x: 'age', y: 'credit_amount' },
    });
    expect(view.pair?.labelled).toBe(false);
    expect(view.outcomes).toBeNull();
    expect((view.features[0] as NumbersAlike).groups.map(({ outcome }) => outcome)).toEqual(['all']);
  });

  test('an own group has a range and a level; what leaves fewer than 30 is given up, the last first', async () => {
    const age = { column: 'age', least: 30, most: 40 };
    const { people, alike } = await of('48', '', [], { own: [age] });
    expect([people, alike]).toEqual([numbers('age').filter((x) => x >= 30 && x <= 40).length, ['age']]);
    const nobody = { column: 'purpose', level: 'no such' };
    const view = await of('48', '', [], { own: [age, nobody] });
    expect([view.people, view.alike, view.given]).toEqual([people, ['age'], ['purpose']]);
  });

  test('people within 5 % of the client’s value: how many, the mean of another, and who defaulted', async () => {
    const client = columnOf(await engine.clients.of(['48']), 'credit_amount');
    const own = client.kind === 'number' ? client.values[0] : NaN;
    const [amounts, durations] = [numbers('credit_amount'), numbers('duration')];
    const near = amounts.flatMap((x, row) => (Math.abs(x - own) <= 0.05 * own ? [row] : []));
    const view = await of('48', '', ['credit_amount'], { pair: { x: 'credit_amount', y: 'duration' } });
    const mean = near.reduce((sum, row) => sum + durations[row], 0) / near.length;
    expect(view.pair?.near?.people).toBe(near.length);
    expect(view.pair?.near?.mean).toBeCloseTo(mean, 9);
    expect((view.features[0] as NumbersAlike).near).toEqual({
      people: near.length,
      outcomes: view.pair?.near?.outcomes,
    });
    expect(view.pair?.at.x).toHaveLength(800);
    expect((await of('48', '', [], { pair: { x: 'age', y: 'purpose' } })).pair).toBeNull();
  });
});
