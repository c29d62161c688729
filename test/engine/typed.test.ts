import { beforeAll, describe, expect, test } from 'vitest';
import { readClients, typedRow } from '../../src/engine/client/typed';
import type { Engine } from '../../src/engine/engine';
import { readTable } from '../../src/core/table/read';
import { keptAsWritten } from '../../src/bundle/columns';
import { codeOf } from '../support/files';
import { openGerman } from '../support/german';

let engine: Engine;
beforeAll(async () => {
  engine = await openGerman({ runtime: 'core' });
});

const read = async (text: string) =>
  readClients(
    engine,
    await readTable(new TextEncoder().encode(text), 'pasted', {
      text: keptAsWritten(engine.manifest.columns, engine.idColumn),
    }),
  );

describe('rows as people have them', () => {
  test('a decimal comma, a gap, an unknown level; columns that are not known or not there are named', async () => {
    const { clients, unknown, absent } = await read(
      'age;credit_amount;housing;Commentaire\n27;1 200,5;castle;à revoir\n35;;own;\n',
    );
    expect(clients.map(({ id }) => id)).toEqual(['pasted 1', 'pasted 2']);
    expect(clients[0].values).toMatchObject({ age: 27, credit_amount: 1200.5, housing: 'castle' });
    expect(clients[1].values).toMatchObject({ age: 35, credit_amount: null, housing: 'own' });
    expect(unknown).toEqual(['Commentaire']);
    expect(absent).toContain('duration');
    expect(absent).not.toContain('age');
  });

  test('a table of which nothing is known, and one of too many rows, are refused', async () => {
    expect(await codeOf(() => read('x,y\n1,2\n'))).toBe('column-unknown');
    expect(await codeOf(() => read('age,duration\n' + '30,12\n'.repeat(201)))).toBe('clients-too-many');
  });

  test('a client that is typed in with a bundle’s values has its score', async () => {
    const scores = await engine.scores();
    const table = await engine.clients.of(['48']);
    const values = Object.fromEntries(
      [...table.columns].map(([name, column]) => [
        name,
        column.kind === 'text' ? (column.dictionary[column.codes[0]] ?? null) : column.values[0],
      ]),
    );
    const [score] = await engine.score(typedRow(engine, 'new', values));
    expect(score).toBe(scores[engine.clients.rowOf('48')]);
  });
});
