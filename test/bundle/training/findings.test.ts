import { describe, expect, test } from 'vitest';
import type { ModelInput } from '../../../src/bundle/encode';
import { rowFindings, scoreFindings, type Trained } from '../../../src/bundle/training/compare';
import { factsOf } from '../../../src/bundle/training/facts';
import { gathered, refusing, worstFirst, type Finding } from '../../../src/bundle/training/findings';
import { readFacts } from '../../../src/bundle/training/schema';
import { seededRandom } from '../../../src/core/numeric/random';
import { findingText } from '../../../src/report/findingText';
import { textColumn, type Column, type Table } from '../../../src/core/table/table';

const ROWS = 400;
const LEVELS = ['F', 'M', 'Laborers'];
const inputs: ModelInput[] = [
  { name: 'income', role: 'feature', type: 'number', gap: NaN },
  { name: 'days', role: 'feature', type: 'number', gap: NaN },
  { name: 'job', role: 'feature', type: 'category', levels: LEVELS.map((value) => ({ value })), gap: NaN },
];

interface Draw {
  seed?: number;
  rows?: number;
  income?: (value: number, row: number) => number;
  job?: (value: string) => string;
  days?: (value: number) => number;
}

/** People whose income has gaps in a tenth of the rows, and whose days are negative. */
function people({
  seed = 1,
  rows = ROWS,
  income = (x) => x,
  job = (x) => x,
  days = (x) => x,
}: Draw = {}): Table {
  const next = seededRandom(seed);
  const of = <T>(make: () => T) => Array.from({ length: rows }, make);
  const incomes = of(() => (next() < 0.1 ? NaN : 1000 + 9000 * next())).map(income);
  const spent = of(() => -Math.round(10_000 * next()) - 1).map(days);
  const jobs = of(() => LEVELS[Math.floor(3 * next())]).map(job);
  const dictionary = [...LEVELS, ...new Set(jobs.filter((value) => value && !LEVELS.includes(value)))];
  return {
    name: 'new.csv',
    rows,
    columns: new Map<string, Column>([
      ['id', textColumn(of(() => 0).map((_, row) => `c${row}`))],
      ['income', { kind: 'number', values: Float64Array.from(incomes) }],
      ['days', { kind: 'number', values: Float64Array.from(spent) }],
      [
        'job',
        { kind: 'text', codes: Int32Array.from(jobs, (value) => dictionary.indexOf(value)), dictionary },
      ],
    ]),
  };
}

const every = (probabilities: Float64Array) => ({
  rows: Int32Array.from(probabilities, (_, row) => row),
  probabilities,
});
const seen = people({ seed: 7, rows: 2000 });
const scores = every(Float64Array.from({ length: 2000 }, (_, row) => 0.05 + (0.1 * (row % 10)) / 10));
const outcomes = Float64Array.from({ length: 2000 }, (_, row) => (row % 10 === 9 ? 1 : 0));
const facts = factsOf({ from: 'reference', table: seen, inputs, scores, outcomes });
const trained: Trained = { inputs, model: null, facts };
const found = (draw: Draw) => rowFindings(trained, { table: people(draw), id: 'id' });
const brief = (findings: readonly Finding[]) => findings.map(({ code, severity }) => [code, severity]);

describe('a table against the rows that trained the model', () => {
  test('facts are what numpy gives, and outlast a trip through JSON', () => {
    const table = {
      name: 't',
      rows: 5,
      columns: new Map([['income', { kind: 'number' as const, values: Float64Array.of(0, 4, NaN, 2, 10) }]]),
    };
    const made = factsOf({ from: 'clients', table, inputs: inputs.slice(0, 1) });
    // numpy.quantile([0, 2, 4, 10], [0, .01, .05, .25, .5, .75, .95, .99, 1])
    expect(made.columns['income'].quantiles).toEqual(
      [0, 0.06, 0.3, 1.5, 3, 5.5, 9.1, 9.82, 10].map((x) => expect.closeTo(x, 12)),
    );
    expect(made.columns['income']).toMatchObject({ missing: 0.2, zeros: 0.2 });
    expect(readFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
    expect(readFacts({ from: 'export', rows: 1, columns: { a: { missing: 2 } } })).toBeNull();
  });

  test('rows like those of the training have nothing to tell', () => {
    for (const seed of [901, 5502, 77_003, 123_004]) expect(found({ seed })).toEqual([]);
  });

  test('new levels, with the nearest known', () => {
    const [some] = found({ job: (job) => (job === 'M' ? 'Male' : job) });
    expect(some).toMatchObject({ code: 'levels-new', severity: 'warning', example: 'Male', nearest: 'M' });
    const shout = found({ job: (job) => (job === 'Laborers' ? 'LABORERS' : job) });
    expect(shout[0]).toMatchObject({ code: 'levels-new', example: 'LABORERS', nearest: 'Laborers' });
    expect(brief(found({ job: (job) => `${job}.` }))).toEqual([['levels-new', 'error']]);
    expect(brief(found({ rows: 3, job: () => 'Pilot' }))).toEqual([['levels-new', 'note']]);
    // Of a bundle that knows nothing of its training, too.
    const unknown = rowFindings(
      { ...trained, facts: null },
      { table: people({ job: () => 'Pilot' }), id: 'id' },
    );
    expect(brief(unknown)).toEqual([['levels-new', 'error']]);
  });

  test('one value in all rows; levels that changed places, or moved', () => {
    expect(found({ days: () => -4000 })).toMatchObject([
      { code: 'constant', severity: 'warning', value: -4000 },
    ]);
    const uneven = factsOf({
      from: 'reference',
      table: people({ seed: 7, rows: 2000, job: (job) => (job === 'F' ? 'M' : job) }),
      inputs,
    });
    const of = (job: (value: string) => string) =>
      brief(rowFindings({ ...trained, facts: uneven }, { table: people({ seed: 9, job }), id: 'id' }));
    expect(of((job) => (job === 'F' ? 'M' : job))).toEqual([]);
    expect(of((job) => (job === 'Laborers' ? 'M' : 'Laborers'))).toEqual([['shares-moved', 'warning']]);
    expect(of((job) => job)).toEqual([['shares-moved', 'note']]);
  });

  test('another unit, the other sign', () => {
    expect(found({ income: (x) => 1000 * x })).toMatchObject([
      { code: 'scale', severity: 'error', factor: 1000 },
    ]);
    expect(found({ income: (x) => x / 12 })).toMatchObject([{ code: 'scale', factor: 1 / 12 }]);
    expect(found({ days: (x) => -x })).toMatchObject([{ code: 'scale', severity: 'error', factor: -1 }]);
    expect(found({ days: (x) => -x / 365.25 })).toMatchObject([{ code: 'scale', factor: -1 / 365.25 }]);
    // The rate of a currency; a rise by a tenth is none.
    const [{ factor }] = found({ rows: 5000, income: (x) => 1.956 * x }) as { factor: number }[];
    expect(factor).toBeCloseTo(1.956, 1);
    expect(brief(found({ rows: 5000, income: (x) => 1.1 * x }))).not.toContainEqual(['scale', 'warning']);
  });

  test('a number for a gap, gaps for numbers', () => {
    const coded = found({ income: (x) => (Number.isNaN(x) ? -999 : x) });
    expect(coded).toMatchObject([{ code: 'gap-coded', severity: 'warning', value: -999 }]);
    expect(found({ income: (x) => (Number.isNaN(x) ? 0 : x) })).toMatchObject([
      { code: 'gap-coded', value: 0 },
    ]);
    expect(brief(found({ income: () => NaN }))).toEqual([['missing-jump', 'warning']]);
    expect(brief(found({ days: () => NaN }))).toEqual([['missing-jump', 'error']]);
    expect(brief(found({ income: (x) => (x < 1600 ? NaN : x) }))).toEqual([['missing-jump', 'note']]);
  });

  test('values out of range: few of many are told only when they are far', () => {
    expect(brief(found({ income: (x, row) => (row === 0 ? 1e9 : x) }))).toEqual([['range-left', 'note']]);
    expect(found({ income: (x, row) => (row === 0 ? 10_001 : x) })).toEqual([]);
    expect(brief(found({ income: (x, row) => (row % 10 === 0 ? 12_345 + row : x) }))).toEqual([
      ['range-left', 'warning'],
    ]);
    expect(brief(found({ rows: 2, income: () => 11_000 }))).toEqual([['range-left', 'note']]);
  });

  test('ids that repeat, ids that a float wrote', () => {
    const table = people();
    const ids = (make: (row: number) => string) => ({
      ...table,
      columns: new Map(table.columns).set(
        'id',
        textColumn(Array.from({ length: ROWS }, (_, row) => make(row))),
      ),
    });
    const of = (make: (row: number) => string) => brief(rowFindings(trained, { table: ids(make), id: 'id' }));
    expect(of((row) => `${100_000 + row}.0`)).toEqual([['ids-decimal', 'warning']]);
    expect(of((row) => (row === 5 ? 'c4' : `c${row}`))).toEqual([['ids-repeated', 'warning']]);
  });

  test('scores and outcomes: another mean, classes turned round, too good, a leak', () => {
    const table = { ...seen, name: 'test.csv' };
    const of = (change: {
      p?: (p: number) => number;
      y?: (y: number, row: number) => number;
      table?: Table;
    }) => {
      const probabilities = scores.probabilities.map(change.p ?? ((p) => p));
      const labels = change.y ? outcomes.map(change.y) : outcomes;
      const rows = { table: change.table ?? table, id: 'id', scores: every(probabilities), outcomes: labels };
      return brief(scoreFindings(trained, rows));
    };
    expect(of({ y: (_, row) => (row % 3 === 0 && row % 2 ? 1 : 0) })).toEqual([]);
    expect(of({})).toEqual([['auc-high', 'warning']]);
    expect(brief(scoreFindings(trained, { table, id: 'id', scores, outcomes, trained: true }))).toEqual([]);
    expect(of({ p: (p) => 4 * p, y: (_, row) => (row % 3 === 0 && row % 2 ? 1 : 0) })).toEqual([
      ['score-mean', 'warning'],
    ]);
    expect(of({ p: (p) => 1.5 * p, y: (_, row) => (row % 3 === 0 && row % 2 ? 1 : 0) })).toEqual([
      ['score-mean', 'note'],
    ]);
    expect(of({ p: (p) => 0.2 - p })).toEqual([['auc-low', 'error']]);
    expect(of({ y: (y) => 1 - y })).toEqual([
      ['default-rate', 'warning'],
      ['auc-low', 'error'],
    ]);
    const leaking = new Map(table.columns).set('days', {
      kind: 'number',
      values: outcomes.map((y, row) => 10 * y + (row % 7)),
    });
    expect(of({ p: (p) => p / 2 + 0.05 * (p % 0.01), table: { ...table, columns: leaking } })).toContainEqual(
      ['leak', 'warning'],
    );
  });

  test('the gravest come first; strict refuses warnings too', () => {
    const mixed = [
      ...found({ rows: 2, income: () => 11_000 }),
      ...found({ days: () => NaN, income: (x) => x / 12 }),
    ];
    const sorted = worstFirst(mixed);
    expect(sorted.map(({ severity }) => severity)).toEqual(
      [...sorted.map(({ severity }) => severity)].sort((a, b) => 'ewn'.indexOf(a[0]) - 'ewn'.indexOf(b[0])),
    );
    expect(refusing(sorted, true).length).toBeGreaterThan(0);
    expect(refusing(found({ rows: 2, income: () => 11_000 }), true)).toEqual([]);
  });
});

test('columns that are missing in as many rows are told in one sentence', () => {
  const jump = (column: string, now: number): Finding => ({
    code: 'missing-jump',
    severity: 'warning',
    table: 't.csv',
    column,
    before: 0.7,
    now,
  });
  const leak: Finding = { code: 'leak', severity: 'note', table: 't.csv', column: 'x', auc: 0.99 };
  const all = gathered([jump('a', 0.5), jump('b', 0.5), leak, jump('c', 0.4), jump('d', 0.5)]);
  expect(all.map((finding) => findingText('en', finding))).toEqual([
    't.csv: a and 2 more columns are missing in 50.0% of the rows; in the training they were in 70.0%.',
    expect.stringContaining('x alone ranks'),
    't.csv: c is missing in 40.0% of the rows; in the training it was in 70.0%.',
  ]);
  expect(findingText('fr', all[0])).toContain('a et 2 autres colonnes manquent dans 50,0');
});
