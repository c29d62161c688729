import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inCurrentShape, SCHEMA, SHAPED } from '../../src/storage/shapes';

interface Case {
  store: (typeof SHAPED)[number];
  /** A record as that schema wrote it, and what it is today. */
  written: Record<string, unknown> & { schema: number };
  today: object;
}
const cases = JSON.parse(readFileSync('test/storage/shapes.json', 'utf8')) as Case[];

test.each(cases.map((one) => [one.store, one.written.schema, one] as const))(
  '%s of schema %i are brought to the shape of today',
  (store, _, { written, today }) => {
    const before = structuredClone(written);
    expect(inCurrentShape(store, written)).toEqual(today);
    expect(written).toEqual(before);
  },
);

test('every store that has had shapes has a record here, and today’s number is known', () => {
  expect(new Set(cases.map(({ store }) => store))).toEqual(new Set(SHAPED));
  for (const { today } of cases) expect(today).toMatchObject({ schema: SCHEMA });
});
