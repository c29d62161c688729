import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { aimedAt, changesOf, questionOf, type PathView } from '../../src/engine/client/changes';
import { MOST_LEVERS, mostMoving, pathsTo } from '../../src/core/explain/counterfactual/paths';
import { sheetOf } from '../../src/engine/client/sheet';
import { openBundle, type Engine } from '../../src/engine/engine';
import { leastEffort } from '../support/enumerate';
import { germanInput, openGerman } from '../support/german';

let engine: Engine;
let scores: Float64Array;
/** Clients whose decision is this, spread over the bundle. */
let some: (decision: string, count: number) => string[];
beforeAll(async () => {
  engine = await openGerman();
  scores = await engine.scores();
  some = (decision, count) => {
    const ids = engine.clients.ids.filter((_, row) => engine.decide(scores[row]) === decision);
    return Array.from({ length: count }, (_, k) => ids[Math.floor((k * ids.length) / count)]);
  };
});

const rowOf = async (id: string) => sheetOf(engine, await engine.clients.of([id]));

/** The score of a client's file with a path's changes put into it, by the runtime. */
async function scoreWith(id: string, { changes }: PathView): Promise<number> {
  const sheet = await rowOf(id);
  const edits = Object.fromEntries(changes.map(({ column, to }) => [column, to]));
  const [score] = await engine.score(sheet.with(edits).inputs);
  return score;
}

describe('what would change a decision', () => {
  test('every path of refused clients is what the runtime says of the changed file', async () => {
    for (const id of some('refused', 30)) {
      const { paths, towards } = await changesOf(engine, await rowOf(id));
      expect(towards).toBe('review');
      for (const path of paths) {
        expect(path.decision).not.toBe('refused');
        expect(await scoreWith(id, path)).toBe(path.probability);
        expect(path.changes.length).toBeLessThanOrEqual(3);
      }
    }
  });

  test('the first path is the least of all, or there is none, by trying everything', async () => {
    for (const id of some('refused', 10)) {
      const sheet = await rowOf(id);
      const { paths, proved } = await changesOf(engine, sheet);
      const question = await aimedAt(engine, sheet, 'refused');
      const { situation, goal } = questionOf(engine, question);
      const { levers } = question;
      const found = paths.at(0)?.effort ?? Infinity;
      const tried = leastEffort(situation(levers.actionable), goal, found + 1e-9);
      expect(tried.toFixed(9)).toBe(found.toFixed(9));
      expect(proved).toBe(true);
    }
  });

  test('only what somebody can change moves, in its direction, and to what is no absurd aim', async () => {
    for (const id of some('refused', 30)) {
      const { paths, levers } = await changesOf(engine, await rowOf(id));
      expect(levers).not.toContain('age');
      for (const { column, from, to } of paths.flatMap(({ changes }) => changes)) {
        expect(levers).toContain(column);
        expect(to).not.toBe('no checking');
        expect(to).not.toBe('no known savings');
        if (column === 'credit_amount') expect(to).toBeLessThan(from as number);
      }
    }
  });

  test('what is computed of a change follows it', async () => {
    const all = await Promise.all(some('refused', 30).map(async (id) => changesOf(engine, await rowOf(id))));
    const paths = all.flatMap((view) => view.paths);
    const shorter = paths.find(({ changes }) => changes.some(({ column }) => column === 'duration'));
    expect(shorter?.follows.map(({ column }) => column)).toEqual(['amount_per_month']);
  });

  test('of an accepted client only what would turn it is said; to review is led to acceptance', async () => {
    const [accepted] = some('accepted', 1);
    const view = await changesOf(engine, await rowOf(accepted));
    expect([view.towards, view.paths]).toEqual([null, []]);
    for (const flip of view.flips) expect(flip.decision).not.toBe('accepted');
    for (const id of some('review', 5)) {
      const { towards, paths } = await changesOf(engine, await rowOf(id));
      expect(towards).toBe('accepted');
      for (const { decision } of paths) expect(decision).toBe('accepted');
    }
  });

  test('of too many levers those that move the score most are searched, and nothing is called proved', async () => {
    const { files } = await pack(await germanInput());
    const wide = await openBundle(memorySource('german', files), { runtime: 'core' });
    for (const column of wide.columns) column.actionable = 'any';
    const sheet = sheetOf(wide, await wide.clients.of([some('refused', 1)[0]]));
    const question = await aimedAt(wide, sheet, 'refused');
    const { situation, goal } = questionOf(wide, question);
    const { all } = question.levers;
    const strongest = mostMoving(situation(all), goal, 4);
    expect(strongest).toEqual([...strongest].sort((a, b) => a - b));
    const found = pathsTo(situation(strongest.map((lever) => all[lever])), goal).paths;
    expect(found.length).toBeGreaterThan(0);
    // More columns may change than are searched in threes.
    expect(all.length).toBeGreaterThan(MOST_LEVERS);
    expect(question.levers.actionable.length).toBe(MOST_LEVERS);
    expect((await changesOf(wide, sheet)).proved).toBe(false);
  });

  test('a model that only the runtime reads is searched by its scores, and nothing is called proved', async () => {
    const { files } = await pack(await germanInput());
    const other = await openBundle(memorySource('german', files), { runtimeOnly: true });
    expect(other.onnx.model).toBeNull();
    let found = 0;
    for (const id of some('refused', 12)) {
      const sheet = sheetOf(other, await other.clients.of([id]));
      const { paths, proved, flips } = await changesOf(other, sheet);
      const exact = await changesOf(engine, sheet);
      expect(proved).toBe(false);
      if (exact.paths.length === 0) expect(paths).toEqual([]);
      for (const path of paths) {
        expect(path.decision).not.toBe('refused');
        expect(path.effort).toBeGreaterThanOrEqual(exact.paths[0].effort - 1e-9);
        expect(await scoreWith(id, path)).toBeCloseTo(path.probability, 9);
      }
      if (paths.length > 0) found++;
      for (const flip of flips) expect(flip.decision).not.toBe('refused');
    }
    expect(found).toBeGreaterThan(5);
  });
});
