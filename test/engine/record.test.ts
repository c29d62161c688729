import { beforeAll, describe, expect, test } from 'vitest';
import { linkTo, verifyChain } from '../../src/core/record/chain';
import { changesOf } from '../../src/engine/client/changes';
import type { ClientView } from '../../src/engine/client/view';
import type { Engine } from '../../src/engine/engine';
import { bundleView } from '../../src/engine/bundleView';
import { overviewOf } from '../../src/engine/overview';
import { decisionRecord, replay, type DecisionGiven } from '../../src/engine/record';
import { isOverride, RECORDS_FORMAT, type DecisionRecord } from '../../src/core/record/record';
import { parseRecords } from '../../src/core/record/schema';
import { decisionLines } from '../../src/report/decisionText';
import { letterOf } from '../../src/report/letter';
import { codeOf } from '../support/files';
import { openGerman } from '../support/german';

let engine: Engine;
let bundle: Parameters<typeof letterOf>[1];
let lines: (view: ClientView) => string[];
beforeAll(async () => {
  engine = await openGerman();
  bundle = bundleView(engine, await overviewOf(engine));
  lines = (view) => decisionLines('fr', bundle, view);
});

const GIVEN: DecisionGiven = {
  outcome: 'refused',
  override: null,
  note: 'vu au guichet',
  statement: '',
  author: 'M. Aubert',
  branch: '214',
  corrections: null,
};

const recorded = async (id: string, given: Partial<DecisionGiven> = {}) =>
  decisionRecord(
    engine,
    { id, table: await engine.clients.of([id]) },
    { ...GIVEN, ...given },
    {
      app: '0',
      shown: async (view, sheet, corrected) => ({
        locale: 'fr',
        lines: lines(view),
        letter: letterOf('fr', bundle, view, { changes: await changesOf(engine, sheet), corrected }),
      }),
    },
  );

const through = (record: DecisionRecord) => {
  const link = linkTo(null, record, {
    device: 'd',
    at: '2026-01-01T00:00:00.000Z',
    kind: 'decision',
    salt: '0'.repeat(64),
  });
  const text = JSON.stringify({ format: RECORDS_FORMAT, formatVersion: 1, links: [link] });
  return parseRecords(new TextEncoder().encode(text), 'r.json').links;
};

describe('a record of a decision', () => {
  test('holds values, score, reasons and text, survives its file, and is replayed to the same', async () => {
    for (const id of ['48', '25', '641']) {
      const [link] = through(await recorded(id));
      expect(verifyChain([link]).faults).toEqual([]);
      const record = link.payload as DecisionRecord;
      expect(Object.keys(record.result.contributions?.values ?? {}).length).toBe(18);
      expect(record.shown.lines.length).toBeGreaterThan(5);
      expect(await replay(engine, record, lines)).toEqual([]);
    }
  });

  test('with a corrected value holds both results; the text is of the corrected file', async () => {
    const record = await recorded('48', {
      corrections: { values: { credit_amount: 1200 }, evidence: 'contrat' },
    });
    const { probability } = record.result;
    expect(record.corrections?.result.probability).toBeLessThan(probability as number);
    expect(record.shown.letter.corrected).toEqual([
      { label: 'Montant du crédit', from: '1\u00a0352\u00a0DM', to: '1\u00a0200\u00a0DM' },
    ]);
    expect(record.shown.lines[0]).toContain('À revoir');
    expect(record.shown.lines.join('\n')).toMatch(/Montant du crédit\u00a0: 1\u00a0200/);
    expect(await replay(engine, record, lines)).toEqual([]);
  });

  test('that says anything else is found by a replay', async () => {
    const record = await recorded('48');
    const { result, inputs } = record;
    const otherScore = { ...record, result: { ...result, probability: 0.1 } };
    expect((await replay(engine, otherScore, lines)).map(({ what }) => what)).toEqual(['probability']);
    const otherValue = { ...record, inputs: { ...inputs, age: 40 } };
    expect((await replay(engine, otherValue, lines)).map(({ what }) => what)).toContain('contribution');
    const otherText = {
      ...record,
      shown: { ...record.shown, lines: record.shown.lines.map((line) => line.replace('19,3', '9,3')) },
    };
    expect((await replay(engine, otherText, lines)).map(({ what }) => what)).toContain('text');
    const { age, ...fewer } = inputs;
    expect(age).toBe(23);
    expect(await replay(engine, { ...record, inputs: fewer }, lines)).toEqual([
      { what: 'columns', where: 'age', recorded: 'not recorded', recomputed: 'wanted by the model' },
    ]);
  });

  test.each<[string, unknown]>([
    ['no JSON', '{'],
    ['another format', { format: 'other', formatVersion: 1, links: [] }],
    ['a link without a head', { format: RECORDS_FORMAT, formatVersion: 1, links: [{}] }],
    [
      'a number for a text',
      { format: RECORDS_FORMAT, formatVersion: 1, links: [{ head: { number: 1, device: 5 } }] },
    ],
  ])('a file that is none is refused: %s', async (_, content) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    expect(await codeOf(() => parseRecords(new TextEncoder().encode(text), 'f.json'))).toBe(
      'records-unreadable',
    );
  });

  test('goes against the model only where the model leads elsewhere', () => {
    const rule = { threshold: 0.18, reviewFrom: 0.13 };
    expect(isOverride('accepted', 0.3, rule)).toBe(true);
    expect(isOverride('refused', 0.3, rule)).toBe(false);
    expect(isOverride('refused', 0.15, rule)).toBe(false);
    expect(isOverride('refused', 0.1, rule)).toBe(true);
    expect(isOverride('referred', 0.3, rule)).toBe(false);
  });
});
