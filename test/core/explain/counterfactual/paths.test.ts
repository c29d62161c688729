import { describe, expect, test } from 'vitest';
import {
  EFFORT_OF_A_CHANGE,
  levelLever,
  numberLever,
  occurringNumbers,
  type Lever,
} from '../../../../src/core/explain/counterfactual/lever';
import { follow, type Follower } from '../../../../src/core/explain/counterfactual/moves';
import {
  flipsOf,
  pathsTo,
  type Goal,
  type Path,
  type Situation,
} from '../../../../src/core/explain/counterfactual/paths';
import { rawOutputs } from '../../../../src/core/model/evaluate';
import type { Model } from '../../../../src/core/model/model';
import type { FeatureSource } from '../../../../src/core/model/steps';
import type { TreeEnsemble } from '../../../../src/core/model/trees';
import { seededRandom } from '../../../../src/core/numeric/random';

/** Small random models, and everything that may be tried on them. */

const WIDTH = 6;
/** A category of five levels; all others are numbers. The last follows 0 and 1. */
const CATEGORY = 2;
const LEVELS = 5;
const RATIO = 5;

type Random = () => number;
const whole = (random: Random, below: number) => Math.floor(random() * below);

function randomTrees(random: Random, count: number, depth: number): TreeEnsemble {
  const trees: TreeEnsemble = {
    kind: 'trees',
    roots: new Int32Array(0),
    feature: new Int32Array(0),
    threshold: new Float64Array(0),
    set: new Int32Array(0),
    missingYes: new Uint8Array(0),
    no: new Int32Array(0),
    value: new Float64Array(0),
    sets: [],
    base: random() - 0.5,
  };
  const [roots, sets]: [number[], Uint32Array[]] = [[], []];
  const nodes: {
    feature: number;
    threshold: number;
    set: number;
    no: number;
    value: number;
    missing: number;
  }[] = [];
  const grow = (left: number): void => {
    const at = nodes.length;
    const feature = left === 0 || random() < 0.1 ? -1 : whole(random, WIDTH);
    const node = { feature, threshold: 0, set: -1, no: 0, value: 0, missing: whole(random, 2) };
    nodes.push(node);
    if (feature < 0) {
      node.value = random() - 0.5;
      return;
    }
    if (feature === CATEGORY) {
      node.set = sets.push(Uint32Array.of(1 + whole(random, 2 ** LEVELS - 2))) - 1;
    } else node.threshold = feature === RATIO ? random() * 3 : Math.round(random() * 40) / 2;
    grow(left - 1);
    nodes[at].no = nodes.length;
    grow(left - 1);
  };
  for (let t = 0; t < count; t++) {
    roots.push(nodes.length);
    grow(depth);
  }
  return {
    ...trees,
    roots: Int32Array.from([...roots, nodes.length]),
    feature: Int32Array.from(nodes, (node) => node.feature),
    threshold: Float64Array.from(nodes, (node) => node.threshold),
    set: Int32Array.from(nodes, (node) => node.set),
    missingYes: Uint8Array.from(nodes, (node) => node.missing),
    no: Int32Array.from(nodes, (node) => node.no),
    value: Float64Array.from(nodes, (node) => node.value),
    sets,
  };
}

/** The last input is the first by the second. */
const FOLLOWERS: Follower[] = [{ input: RATIO, of: [0, 1], rule: ([a, b]) => a / b }];

interface World {
  situation: Situation;
  goal: Goal;
}

/** @param features what the trees see of the inputs; null: the inputs */
function randomWorld(seed: number, features: readonly FeatureSource[] | null, linear = false): World {
  const random = seededRandom(seed);
  const predictor = linear
    ? {
        kind: 'linear' as const,
        weights: Float64Array.from({ length: WIDTH }, () => (random() - 0.5) / 3),
        base: random(),
      }
    : randomTrees(random, 12, 3);
  const model: Model = { width: WIDTH, features, predictor, link: 'logistic' };
  const people = Array.from({ length: 30 }, () => randomRow(random));
  const row = people[whole(random, people.length)].slice();
  const directions = ['any', 'increase', 'decrease'] as const;
  const levers: Lever[] = [0, 1, 3, 4].map((input) => {
    const occurring = occurringNumbers(people.map((other) => other[input]));
    return numberLever(input, row[input], occurring, directions[whole(random, 3)]);
  });
  const counts = Array.from(
    { length: LEVELS },
    (_, code) => people.filter((other) => other[CATEGORY] === code).length,
  );
  levers.splice(2, 0, levelLever(CATEGORY, row[CATEGORY], counts));
  const outputs = people.map((other) => rawOutputs(model, other, 1)[0]).sort((a, b) => a - b);
  const limit = outputs[whole(random, 15)];
  return {
    situation: { model, row, levers, followers: FOLLOWERS },
    goal: { side: 'below', limit, margin: 0.02 },
  };
}

function randomRow(random: Random): Float64Array {
  const row = Float64Array.from({ length: WIDTH }, () => 1 + whole(random, 20));
  row[CATEGORY] = whole(random, LEVELS);
  return follow(row, FOLLOWERS, new Set([0]));
}

const outputOf = ({ model, followers, row, levers }: Situation, changes: [number, number][]): number => {
  const changed = row.slice();
  for (const [lever, value] of changes) changed[levers[lever].input] = value;
  follow(changed, followers, new Set(changes.map(([lever]) => levers[lever].input)));
  return rawOutputs(model, changed, 1)[0];
};

/** The least effort of all combinations of at most three values, 0 and 1 never together; Infinity: there is none. */
function byEnumeration({ situation, goal }: World, most: number): number {
  const { levers } = situation;
  let least = Infinity;
  const choose = (from: number, changes: [number, number][], effort: number): void => {
    if (changes.length > 0 && outputOf(situation, changes) < goal.limit - goal.margin)
      least = Math.min(least, effort);
    if (changes.length === most) return;
    for (let lever = from; lever < levers.length; lever++) {
      if (lever === 1 && changes.some(([other]) => other === 0)) continue;
      levers[lever].values.forEach((value, i) => {
        const sum = effort + levers[lever].efforts[i] + EFFORT_OF_A_CHANGE;
        // Dearer than the best: nothing below can be better.
        if (sum < least) choose(lever + 1, [...changes, [lever, value]], sum);
      });
    }
  };
  choose(0, [], 0);
  return least;
}

/** A value within the reach of each change: the value itself, or one further on. */
function somewhereIn({ changes }: Path, { levers }: Situation, random: Random): [number, number][] {
  return changes.map(({ lever, value, reach }) => {
    const { least, most, current } = levers[lever];
    if (reach.kind === 'exactly') return [lever, value];
    const end = reach.kind === 'until' ? reach.value : value > current ? most : least;
    return [lever, value + random() * (end - value)];
  });
}

const ROUNDED: FeatureSource[] = Array.from({ length: WIDTH }, (_, input) => ({
  input,
  steps: [{ kind: 'round' }],
}));
/** Turned round, not monotone, and as they are. */
const STEPPED: FeatureSource[] = Array.from({ length: WIDTH }, (_, input) => ({
  input,
  steps:
    input === 3
      ? [{ kind: 'multiply', by: -1 }, { kind: 'add', by: 18 }, { kind: 'round' }]
      : input === 4
        ? [
            { kind: 'add', by: -9 },
            { kind: 'unary', op: 'Abs' },
          ]
        : [],
}));

describe.each<[string, readonly FeatureSource[] | null, boolean]>([
  ['trees', null, false],
  ['trees of float32', ROUNDED, false],
  ['trees behind steps', STEPPED, false],
  ['a linear model', null, true],
  ['a linear model behind steps', STEPPED, true],
])('%s', (_, features, linear) => {
  const worlds = Array.from({ length: 60 }, (_, seed) => randomWorld(seed + 1, features, linear));

  test('the best path has the least effort of all combinations, or there is none', () => {
    const found = worlds.map((world) => pathsTo(world.situation, world.goal).paths[0]?.effort ?? Infinity);
    const expected = worlds.map((world) => byEnumeration(world, 3));
    expect(found.filter(Number.isFinite).length).toBeGreaterThan(10);
    expect(found.map((effort) => effort.toFixed(9))).toEqual(expected.map((effort) => effort.toFixed(9)));
  });

  test('a path’s inputs give its output, with what follows; paths are unlike each other', () => {
    for (const { situation, goal } of worlds) {
      const { paths } = pathsTo(situation, goal);
      for (const path of paths) {
        const changes = path.changes.map(({ lever, value }): [number, number] => [lever, value]);
        expect(outputOf(situation, changes)).toBe(path.output);
        expect(path.output).toBeLessThan(goal.limit - goal.margin);
      }
      const efforts = paths.map(({ effort }) => Number(effort.toFixed(12)));
      expect(efforts).toEqual([...efforts].sort((a, b) => a - b));
      const sets = paths.map(({ changes }) => changes.map(({ lever }) => lever));
      sets.forEach((set, i) =>
        sets.slice(0, i).forEach((other) => {
          expect(set.filter((lever) => other.includes(lever)).length).toBeLessThanOrEqual(1);
        }),
      );
    }
  });

  test('what is said of going further is true, of all changes together', () => {
    const random = seededRandom(99);
    const kinds = new Set<string>();
    for (const { situation, goal } of worlds)
      for (const path of pathsTo(situation, goal).paths) {
        for (const { reach } of path.changes) kinds.add(reach.kind);
        for (let k = 0; k < 200; k++)
          expect(outputOf(situation, somewhereIn(path, situation, random))).toBeLessThan(goal.limit);
      }
    expect(kinds).toContain('on');
  });

  test('flips are those of each lever alone, either way', () => {
    for (const { situation, goal } of worlds) {
      const flips = flipsOf(situation, goal);
      situation.levers.forEach((lever, l) => {
        const alone = { ...situation, levers: [lever] };
        const least = byEnumeration({ situation: alone, goal }, 1);
        expect((flips[l]?.effort ?? Infinity).toFixed(9)).toBe(least.toFixed(9));
      });
    }
  });
});

test('what has to rise is what has to fall turned round', () => {
  const { situation } = randomWorld(3, null);
  const [output] = rawOutputs(situation.model, situation.row, 1);
  const up = pathsTo(situation, { side: 'atLeast', limit: output + 0.1, margin: 0.02 });
  expect(up.paths.length).toBeGreaterThan(0);
  for (const path of up.paths) expect(path.output).toBeGreaterThan(output + 0.12);
});

test('levers that one input follows are named, and never in one path', () => {
  for (let seed = 1; seed < 40; seed++) {
    const { situation, goal } = randomWorld(seed, null);
    const { paths, apart } = pathsTo(situation, goal);
    expect(apart).toEqual([[0, 1]]);
    for (const { changes } of paths)
      expect(changes.filter(({ lever }) => lever < 2).length).toBeLessThanOrEqual(1);
  }
});
