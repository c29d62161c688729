import { beforeAll, expect, test } from 'vitest';
import { loadMessages } from '../../src/i18n/areas';
import { positionText } from '../../src/report/position';

beforeAll(() => loadMessages('en', ['client']));

const FACTS = { missing: 0, quantiles: [0, 1, 5, 25, 50, 75, 95, 99, 100] };
test.each([
  [-1, 'Lower than all who trained the model'],
  [0, 'Lower than 99 of 100 clients'],
  [4, 'Lower than 19 of 20 clients'],
  [24, 'Lower than 3 of 4 clients'],
  [25, 'As most clients'],
  [75, 'As most clients'],
  [76, 'Higher than 3 of 4 clients'],
  [96, 'Higher than 19 of 20 clients'],
  [100, 'Higher than 99 of 100 clients'],
  [101, 'Higher than all who trained the model'],
  [null, ''],
])('a value of %s', (value, said) => {
  expect(positionText('en', { name: 'x' }, value, FACTS)).toBe(said);
});

test('ties at an end claim nothing that is not so', () => {
  const most = { missing: 0, quantiles: [0, 0, 0, 0, 0, 0, 1, 3, 9] };
  expect(positionText('en', { name: 'x' }, 0, most)).toBe('As most clients');
});

test('a level is said by its share, one that nobody knows not at all', () => {
  const column = { name: 'x', type: 'category' as const, levels: [{ value: 'a' }, { value: 'b' }] };
  const facts = { missing: 0, shares: [0.8, 0.2] };
  expect(positionText('en', column, 'b', facts)).toBe('As 20% of those who trained the model');
  expect(positionText('en', column, 'c', facts)).toBe('');
});
