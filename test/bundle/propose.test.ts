import { describe, expect, test } from 'vitest';
import { ROW_NUMBER } from '../../src/bundle/proposal';
import { propose, withRowNumbers } from '../../src/bundle/propose';
import { readCsv } from '../../src/core/table/csv';
import { texts, columnOf } from '../../src/core/table/table';
import { codeOf } from '../support/files';
import { germanInput } from '../support/german';
import { treeFile } from '../support/onnx';

const csv = (text: string, name = 'clients.csv') => readCsv(new TextEncoder().encode(text), name);
const model = treeFile(2, [
  { feature: 1, mode: 'BRANCH_LEQ', threshold: 1, yes: { value: -1 }, no: { value: 1 } },
]);

describe('what is proposed of somebody’s own files', () => {
  test('one table with outcomes: nobody knows whether it trained the model', () => {
    const found = propose(model, [csv('SK_ID_CURR,a,b,TARGET\n10,1,2,0\n11,1,3,1\n12,2,3,0\n')]);
    expect(found).toMatchObject({
      clients: 'clients.csv',
      reference: '',
      id: 'SK_ID_CURR',
      target: { column: 'TARGET', value: '1' },
      features: ['a', 'b'],
      wanted: 2,
    });
  });

  test('two tables: the one with outcomes trained the model', () => {
    const train = csv('a,b,class\n1,2,good\n3,4,bad\n', 'train.csv');
    const found = propose(model, [train, csv('client,a,b\nx,1,2\ny,3,4\n', 'new.csv')]);
    expect(found).toMatchObject({ clients: 'new.csv', reference: 'train.csv', id: 'client' });
    expect(found.target).toEqual({ column: 'class', value: 'bad' });
  });

  test('no id of its own: row numbers; an index column gives way', () => {
    const table = csv('Unnamed: 0,a,b\n0,1.5,2\n1,1.5,3\n');
    const found = propose(model, [table]);
    expect(found.id).toBe(ROW_NUMBER);
    expect(found.features).toEqual(['a', 'b']);
    expect(found.target).toBeNull();
    expect(texts(columnOf(withRowNumbers(table), ROW_NUMBER))).toEqual(['1', '2']);
  });

  test('the demo’s own files', async () => {
    const { model: demo, clients, reference } = await germanInput();
    const found = propose(
      demo,
      [clients, reference].filter((table) => table !== undefined),
    );
    expect(found.id).toBe('client_id');
    expect(found.target).toEqual({ column: 'class', value: 'bad' });
  });

  test('more tables by what they hold and are called; a dictionary that is none of them', () => {
    const rows = 'id,a,b,class\n1,1,2,good\n2,3,4,bad\n';
    const found = propose(
      model,
      [
        csv('id,a,b\n7,1,2\n8,3,4\n', 'people.csv'),
        csv(rows, 'train.csv'),
        csv(rows, 'test.csv'),
        csv('id,a,b\n9,1,2\n10,3,4\n', 'later.csv'),
        csv('id,probability\n7,0.1\n8,0.2\n', 'scores.csv'),
      ],
      { file: 'dictionary.json', dictionary: { decision: { threshold: 0.2 } } },
    );
    expect(found).toMatchObject({
      clients: 'people.csv',
      reference: 'train.csv',
      test: 'test.csv',
      current: 'later.csv',
      expected: 'scores.csv',
      dictionary: 'dictionary.json',
      threshold: 0.2,
    });
  });

  test('an id that repeats is no feature', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${i === 29 ? 28 : i},${i},${i % 7}`).join('\n');
    const found = propose(model, [csv(`SK_ID_CURR,a,b\n${lines}\n`)]);
    expect(found).toMatchObject({ id: 'SK_ID_CURR', features: ['a', 'b'] });
  });

  test('no rows, no model', async () => {
    expect(await codeOf(() => propose(model, [csv('a,b\n', 'empty.csv')]))).toBe('rows-none');
    expect(await codeOf(() => propose(model, []))).toBe('own-no-table');
    expect(await codeOf(() => propose(new Uint8Array(3), [csv('a,b\n1,2\n')]))).toBe('onnx-unreadable');
  });
});
