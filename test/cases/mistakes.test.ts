import { beforeAll, expect, test } from 'vitest';
import { pack } from '../../src/bundle/pack';
import type { PackInput } from '../../src/bundle/packPlan';
import { worstFirst } from '../../src/bundle/training/findings';
import { loadMessages, AREAS } from '../../src/i18n/areas';
import { errorText, plainSpaces } from '../../src/i18n/translate';
import { onnxRuntime } from '../../src/engine/runtime';
import { findingText } from '../../src/report/findingText';
import { readTable } from '../../src/core/table/read';
import { bytesOf, errorOf, textOf } from '../support/files';

/** Mistakes made on purpose with a model that knows what it was trained on, and what is said of each before a score is shown. */

beforeAll(() => loadMessages('en', AREAS));

const FOLDER = 'test/cases/mistakes/';
const UNSEEN = textOf(`${FOLDER}unseen.csv`);
const TRAINING = textOf(`${FOLDER}training.csv`);

type Cells = Record<string, string>;

/** The table with each row's cells changed; columns in the order of `names`. */
function changed(
  csv: string,
  change: (cells: Cells, row: number) => Cells,
  names?: readonly string[],
): string {
  const [header, ...lines] = csv.trimEnd().split('\n');
  const own = header.split(',');
  const rows = lines.map((line, row) =>
    change(Object.fromEntries(line.split(',').map((cell, j) => [own[j], cell])), row),
  );
  const columns = names ?? Object.keys(rows[0]);
  return [columns.join(','), ...rows.map((cells) => columns.map((name) => cells[name]).join(','))].join('\n');
}

const each = (change: (cells: Cells, row: number) => Cells) => changed(UNSEEN, change);
const cell = (name: string, change: (text: string) => string) =>
  each((cells) => ({ ...cells, [name]: change(cells[name]) }));
const number = (name: string, change: (value: number) => number) =>
  cell(name, (text) => (text === '' ? '' : String(change(Number(text)))));
const gapsAs = (name: string, value: string) => cell(name, (text) => text || value);

interface Mistake {
  clients?: string | Uint8Array;
  test?: string;
  reference?: string;
  expected?: string;
  /** A file of somebody else's, which says nothing of itself. */
  foreign?: boolean;
  target?: string;
  features?: string[];
}

const textBytes = (text: string | Uint8Array) =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;
const table = async (text: string | Uint8Array | undefined, name: string) =>
  text === undefined ? undefined : readTable(textBytes(text), name, { text: ['client_id'] });

/** What `pack` says of it, the gravest first; a refusal instead where there is one. */
async function said(mistake: Mistake): Promise<string[]> {
  const { foreign, target = 'class=bad', features } = mistake;
  let found: string[] = [];
  const refused = await errorOf(async () => {
    const [column, value] = target.split('=');
    const input: PackInput = {
      model: bytesOf(foreign ? 'test/oracles/families/xgboost.onnx' : `${FOLDER}model.onnx`),
      clients: (await table(mistake.clients ?? UNSEEN, 'clients.csv')) as PackInput['clients'],
      reference: await table(mistake.reference, 'training.csv'),
      test: await table(mistake.test, 'test.csv'),
      expected: await table(mistake.expected, 'predictions.csv'),
      idColumn: 'client_id',
      target: mistake.test || mistake.reference ? { column, value } : undefined,
      features,
      runtime: onnxRuntime,
    };
    const { findings } = await pack(input);
    found = worstFirst(findings)
      .filter(({ severity }) => severity !== 'note')
      .map((finding) => `${finding.severity}: ${findingText('en', finding)}`);
  });
  return refused ? [`refused: ${plainSpaces(errorText('en', refused))}`] : found;
}

/** The families' columns are named so that an id leads, and hold no text. */
const FOREIGN = changed(textOf('test/oracles/families/data.csv'), ({ id, ...cells }) => {
  const coded = Object.entries(cells).filter(
    ([name]) => !['checking_status', 'purpose', 'housing'].includes(name),
  );
  return { client_id: id, ...Object.fromEntries(coded) };
});
const withoutOutcome = changed(FOREIGN, ({ y: _, ...cells }) => cells);
const turnedRound = [...withoutOutcome.split('\n', 1)[0].split(',').slice(1)].reverse();
const predictions = textOf(`${FOLDER}predictions.csv`);

const predicted = (change: (p: number, row: number) => number) =>
  changed(predictions, (c, row) => ({ ...c, probability: String(change(Number(c['probability']), row)) }));
const unseen = (row: number): Cells => {
  const [header, ...lines] = UNSEEN.trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return Object.fromEntries(lines[row].map((text, j) => [header[j], text]));
};

const MISTAKES: [what: string, mistake: Mistake][] = [
  ['nothing wrong', {}],
  ['nothing wrong, with test rows and predictions', { test: UNSEEN, expected: predictions }],
  [
    'nothing wrong, amounts with commas for thousands',
    { clients: cell('credit_amount', (x) => x && `"${Number(x).toLocaleString('en')}"`) },
  ],
  ['amounts in thousands', { clients: number('credit_amount', (x) => x / 1000) }],
  ['amounts in cents', { clients: number('credit_amount', (x) => x * 100) }],
  ['years for months', { clients: number('duration', (x) => x / 12) }],
  ['ages counted back, as days are', { clients: number('age', (x) => -x) }],
  ['-999 for gaps', { clients: gapsAs('duration', '-999') }],
  ['0 for gaps', { clients: gapsAs('credit_amount', '0') }],
  ['a column that came empty', { clients: cell('age', () => '') }],
  [
    'a column that came half empty',
    { clients: each((c, row) => ({ ...c, duration: row % 2 ? '' : c['duration'] })) },
  ],
  ['levels renamed', { clients: cell('housing', (x) => ({ own: 'owner', rent: 'tenant' })[x] ?? x) }],
  ['levels in capitals', { clients: cell('purpose', (x) => x.toUpperCase()) }],
  [
    'two columns that changed places',
    { clients: each((c) => ({ ...c, age: c['credit_amount'], credit_amount: c['age'] })) },
  ],
  ['a column renamed', { clients: UNSEEN.replace('credit_amount', 'creditAmount') }],
  ['a word among numbers', { clients: each((c, row) => ({ ...c, age: row === 7 ? 'unknown' : c['age'] })) }],
  ['a byte of another encoding', { clients: spoilt(cell('purpose', (x) => x.replace('radio/tv', 'télé'))) }],
  ['ids written as decimals', { clients: cell('client_id', (x) => `${x}.0`) }],
  [
    'an id that stands twice',
    { clients: each((c, row) => ({ ...c, client_id: row === 1 ? '801' : c['client_id'] })) },
  ],
  ['outcomes turned round', { test: UNSEEN, target: 'class=good' }],
  [
    'the outcome among the columns',
    {
      clients: FOREIGN,
      reference: FOREIGN,
      foreign: true,
      target: 'y',
      features: FOREIGN.split('\n', 1)[0].split(',').slice(2),
    },
  ],
  [
    'a column that knows the outcome',
    {
      reference: changed(TRAINING, (c, row) => ({
        ...c,
        age: c['class'] === 'bad' ? String(60 + (row % 9)) : String(20 + (row % 9)),
      })),
    },
  ],
  [
    'predictions of another version',
    {
      expected: changed(predictions, (c) => ({ ...c, probability: String(Number(c['probability']) * 0.97) })),
    },
  ],
  ['predictions of the other class', { expected: predicted((p) => 1 - p) }],
  ['predictions rounded to four digits', { expected: predicted((p) => Number(p.toFixed(4))) }],
  ['margins for probabilities', { expected: predicted((p) => Math.log(p / (1 - p))) }],
  [
    'predictions that were made with gaps filled',
    { expected: predicted((p, row) => (unseen(row)['duration'] ? p : p + 0.01)) },
  ],
  [
    'predictions with another code for a level',
    { expected: predicted((p, row) => (unseen(row)['housing'] === 'rent' ? p / 2 : p)) },
  ],
  [
    'predictions of other clients',
    { expected: changed(predictions, (c) => ({ ...c, client_id: `9${c['client_id']}` })) },
  ],
  [
    'columns in another order than the training had them',
    {
      clients: changed(withoutOutcome, (c) => c, ['client_id', ...turnedRound]),
      reference: FOREIGN,
      foreign: true,
      target: 'y',
    },
  ],
  [
    'another unit, for a model that says nothing of its training',
    {
      clients: changed(withoutOutcome, (c) => ({
        ...c,
        credit_amount: c['credit_amount'] && String(1000 * Number(c['credit_amount'])),
      })),
      foreign: true,
    },
  ],
  ['training rows passed off as a test', { reference: TRAINING, test: TRAINING }],
];

function spoilt(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  bytes[bytes.lastIndexOf(0xc3)] = 0xe9;
  return bytes;
}

test('what is said of each mistake', async () => {
  const lines: string[] = [];
  for (const [what, mistake] of MISTAKES) {
    const told = await said(mistake);
    if (!what.startsWith('nothing wrong')) expect(told, what).not.toEqual([]);
    lines.push(`- **${what}**`, ...(told.length ? told : ['nothing']).map((sentence) => `  - ${sentence}`));
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('mistakes/said.md');
});
