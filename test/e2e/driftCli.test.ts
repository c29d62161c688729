import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asCompared } from '../../src/core/drift/types';
import { csvPieces } from '../../src/core/table/write';
import type { Table } from '../../src/core/table/table';
import { digits, loadPair, PAIRS } from '../support/drift';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'scoredesk-drift-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Entry {
  name: string;
  type: string;
  test: string;
  value: number | null;
  drifted: boolean;
  notes?: string[];
}

interface Chunk {
  columns: { name: string; test: string; value: number; upper: number | null; alert: boolean }[];
  metrics: { name: string; estimated: number; realized: number | null; alert: boolean }[];
}

interface Report {
  dataset: { share: number; drifted: boolean };
  columns: Entry[];
  chunks?: Chunk[];
  notes?: string[];
}

function drift(...args: string[]): { status: number | null; err: string; report: Report } {
  const out = join(dir, 'report.json');
  rmSync(out, { force: true });
  const { status, stderr } = spawnSync(
    process.execPath,
    ['bin/scoredesk.js', 'drift', ...args, '--out', out],
    {
      encoding: 'utf8',
    },
  );
  return {
    status,
    err: stderr,
    report: status === 0 ? (JSON.parse(readFileSync(out, 'utf8')) as Report) : ({} as Report),
  };
}

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

test('a table without rows is an error; a column that is absent or of another type is said; types are declared', () => {
  const rows = (zone: (i: number) => string | number) =>
    Array.from({ length: 60 }, (_, i) => `${i},${zone(i)},${i}`).join('\n');
  const before = file('before.csv', `id,zone,age\n${rows((i) => 1 + (i % 3))}\n`);
  const empty = drift('--reference', before, '--current', file('none.csv', 'id,zone,age\n'));
  expect([empty.status, empty.err]).toEqual([1, expect.stringContaining('none.csv has no rows.')]);
  const fewer = file('fewer.csv', `id,zone\n${rows((i) => 1 + (i % 3)).replaceAll(/,\d+$/gm, '')}\n`);
  const absent = drift('--reference', before, '--current', fewer, '--id', 'id');
  expect(absent.err).toContain('age: The current rows do not have this column.');
  expect(absent.err).toMatch(/^Stability index \(PSI\): /m);
  const typeOf = (...args: string[]) =>
    drift('--reference', before, '--current', before, '--id', 'id', ...args).report.columns.map(
      ({ name, type }) => [name, type],
    );
  expect(typeOf()).toEqual([
    ['zone', 'number'],
    ['age', 'number'],
  ]);
  expect(typeOf('--types', 'zone=category')).toEqual([
    ['zone', 'category'],
    ['age', 'number'],
  ]);
  expect(typeOf('--preset', 'evidently')).toContainEqual(['zone', 'category']);
  expect(typeOf('--preset', 'evidently', '--types', 'zone=number')).toContainEqual(['zone', 'number']);
  const unknown = drift('--reference', before, '--current', before, '--types', 'zones=number');
  expect([unknown.status, unknown.err]).toEqual([1, expect.stringContaining('Did you mean zone?')]);
});

test('an emptied column is a verdict and in the headline, in every form', () => {
  const at = (name: string) => `test/cases/column-emptied/${name}`;
  const sides = ['--reference', at('reference.csv'), '--current', at('current.csv'), '--id', 'id'];
  const { err, report } = drift(...sides, '--preset', 'evidently');
  expect(err).toMatch(/The data of 1 column changed: x\. Missing values: 0\.0% .* 100\.0%/);
  expect(report.columns.find(({ name }) => name === 'x')).toMatchObject({ drifted: null, data: 'drifted' });
  for (const ending of ['html', 'csv']) {
    const out = join(dir, `emptied.${ending}`);
    spawnSync(process.execPath, ['bin/scoredesk.js', 'drift', ...sides, '--out', out]);
    const text = readFileSync(out, 'utf8');
    expect(text).not.toContain('NaN');
    expect(text).toMatch(ending === 'html' ? /class="drifted">Drifted/ : /^x,.*,0,1,drifted,/m);
  }
});

/** Truth values are written as words, as pandas writes them. */
const csvOf = (name: string, table: Table, without: readonly string[] = []): string =>
  file(
    name,
    [
      ...csvPieces({
        ...table,
        columns: new Map(
          [...table.columns]
            .filter(([column]) => !without.includes(column))
            .map(([column, cells]) => [column, asCompared(cells)]),
        ),
      }),
    ].join(''),
  );

describe.each(PAIRS)('%s', (name) => {
  const sides: string[] = [];
  let pair: Awaited<ReturnType<typeof loadPair>>;
  beforeAll(async () => {
    pair = await loadPair(name);
    sides.push(
      '--reference',
      csvOf('reference.csv', pair.reference),
      '--current',
      csvOf('current.csv', pair.current),
    );
  });
  const given = (): string[] => [...(pair.expected.options['id'] ? ['--id', 'client_id'] : []), '--time'];

  test('evidently', () => {
    const time = pair.current.columns.has('applied_on') ? 'applied_on' : 'timestamp';
    const args = pair.current.columns.has(time) ? [...given(), time] : [];
    const { report } = drift(...sides, ...args, '--preset', 'evidently');
    for (const wanted of pair.expected.evidently.columns.filter((column) => column.type !== 'text')) {
      const found = report.columns.find((column) => column.name === wanted.name);
      expect
        .soft([wanted.name, found?.test, digits(found?.value ?? null), found?.drifted])
        .toEqual([wanted.name, wanted.test, digits(wanted.value), wanted.drifted]);
    }
  });

  test('nannyml, with and without targets', () => {
    const { expected, current } = pair;
    if (!expected.nannyml) return;
    const chunk = ['--preset', 'nannyml', '--chunk', String(expected.options['chunk'])];
    const scores = expected.performance
      ? ['--time', 'timestamp', '--prediction', 'y_pred_proba', '--target', 'repaid', '--cost', 'fn=5,fp=1']
      : [
          '--columns',
          [...new Set(expected.nannyml[0].columns.map((column) => column.name))]
            .filter((n) => n !== '*')
            .join(),
        ];
    const { report } = drift(...sides, ...chunk, ...scores);
    compareChunks(report.chunks ?? [], expected.nannyml, expected.performance?.chunks);
    if (!expected.performance) return;
    const unlabelled = csvOf('unlabelled.csv', current, ['repaid']);
    const { report: without } = drift(...sides.slice(0, 2), '--current', unlabelled, ...chunk, ...scores);
    compareChunks(without.chunks ?? [], expected.nannyml, expected.performance.unlabelled);
    expect(without.notes).toContain(
      'The current rows have no labels yet: performance is estimated, not measured.',
    );
  });
});

function compareChunks(
  found: Chunk[],
  columns: readonly { columns: readonly { name: string; test: string; value: number; alert: boolean }[] }[],
  metrics:
    | readonly (readonly { name: string; estimated: number; realized: number | null; alert: boolean }[])[]
    | undefined,
): void {
  expect(found.length).toBe(columns.length);
  found.forEach((chunk, i) => {
    for (const wanted of columns[i].columns) {
      const own = chunk.columns.find(({ name, test }) => name === wanted.name && test === wanted.test);
      expect
        .soft([wanted.name, wanted.test, digits(own?.value ?? null), own?.alert])
        .toEqual([wanted.name, wanted.test, digits(wanted.value), wanted.alert]);
    }
    for (const wanted of metrics?.[i] ?? []) {
      if (wanted.name === 'business_value') continue;
      const own = chunk.metrics.find(({ name }) => name === wanted.name);
      expect
        .soft([wanted.name, digits(own?.estimated ?? null), digits(own?.realized ?? null), own?.alert])
        .toEqual([wanted.name, digits(wanted.estimated), digits(wanted.realized), wanted.alert]);
    }
  });
}

describe('bad input is a sentence on its column, never a failure of the whole', () => {
  const reference = 'id,a,b,c,d,e\n1,1,x,1,0.5,5\n2,2,y,2,0.5,6\n3,3,x,3,0.5,7\n';
  test.each<[string, string, string, RegExp]>([
    ['a column that is gone', 'id,b,c,d,e\n1,x,1,1,1\n', 'a', /do not have this column/],
    ['a new column', 'id,a,b,c,d,e,f\n1,1,x,1,1,1,9\n', 'f', /it is new/],
    ['texts for numbers', 'id,a,b,c,d,e\n1,low,x,1,1,1\n2,high,y,1,1,1\n', 'a', /can’t be compared/],
    ['codes for categories', 'id,a,b,c,d,e\n1,1,0,1,1,1\n2,1,1,1,1,1\n', 'b', /codes of levels/],
    ['all missing', 'id,a,b,c,d,e\n1,,x,1,1,1\n2,,x,1,1,1\n', 'a', /Every value is missing/],
    ['a constant', 'id,a,b,c,d,e\n1,1,x,1,0.5,1\n2,1,x,1,0.5,1\n', 'd', /One and the same value/],
    ['one row', 'id,a,b,c,d,e\n1,1,x,1,1,1\n', 'a', /Only 1 row has a value/],
    ['infinities', 'id,a,b,c,d,e\n1,inf,x,1,1,1\n2,1,x,1,1,1\n', 'a', /infinity/],
  ])('%s', (_, current, column, sentence) => {
    const sides = [
      '--reference',
      file('r.csv', reference),
      '--current',
      file('c.csv', current),
      '--id',
      'id',
    ];
    for (const preset of ['evidently', 'nannyml', 'psi']) {
      const { status, report, err } = drift(...sides, '--preset', preset, '--chunk', '2');
      expect([preset, status, err]).toEqual([preset, 0, expect.any(String)]);
      const notes = report.columns
        .filter(({ name }) => name === column)
        .flatMap((entry) => entry.notes ?? []);
      expect(notes.join(' ')).toMatch(sentence);
    }
  });

  test('a reference without labels, chunks of one class', () => {
    const rows = (labels: string) => `p,y\n${[...labels].map((y, i) => `0.${i + 1},${y}`).join('\n')}\n`;
    const args = (current: string) => [
      '--current',
      file('c.csv', current),
      '--prediction',
      'p',
      '--target',
      'y',
    ];
    const unlabelled = drift('--reference', file('r.csv', 'p\n0.1\n0.7\n'), ...args(rows('0101')));
    expect(unlabelled.report.notes?.join()).toMatch(/performance can’t be estimated/);
    const chunk = ['--chunk', '4'];
    const single = drift('--reference', file('r.csv', rows('00110101')), ...args(rows('00000111')), ...chunk);
    const metrics = single.report.chunks?.map((part) => part.metrics.find(({ name }) => name === 'roc_auc'));
    expect(metrics?.map((metric) => [typeof metric?.estimated, metric?.realized])).toEqual([
      ['number', null],
      ['number', 1],
    ]);
  });

  test('outcomes that have not come, decisions that nobody named, scores that are none', () => {
    const rows = (cells: string[]) => `p,y,y_pred\n${cells.join('\n')}\n`;
    const labelled = file(
      'r.csv',
      rows(['0.1,good,accept', '0.9,bad,refuse', '0.4,good,accept', '0.7,bad,refuse']),
    );
    const args = (current: string) => [
      ...['--reference', labelled, '--current', file('c.csv', rows([current, current]))],
      ...['--prediction', 'p', '--target', 'y=bad'],
    ];
    for (const current of ['0.2,,accept', '0.2,good,accept']) {
      const { status, err, report } = drift(...args(current));
      expect([status, err]).toEqual([0, expect.stringContaining('Refused from 0.5 on')]);
      expect(report.chunks?.[0].metrics.length).toBe(7);
    }
    expect(drift(...args('20,good,accept')).report.notes?.join()).toMatch(/no probabilities/);
    expect(drift(...args('0.2,good,accept'), '--decision', 'zz').status).toBe(1);
    const nothing = drift('--reference', labelled, '--current', file('c.csv', 'q,z\n1,2\n'));
    expect([nothing.status, nothing.err]).toEqual([0, expect.stringContaining('Nothing could be compared')]);
  });

  test('ids that repeat, wrong times, wrong options', () => {
    const sides = ['--reference', file('r.csv', 'id,t,x\n1,2026-01-01,1\n')];
    const repeated = drift(
      ...sides,
      '--current',
      file('c.csv', 'id,t,x\n1,2026-01-01,1\n1,2026-02-01,2\n'),
      '--id',
      'id',
    );
    expect(repeated.err).toMatch(/1 row with an id that is there already/);
    const times = drift(...sides, '--current', file('c.csv', 'id,t,x\n1,soon,1\n'), '--time', 't');
    expect([times.status, times.err]).toEqual([
      1,
      expect.stringMatching(/t can’t be read as times: it holds “soon”/),
    ]);
    const period = drift(
      ...sides,
      '--current',
      file('c.csv', 'id,t,x\n1,2026-01-01,1\n'),
      '--chunk',
      'month',
    );
    expect([period.status, period.err]).toEqual([1, expect.stringMatching(/need a time column/)]);
    expect(drift(...sides, '--current', 'c.csv', '--chunk', 'moon').status).toBe(2);
  });
});
