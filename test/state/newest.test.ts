import { expect, test } from 'vitest';
import { Newest } from '../../src/state/newest';

test('one at a time, of those that came meanwhile the newest; then it rests', async () => {
  const asked: number[] = [];
  const open: (() => void)[] = [];
  const newest = new Newest((question: number) => {
    asked.push(question);
    return new Promise<void>((resolve) => open.push(resolve));
  });
  newest.ask(1);
  newest.ask(2);
  newest.ask(3);
  expect(asked).toEqual([1]);
  open[0]();
  await Promise.resolve();
  await Promise.resolve();
  expect(asked).toEqual([1, 3]);
  open[1]();
  await newest.settled();
  newest.ask(4);
  expect(asked).toEqual([1, 3, 4]);
});
