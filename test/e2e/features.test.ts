import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync, zipSync } from 'fflate';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { columnOf, texts, type Table } from '../../src/core/table/table';
import { parseDictionary } from '../../src/bundle/validate';
import { differingOf } from '../support/columns';
import { bytesOf, numbers, tableOf } from '../support/files';

const TABLES = 'test/oracles/home-credit';
let dir: string;
/** The eight small tables, to be changed. */
let input: string;
let expected: Table;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'scoredesk-features-'));
  expected = await tableOf('test/oracles/home-credit-features.csv', ['SK_ID_CURR']);
});
beforeEach(() => {
  input = join(dir, 'input');
  rmSync(input, { recursive: true, force: true });
  cpSync(TABLES, input, { recursive: true });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function features(...args: string[]): { status: number | null; err: string } {
  const { status, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', 'features', ...args], {
    encoding: 'utf8',
  });
  return { status, err: stderr };
}
const out = (): string => join(dir, 'features.parquet');
const homeCredit = () => features('home-credit', '--input', input, '--out', out());
const text = (name: string): string => readFileSync(join(input, name), 'utf8');

/** Every value is pandas' to a millionth, texts the same. */
async function expectPandas(path = out(), wanted = expected): Promise<void> {
  const found = await tableOf(path, ['SK_ID_CURR']);
  expect(texts(columnOf(found, 'SK_ID_CURR'))).toEqual(texts(columnOf(wanted, 'SK_ID_CURR')));
  expect(differingOf(wanted, 'SK_ID_CURR', found)).toEqual([]);
  for (const [name, column] of wanted.columns)
    if (column.kind === 'text') expect(texts(columnOf(found, name)), name).toEqual(texts(column));
}

describe('scoredesk features home-credit', () => {
  test('makes 798 columns, pandas’ values, a row an application in the order of their numbers', async () => {
    const { status, err } = homeCredit();
    expect(status).toBe(0);
    expect(err).toMatch(/bureau\.csv: bureau\n/);
    expect(err).toMatch(/62 rows, 798 columns/);
    expect([...(await tableOf(out())).columns.keys()]).toHaveLength(798);
    await expectPandas();
    expect(existsSync(`${out()}.parts`)).toBe(false);
  });

  test('the extended set makes 731 columns, pandas’ values', async () => {
    const { status, err } = features('home-credit-extended', '--input', input, '--out', out());
    expect(status, err).toBe(0);
    const wanted = await tableOf('test/oracles/home-credit-extended.csv', ['SK_ID_CURR']);
    expect(wanted.columns.size).toBe(731);
    expect((await tableOf(out())).columns.size).toBe(731);
    await expectPandas(out(), wanted);
  });

  test.each(['home-credit', 'home-credit-extended'])(
    'the dictionary of %s names every column in both languages, none like another',
    async (set) => {
      const { columns = [] } = parseDictionary(bytesOf(`sql/${set}/dictionary.json`));
      expect(features(set, '--input', input, '--out', out()).status).toBe(0);
      expect(columns.map(({ name }) => name)).toEqual([...(await tableOf(out())).columns.keys()]);
      for (const language of ['en', 'fr'] as const) {
        const labels = columns.map(({ label }) => (typeof label === 'object' ? label[language] : undefined));
        expect(new Set(labels).size).toBe(columns.length);
        expect(labels).not.toContain(undefined);
      }
    },
  );

  test('knows tables by their columns, in any file, in any order of rows, packed too; others are told', async () => {
    const rows = (name: string): string => {
      const [header, ...lines] = text(name).trimEnd().split('\n');
      return [header, ...lines.reverse(), ''].join('\n');
    };
    for (const name of readdirSync(input)) writeFileSync(join(input, `x-${name}`), rows(name));
    for (const name of readdirSync(TABLES)) rmSync(join(input, name));
    writeFileSync(join(input, 'credits.csv.gz'), gzipSync(Buffer.from(text('x-bureau.csv'))));
    rmSync(join(input, 'x-bureau.csv'));
    const zipped = { 'a/../../cards.csv': Buffer.from(text('x-credit_card_balance.csv')) };
    writeFileSync(join(input, 'cards.zip'), zipSync(zipped));
    rmSync(join(input, 'x-credit_card_balance.csv'));
    writeFileSync(join(input, 'notes.csv'), 'a,b\n1,2\n');
    // As a spreadsheet writes it where a comma is decimal.
    writeFileSync(join(input, 'x-bureau_balance.csv'), text('x-bureau_balance.csv').replaceAll(',', ';'));
    const { status, err } = homeCredit();
    expect(status).toBe(0);
    expect(err).toContain('credits.csv.gz: bureau\n');
    expect(err).toContain('cards.csv: credit_card_balance\n');
    expect(err).toContain('notes.csv: none of the tables');
    await expectPandas();
  });

  test('what lacks a table or a column is made without it, and told', async () => {
    rmSync(join(input, 'previous_application.csv'));
    rmSync(join(input, 'application_test.csv'));
    const lines = text('POS_CASH_balance.csv').trimEnd().split('\n');
    const at = lines[0].split(',').indexOf('SK_DPD_DEF');
    const without = lines.map((line) => `${line.split(',').toSpliced(at, 1).join(',')},7`);
    without[0] = without[0].replace(/7$/, 'extra');
    writeFileSync(join(input, 'POS_CASH_balance.csv'), without.join('\n'));
    const { status, err } = homeCredit();
    expect(status).toBe(0);
    expect(err).toContain('Without previous_application there are no columns of previous_application.sql.');
    expect(err).toContain('lacks SK_DPD_DEF: empty in all rows');
    expect(err).toContain('not used: extra');
    const found = await tableOf(out());
    expect(found.columns.has('PREV_AMT_CREDIT_MEAN')).toBe(false);
    expect(numbers(found, 'POS_SK_DPD_DEF_MAX').every(Number.isNaN)).toBe(true);
    expect(found.columns.size).toBe(798 - 249);
  });

  test('a value that is no number is told with its line; nothing is written', () => {
    rmSync(out(), { force: true });
    const [header, first, ...lines] = text('credit_card_balance.csv').split('\n');
    const cells = first.split(',');
    cells[header.split(',').indexOf('AMT_BALANCE')] = 'much';
    writeFileSync(join(input, 'credit_card_balance.csv'), [header, cells.join(','), ...lines].join('\n'));
    const { status, err } = homeCredit();
    expect(status).toBe(1);
    expect(err).toMatch(/credit_card_balance\.sql failed: .*Line: 2.*AMT_BALANCE.*much/);
    expect(existsSync(out())).toBe(false);
  });

  test.each<[string, () => string[], string]>([
    ['no folder', () => ['home-credit', '--input', join(dir, 'none')], 'There is no file'],
    ['no set', () => ['other', '--input', input], 'there is no set other'],
    ['neither', () => ['--input', input], 'either home-credit or home-credit-extended, or --sql'],
    [
      'no tables',
      () => {
        mkdirSync(join(dir, 'empty'), { recursive: true });
        return ['home-credit', '--input', join(dir, 'empty')];
      },
      'There is no table',
    ],
    [
      'a table twice',
      () => {
        writeFileSync(join(input, 'again.csv'), text('bureau.csv'));
        return ['home-credit', '--input', input];
      },
      'both have the columns of the table bureau',
    ],
    [
      'no applications',
      () => {
        rmSync(join(input, 'application_train.csv'));
        return ['home-credit', '--input', input];
      },
      'application_train',
    ],
    [
      'a file that is no zip',
      () => {
        writeFileSync(join(input, 'wrong.zip'), 'PK no');
        return ['home-credit', '--input', input];
      },
      'wrong.zip: no table in it',
    ],
    [
      'a file that is no Parquet',
      () => {
        writeFileSync(join(input, 'wrong.parquet'), 'PAR1 no');
        return ['home-credit', '--input', input];
      },
      'wrong.parquet can’t be read as a table',
    ],
  ])('one clear line, nothing written: %s', (_, args, sentence) => {
    rmSync(out(), { force: true });
    const { status, err } = features(...args(), '--out', out());
    expect(status).toBeGreaterThan(0);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/ at .*\.js/);
    expect(existsSync(out())).toBe(false);
  });
});

describe('SQL of one’s own', () => {
  let sql: string;
  beforeEach(() => {
    sql = join(dir, 'sql');
    mkdirSync(sql, { recursive: true });
    const manifest = {
      key: 'client',
      tables: { loans: { client: 'BIGINT', amount: 'DOUBLE', purpose: 'VARCHAR' } },
      families: [{ name: 'clients', needs: ['loans'] }, { name: 'totals' }],
    };
    writeFileSync(join(sql, 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(sql, 'clients.sql'), 'SELECT DISTINCT client FROM loans;\n');
    writeFileSync(
      join(sql, 'totals.sql'),
      "SELECT client, sum(amount) AS total, count(CASE WHEN purpose = 'car' THEN 1 END) AS cars FROM loans WHERE amount > 1 GROUP BY client",
    );
    for (const name of readdirSync(input)) rmSync(join(input, name));
    writeFileSync(join(input, 'any.csv'), 'purpose,client,amount\ncar,7,10\nhome,7,2.5\n,3,1\n');
  });
  const own = () => features('--sql', sql, '--input', input, '--out', join(dir, 'own.csv'));

  test('is joined by the key to who is in the first file', () => {
    expect(own().status).toBe(0);
    expect(readFileSync(join(dir, 'own.csv'), 'utf8')).toBe('client,total,cars\n3,,\n7,12.5,1\n');
  });

  test.each<[string, string, string, string]>([
    [
      'two rows of a client',
      'totals.sql',
      'SELECT client, amount FROM loans',
      'totals.sql gives 1 rows whose client',
    ],
    ['no key', 'totals.sql', 'SELECT amount FROM loans', 'totals.sql gives no column client'],
    ['wrong SQL', 'totals.sql', 'SELEC 1', 'totals.sql failed: Parser Error'],
    [
      'a wrong manifest',
      'manifest.json',
      '{"key": "a", "tables": {}, "families": []}',
      'manifest.json: families',
    ],
    ['no JSON', 'manifest.json', '{', 'manifest.json'],
  ])('%s is told in one line', (_, file, content, sentence) => {
    writeFileSync(join(sql, file), content);
    const { status, err } = own();
    expect([status, err]).toEqual([1, expect.stringContaining(sentence)]);
  });
});
