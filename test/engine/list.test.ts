import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseDictionary } from '../../src/bundle/validate';
import { readCsv } from '../../src/core/table/csv';
import { openBundle, type Engine } from '../../src/engine/engine';
import { ClientList, type ListQuery } from '../../src/engine/client/list';
import { overviewOf } from '../../src/engine/overview';
import { openGerman } from '../support/german';
import { treeFile } from '../support/onnx';

const query = (changes: Partial<ListQuery> = {}): ListQuery => ({
  search: '',
  decision: 'all',
  sort: { by: 'seen', descending: false },
  ...changes,
});

const listOf = async (engine: Engine): Promise<ClientList> =>
  new ClientList(engine, await overviewOf(engine));

let list: ClientList;
beforeAll(async () => {
  list = await listOf(await openGerman({ runtime: 'core' }));
});

test('test rows come first, training rows are marked', async () => {
  const { found, rows } = await list.page(query(), ['duration'], 0, 300);
  expect(found).toBe(1000);
  expect(rows.slice(0, 200).every((row) => row.seenIn === 'test')).toBe(true);
  expect(rows[200].seenIn).toBe('reference');
  expect(typeof rows[0].values[0]).toBe('number');
});

test('sorting by score, by id as a number, by level order; missing pages are empty', async () => {
  const byScore = await list.page(query({ sort: { by: 'probability', descending: true } }), [], 0, 1000);
  const scores = byScore.rows.map((row) => row.probability);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  const byId = await list.page(query({ sort: { by: 'id', descending: true } }), [], 0, 3);
  expect(byId.rows.map((row) => row.id)).toEqual(['1000', '999', '998']);
  const { rows: levels } = await list.page(
    query({ sort: { by: 'savings_status', descending: false } }),
    ['savings_status'],
    0,
    1000,
  );
  expect([levels[0].values[0], levels[999].values[0]]).toEqual(['<100', 'no known savings']);
  expect((await list.page(query(), [], 5000, 10)).rows).toEqual([]);
});

test('search by id: the exact one first, then those that contain it; filter by decision', async () => {
  const found = await list.page(query({ search: ' 99 ', sort: { by: 'id', descending: false } }), [], 0, 100);
  expect(found.rows[0].id).toBe('99');
  expect(found.found).toBe(19);
  const refused = await list.page(query({ decision: 'refused' }), [], 0, 1000);
  expect(refused.rows.every((row) => row.decision === 'refused')).toBe(true);
  expect(await list.page(query({ search: 'nobody' }), [], 0, 10)).toEqual({
    found: 0,
    rows: [],
    sampled: true,
  });
});

test('the clients before and after one in the current order', async () => {
  const sort = { by: 'id', descending: false };
  expect(await list.neighbours(query({ sort }), '2')).toEqual({
    position: 1,
    found: 1000,
    previous: '1',
    next: '3',
  });
  expect(await list.neighbours(query({ sort }), '1')).toMatchObject({ position: 0, previous: null });
  expect(await list.neighbours(query({ sort, search: '77' }), '2')).toMatchObject({
    position: -1,
    previous: null,
    next: null,
  });
});

describe('names', () => {
  test('are found whatever their case and accents, and sorted as text; missing values last', async () => {
    const clients = readCsv(new TextEncoder().encode('id,who,x\n1,Rénard,2\n2,Ana,\n3,renata,1\n'), 'c.csv', {
      text: ['id'],
    });
    const model = treeFile(1, [
      { feature: 0, mode: 'BRANCH_LEQ', threshold: 1, yes: { value: 1 }, no: { value: -1 } },
    ]);
    const dictionary = parseDictionary(
      new TextEncoder().encode(JSON.stringify({ columns: [{ name: 'who', role: 'name', type: 'text' }] })),
    );
    const { files } = await pack({ model, clients, idColumn: 'id', features: ['x'], dictionary });
    const named = await listOf(await openBundle(memorySource('n', files), { runtime: 'core' }));
    const names = async (changes: Partial<ListQuery>) =>
      (await named.page(query(changes), [], 0, 9)).rows.map((row) => row.name);
    expect(await names({ search: 'REN' })).toEqual(['Rénard', 'renata']);
    expect(await names({ sort: { by: 'name', descending: true } })).toEqual(['renata', 'Rénard', 'Ana']);
    expect(await names({ sort: { by: 'x', descending: false } })).toEqual(['renata', 'Rénard', 'Ana']);
    expect(await names({ sort: { by: 'x', descending: true } })).toEqual(['Rénard', 'renata', 'Ana']);
  });
});

test('a column’s range and level, scores, what is odd, and a seeded draw narrow the list down', async () => {
  const where = [
    { column: 'duration', least: 12, most: 24 },
    { column: 'housing', level: 'own' },
  ];
  const { rows } = await list.page(query({ where }), ['duration', 'housing'], 0, 1000);
  expect(rows.length).toBeGreaterThan(100);
  expect(
    rows.every(
      ({ values: [months, housing] }) => Number(months) >= 12 && Number(months) <= 24 && housing === 'own',
    ),
  ).toBe(true);
  const scored = await list.page(
    query({
      scores: [
        [0.1, 0.2],
        [0.8, 1],
      ],
    }),
    [],
    0,
    1000,
  );
  const between = (p: number) => (p >= 0.1 && p < 0.2) || (p >= 0.8 && p < 1);
  const all = await list.page(query(), [], 0, 1000);
  expect(scored.found).toBe(all.rows.filter(({ probability }) => between(probability)).length);
  const drawn = await list.page(query({ draw: { count: 50, seed: 3 } }), [], 0, 1000);
  expect(drawn.found).toBe(50);
  expect(await list.page(query({ draw: { count: 50, seed: 3 } }), [], 0, 1000)).toEqual(drawn);
  expect(await list.page(query({ draw: { count: 50, seed: 4 } }), [], 0, 1000)).not.toEqual(drawn);
  expect(all.rows[0].flags).toBeNull();
  const odd = await list.page(query({ flagged: 'odd' }), [], 0, 1000);
  expect(odd.rows.every(({ flags }) => flags !== null && flags.odd > 0)).toBe(true);
  const byOdd = await list.page(query({ sort: { by: 'odd', descending: true } }), [], 0, 1000);
  expect(byOdd.rows.filter(({ flags }) => flags && flags.odd > 0)).toHaveLength(odd.found);
  expect((await list.page(query({ where: [{ column: 'no such', level: '' }] }), [], 0, 10)).found).toBe(0);
});
