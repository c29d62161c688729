import { expect, test } from 'vitest';
import { PAPER, partsFor, WIDTHS } from '../../src/pages/drift/tableRoom';

test.each([
  ['a desk', 1162, false, []],
  ['a desk with a detail beside it', 742, false, ['bar', 'missing']],
  ['a tablet', 716, false, ['bar', 'missing']],
  ['a desk, with tests', 1162, true, []],
  ['a small desk, with tests', 920, true, ['distribution']],
  ['a desk with a detail, with tests', 742, true, ['distribution', 'missing']],
  ['paper', PAPER, false, ['bar', 'missing']],
  ['paper, with tests', PAPER, true, ['distribution', 'missing', 'importance']],
  ['a tablet, with tests', 716, true, ['distribution', 'missing', 'importance']],
] as const)('%s: the name keeps its room', (_, room, tested, gone) => {
  const parts = partsFor(room, tested);
  const all = Object.keys(WIDTHS).filter((part) => part !== (tested ? 'bar' : 'test'));
  expect(all.filter((part) => !parts.has(part as keyof typeof WIDTHS))).toEqual(
    all.filter((part) => (gone as readonly string[]).includes(part)),
  );
  const used = [...parts].reduce((sum, part) => sum + WIDTHS[part], 0);
  expect(room - used).toBeGreaterThanOrEqual(150);
});

test('however small, a column has its effect and its verdict', () =>
  expect([...partsFor(100, true)]).toEqual(['effect', 'test', 'verdict']));
