import { beforeAll, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import type { PackInput } from '../../src/bundle/packPlan';
import { openBundle, type Engine } from '../../src/engine/engine';
import { challengeOf } from '../../src/engine/model/challenge';
import { codeOf } from '../support/files';
import { germanInput, openGerman } from '../support/german';
import { treeFile } from '../support/onnx';

let champion: Engine;
let simple: Engine;
/** The simple one in a bundle that has no other columns. */
let narrow: Engine;
beforeAll(async () => {
  champion = await openGerman({ runtime: 'core' });
  const input = await germanInput();
  // Long credits are a risk; nothing else is asked.
  const model = treeFile(1, [
    { feature: 0, mode: 'BRANCH_LEQ', threshold: 24, yes: { value: -2 }, no: { value: 1 } },
  ]);
  const given = { model, idColumn: 'client_id', features: ['duration'], threshold: 0.5, id: 'simple' };
  const opened = async (more: Pick<PackInput, 'clients' | 'reference' | 'target'>) =>
    openBundle(memorySource('simple', (await pack({ ...given, ...more })).files), { runtime: 'core' });
  const { clients, reference, target } = input;
  simple = await opened({ clients, reference, target });
  const own = [...clients.columns].filter(([name]) => name === 'client_id' || name === 'duration');
  narrow = await opened({ clients: { ...clients, columns: new Map(own) } });
});

test('a simpler model on the champion’s test rows and clients: worse, and who would be decided otherwise', async () => {
  const { measured, decided, clients, changed } = await challengeOf(champion, simple);
  if (!measured) throw new Error('not measured');
  expect([measured.on, measured.rows, clients]).toEqual(['test', 200, 1000]);
  const { auc } = measured.figures;
  expect(auc.champion).toBeCloseTo(0.8321428571428572, 6);
  expect(auc.interval?.[1]).toBeLessThan(0);
  const [before, after] = [await champion.scores(), await simple.scores()];
  const counted = (from: string, to: string) =>
    before.filter((p, row) => champion.decide(p) === from && simple.decide(after[row]) === to).length;
  expect(decided.refused.accepted).toBe(counted('refused', 'accepted'));
  expect(decided.accepted.refused).toBe(counted('accepted', 'refused'));
  const [first] = changed;
  const row = champion.clients.rowOf(first.id);
  expect([first.before, first.after]).toEqual([before[row], after[row]]);
  expect(first.from).not.toBe(first.to);
  expect(champion.inputs).toContain(first.why?.column);
});

test('a model that needs a column which is not there is refused by its name; a model beside itself changes nothing', async () => {
  expect(await codeOf(() => challengeOf(narrow, champion))).toBe('challenger-columns');
  const { changed, measured } = await challengeOf(champion, champion);
  expect(changed).toEqual([]);
  expect(measured?.figures.auc.interval).toEqual([0, 0]);
});
