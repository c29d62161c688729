import { expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseDictionary } from '../../src/bundle/validate';
import { readCsv } from '../../src/core/table/csv';
import { openBundle } from '../../src/engine/engine';
import { verifyMonotone } from '../../src/engine/model/monotone';
import { codeOf } from '../support/files';
import { treeFile } from '../support/onnx';

/** The score rises with x where z is 0, and falls where z is 1. */
const model = treeFile(2, [
  {
    feature: 1,
    mode: 'BRANCH_LEQ',
    threshold: 0.5,
    yes: { feature: 0, mode: 'BRANCH_LEQ', threshold: 2, yes: { value: -1 }, no: { value: 1 } },
    no: { feature: 0, mode: 'BRANCH_LEQ', threshold: 2, yes: { value: 1 }, no: { value: -1 } },
  },
]);

async function open(monotone: number, z: number) {
  const rows = [1, 2, 3, 4].map((x) => `c${x},${x},${z}`).join('\n');
  const clients = readCsv(new TextEncoder().encode(`id,x,z\n${rows}\n`), 'c.csv', { text: ['id'] });
  const dictionary = parseDictionary(
    new TextEncoder().encode(JSON.stringify({ columns: [{ name: 'x', monotone }] })),
  );
  const { files } = await pack({ model, clients, idColumn: 'id', dictionary });
  return openBundle(memorySource('m', files), { runtime: 'core' });
}

test('a direction that holds is counted', async () => {
  expect(await verifyMonotone(await open(1, 0))).toBe(1);
  expect(await verifyMonotone(await open(-1, 1))).toBe(1);
  expect(await verifyMonotone(await open(0, 1))).toBe(0);
});

test('a direction that does not hold is refused, naming a client and the values', async () => {
  const engine = await open(1, 1);
  expect(await codeOf(() => verifyMonotone(engine))).toBe('monotone-broken');
  await expect(verifyMonotone(engine)).rejects.toMatchObject({
    params: {
      column: 'x',
      id: 'c1',
      before: expect.closeTo(0.731, 3) as number,
      after: expect.closeTo(0.269, 3) as number,
    },
  });
});
