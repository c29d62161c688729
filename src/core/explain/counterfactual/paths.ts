import type { Model } from '../../model/model';
import { rawOutputs } from '../../model/evaluate';
import { cheapestBelow, type CheapestCell } from './cheapest';
import { EFFORT_OF_A_CHANGE, type Lever } from './lever';
import { leavesOf, setKey, type Leaf } from './leaves';
import { Moves, type Follower } from './moves';
import { reachOf, type Reach } from './reach';
import { spaceOf, type Space } from './space';

/** A client's inputs, and what of them may change. */
export interface Situation {
  model: Model;
  /** Float64 [model.width]. */
  row: Float64Array;
  levers: readonly Lever[];
  followers: readonly Follower[];
}

/** What the raw output has to come to: below a limit, or to at least it. */
export interface Goal {
  side: 'below' | 'atLeast';
  limit: number;
  /** Kept from the limit, so that no path hangs on a hair. */
  margin: number;
}

export interface Change {
  /** Position among the levers. */
  lever: number;
  value: number;
  reach: Reach;
}

/** Changes that turn the decision. */
export interface Path {
  changes: Change[];
  effort: number;
  /** Inputs with the changes and what follows them, float64 [model.width]. */
  row: Float64Array;
  /** The model's raw output there. */
  output: number;
}

export interface Paths {
  /** The least effort first; two paths share at most one lever. */
  paths: Path[];
  /** Pairs of levers that one input follows: no path changes both. */
  apart: (readonly [number, number])[];
}

const MOST_CHANGES = 3;
export const MOST_PATHS = 3;

/**
 * The least changes of at most three levers that turn a decision, and up to two more that are unlike them: an exact search
 * over the boxes of the model's leaves, for tree ensembles and linear models. No path means that there is none within
 * the levers' values, `apart` excepted.
 *
 * Effort: shares of the reference between old and new values (a category .25), and .05 a change.
 */
export function pathsTo(situation: Situation, goal: Goal): Paths {
  const reachable = new Reachable(situation, goal, MOST_CHANGES);
  const sets = setsOf(reachable.moves);
  const paths: Path[] = [];
  while (paths.length < MOST_PATHS) {
    const taken = paths.map(({ changes }) => changes.map(({ lever }) => lever));
    const path = reachable.best(sets.filter((set) => taken.every((other) => isUnlike(set, other))));
    if (!path) break;
    paths.push(path);
  }
  return { paths, apart: apartOf(reachable.moves) };
}

/** Shares at most one lever with the other, and does not hold it whole. */
export function isUnlike(set: readonly number[], other: readonly number[]): boolean {
  const shared = other.filter((lever) => set.includes(lever)).length;
  return shared <= 1 && shared < other.length;
}

/** Of each lever alone the change of least effort that turns the decision; null where none does. */
export function flipsOf(situation: Situation, goal: Goal): (Path | null)[] {
  const reachable = new Reachable(situation, goal, 1);
  return situation.levers.map((_, lever) => reachable.best([[lever]]));
}

/** Levers that a search of sets of three can hold: of more, the ones that move the output most alone. */
export const MOST_LEVERS = 16;

/** Positions, ascending, of the levers that move the output most towards a goal, each alone. */
export function mostMoving(situation: Situation, goal: Goal, most: number): number[] {
  const reachable = new Reachable(situation, goal, 1);
  return situation.levers
    .map((_, lever) => ({ lever, gain: reachable.gainAlone(lever) }))
    .sort((a, b) => a.gain - b.gain || a.lever - b.lever)
    .slice(0, most)
    .map(({ lever }) => lever)
    .sort((a, b) => a - b);
}

/** The cheapest cell of a set's space. */
interface Answer extends CheapestCell {
  space: Space;
}

/** What is known of a set: its least effort, or that there is none below another. */
interface Searched {
  space: Space | null;
  answer: Answer | null;
  below: number;
}

/** Where a client can get to, and the search among it. */
class Reachable {
  readonly moves: Moves;
  readonly #situation: Situation;
  readonly #goal: Goal;
  readonly #output: number;
  readonly #limit: number;
  readonly #searched = new Map<number, Searched>();
  /** Least effort of a change of each lever. */
  readonly #least: readonly number[];
  /** By tree. */
  readonly #leaves: Leaf[][] = [];
  /** By the levers that must move: trees in which that leads elsewhere, and by how much less at best. */
  readonly #gains = new Map<number, { tree: number; gain: number }[]>();

  constructor(situation: Situation, goal: Goal, most: number) {
    this.#situation = situation;
    this.#goal = goal;
    const { model, row, levers, followers } = situation;
    this.moves = new Moves(model, row, levers, followers);
    const [output] = rawOutputs(model, row, 1);
    // What has to rise to a limit is what has to fall below its opposite.
    const sign = goal.side === 'below' ? 1 : -1;
    this.#output = sign * output;
    this.#limit = sign * goal.limit;
    for (const leaf of leavesOf(model.predictor, this.moves, most))
      (this.#leaves[leaf.tree] ??= []).push({ ...leaf, value: sign * leaf.value });
    this.#leaves.forEach((leaves, tree) => this.#noteGains(leaves, tree));
    this.#least = this.moves.levers.map(
      ({ efforts }) =>
        efforts.reduce((least, effort) => Math.min(least, effort), Infinity) + EFFORT_OF_A_CHANGE,
    );
  }

  #noteGains(leaves: readonly Leaf[], tree: number): void {
    const current = leaves.find(({ key }) => key === 0)?.value ?? 0;
    const gains = new Map<number, number>();
    for (const { key, value } of leaves)
      if (key !== 0) gains.set(key, Math.min(gains.get(key) ?? Infinity, value - current));
    for (const [key, gain] of gains) {
      const noted = this.#gains.get(key) ?? [];
      noted.push({ tree, gain });
      this.#gains.set(key, noted);
    }
  }

  /** The least effort among the sets. */
  best(sets: readonly (readonly number[])[]): Path | null {
    const limit = this.#limit - this.#goal.margin;
    let best: Answer | null = null;
    for (const { set, least } of this.#cheapestFirst(sets)) {
      const below = best?.effort ?? Infinity;
      if (!(least < below)) continue;
      const found = this.#cheapestOf(set, limit, below);
      if (found && found.effort < below) best = found;
    }
    return best && this.#pathOf(best.space, best.cells, best.effort);
  }

  /** The least effort of one set below another one; what was searched for a path before is not searched again. */
  #cheapestOf(set: readonly number[], limit: number, below: number): Answer | null {
    const key = setKey(set);
    const known = this.#searched.get(key);
    if (known && (known.answer || known.below >= below)) return known.answer;
    const keys = keysWithin(set);
    if (!known && !(this.#output + this.#gain(keys) < limit)) {
      this.#searched.set(key, { space: null, answer: null, below: Infinity });
      return null;
    }
    const space = known?.space ?? this.#spaceOf(set, keys);
    const found = cheapestBelow(space, limit, below);
    const answer = found && { space, ...found };
    this.#searched.set(key, { space, answer, below });
    return answer;
  }

  /** Sets with the least effort that they could take: a cheap answer found early spares the dear ones. */
  #cheapestFirst(sets: readonly (readonly number[])[]): { set: readonly number[]; least: number }[] {
    return sets
      .map((set) => ({ set, least: set.reduce((sum, lever) => sum + this.#least[lever], 0) }))
      .sort((a, b) => a.least - b.least);
  }

  /** By how much a lever alone may lower the output at best. */
  gainAlone(lever: number): number {
    return this.#gain(keysWithin([lever]));
  }

  /** By how much the output falls at best: each tree's best leaf. */
  #gain(keys: readonly number[]): number {
    const gains = new Map<number, number>();
    for (const key of keys)
      for (const { tree, gain } of this.#gains.get(key) ?? [])
        gains.set(tree, Math.min(gains.get(tree) ?? 0, gain));
    let sum = 0;
    for (const gain of gains.values()) sum += gain;
    return sum;
  }

  #spaceOf(set: readonly number[], keys: readonly number[]): Space {
    const met = new Set(keys.flatMap((key) => this.#gains.get(key)?.map(({ tree }) => tree) ?? []));
    const within = new Set([0, ...keys]);
    const trees = [...met].map((tree) => this.#leaves[tree].filter(({ key }) => within.has(key)));
    return spaceOf(this.moves.levers, set, trees, this.#output);
  }

  #pathOf(space: Space, cells: readonly number[], effort: number): Path {
    const { levers } = this.moves;
    const values = space.axes.map(({ lever, cheapest }, i) => levers[lever].values[cheapest[cells[i]]]);
    const reaches = reachOf(space, levers, cells, values, this.#limit);
    const changes = space.axes.map(({ lever }, i) => ({ lever, value: values[i], reach: reaches[i] }));
    const row = this.moves.changed(changes);
    const [output] = rawOutputs(this.#situation.model, row, 1);
    return { changes, effort, row, output };
  }
}

/** Keys of the non-empty sets within a set. */
function keysWithin(set: readonly number[]): number[] {
  const keys: number[] = [];
  for (let bits = 1; bits < 1 << set.length; bits++) keys.push(setKey(set.filter((_, i) => bits & (1 << i))));
  return keys;
}

/** Sets of one, two and three levers that may change together. */
function setsOf({ levers, together }: Moves): number[][] {
  const all = levers.map((_, lever) => lever).filter((lever) => levers[lever].values.length > 0);
  const grown = (sets: readonly number[][]) =>
    sets.flatMap((set) =>
      all
        .filter((lever) => lever > set[set.length - 1] && set.every((other) => !together[lever].has(other)))
        .map((lever) => [...set, lever]),
    );
  const ones = all.map((lever) => [lever]);
  const twos = grown(ones);
  return [...ones, ...twos, ...grown(twos)];
}

const apartOf = ({ together }: Moves): (readonly [number, number])[] =>
  together.flatMap((others, lever) =>
    [...others].filter((other) => other > lever).map((other) => [lever, other] as const),
  );
