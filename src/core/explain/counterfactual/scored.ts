import { EFFORT_OF_A_CHANGE, type Lever } from './lever';
import { follow, type Follower } from './moves';
import { isUnlike, MOST_PATHS, type Change, type Path } from './paths';

/** A client's inputs, and what of them may change, where nothing is known of the model but its scores. */
export interface ScoredSituation {
  row: Float64Array;
  levers: readonly Lever[];
  followers: readonly Follower[];
}

/** P(default) of rows of inputs, row-major float64 [count, width]. */
export type ScoreRows = (rows: Float64Array, count: number) => Promise<Float64Array>;

/** Which probabilities are wanted. */
export type Wanted = (probability: number) => boolean;

/** Rows that are scored at most, and values of a lever that are tried alone, in pairs, in threes. */
const BUDGET = 3000;
const ALONE = 12;
const IN_PAIRS = 4;
const IN_THREES = 3;

/**
 * Changes of up to three levers whose score is a wanted one, the least effort first among those that were tried: each value
 * alone, then the most promising together, within a budget of scores. Nothing found proves nothing.
 */
export async function pathsByScores(
  situation: ScoredSituation,
  wanted: Wanted,
  towards: 'lower' | 'higher',
  score: ScoreRows,
): Promise<Path[]> {
  const search = new ScoredSearch(situation, score);
  await search.tryAll(search.ones());
  const sign = towards === 'lower' ? 1 : -1;
  await search.tryAll(search.together(2, IN_PAIRS, sign));
  await search.tryAll(search.together(3, IN_THREES, sign));
  return search.leastOf(wanted);
}

/** Of each lever alone the least change whose score is wanted, among the values that are tried; null where none is. */
export async function flipsByScores(
  situation: ScoredSituation,
  wanted: Wanted,
  score: ScoreRows,
): Promise<(Path | null)[]> {
  const search = new ScoredSearch(situation, score);
  await search.tryAll(search.ones());
  return situation.levers.map((_, lever) => search.leastAlone(lever, wanted));
}

interface Tried {
  levers: readonly number[];
  /** Position among each lever's values. */
  at: readonly number[];
  effort: number;
  score: number;
}

class ScoredSearch {
  readonly #situation: ScoredSituation;
  readonly #score: ScoreRows;
  readonly #tried: Tried[] = [];

  constructor(situation: ScoredSituation, score: ScoreRows) {
    this.#situation = situation;
    this.#score = score;
  }

  /** Values of each lever, spread over its efforts. */
  ones(): Tried[] {
    return this.#situation.levers.flatMap(({ values, efforts }, lever) => {
      const order = Array.from(values, (_, i) => i).sort((a, b) => efforts[a] - efforts[b] || a - b);
      const share = Math.max(2, Math.floor(BUDGET / this.#situation.levers.length));
      const count = Math.min(ALONE, share, order.length);
      const step = Math.max(1, order.length / count);
      return Array.from({ length: count }, (_, k) => this.#untried([lever], [order[Math.floor(k * step)]]));
    });
  }

  /** Sets of the values that moved the score most alone, the most promising first, as far as the budget goes. */
  together(count: number, most: number, sign: number): Tried[] {
    const best = this.#situation.levers.map((_, lever) =>
      this.#tried
        .filter(({ levers }) => levers.length === 1 && levers[0] === lever)
        .sort((a, b) => sign * (a.score - b.score))
        .slice(0, most),
    );
    let sets: Tried[][] = best.flat().map((one) => [one]);
    for (let size = 1; size < count; size++)
      sets = sets.flatMap((set) =>
        best.slice(set[set.length - 1].levers[0] + 1).flatMap((ones) => ones.map((one) => [...set, one])),
      );
    const promise = (set: readonly Tried[]) => sign * set.reduce((sum, { score }) => sum + score, 0);
    return sets
      .sort((a, b) => promise(a) - promise(b))
      .slice(0, Math.max(0, BUDGET - this.#tried.length))
      .map((set) =>
        this.#untried(
          set.flatMap(({ levers }) => levers),
          set.flatMap(({ at }) => at),
        ),
      );
  }

  async tryAll(all: readonly Tried[]): Promise<void> {
    const { length: width } = this.#situation.row;
    const rows = new Float64Array(all.length * width);
    all.forEach((one, i) => rows.set(this.#rowOf(one), i * width));
    const scores = await this.#score(rows, all.length);
    all.forEach((one, i) => this.#tried.push({ ...one, score: scores[i] }));
  }

  leastOf(wanted: Wanted): Path[] {
    const hits = this.#tried.filter(({ score }) => wanted(score)).sort((a, b) => a.effort - b.effort);
    const chosen: Tried[] = [];
    for (const hit of hits)
      if (chosen.length < MOST_PATHS && chosen.every(({ levers }) => isUnlike(hit.levers, levers)))
        chosen.push(hit);
    return chosen.map((hit) => this.#pathOf(hit));
  }

  leastAlone(lever: number, wanted: Wanted): Path | null {
    const [hit] = this.#tried
      .filter(({ levers, score }) => levers.length === 1 && levers[0] === lever && wanted(score))
      .sort((a, b) => a.effort - b.effort);
    return (hit as Tried | undefined) ? this.#pathOf(hit) : null;
  }

  #untried(levers: readonly number[], at: readonly number[]): Tried {
    const effort = levers.reduce(
      (sum, lever, i) => sum + this.#situation.levers[lever].efforts[at[i]] + EFFORT_OF_A_CHANGE,
      0,
    );
    return { levers, at, effort, score: NaN };
  }

  #rowOf({ levers, at }: Tried): Float64Array {
    const { row, levers: all, followers } = this.#situation;
    const changed = row.slice();
    levers.forEach((lever, i) => (changed[all[lever].input] = all[lever].values[at[i]]));
    return follow(changed, followers, new Set(levers.map((lever) => all[lever].input)));
  }

  #pathOf(hit: Tried): Path {
    const changes = hit.levers.map((lever, i): Change => ({
      lever,
      value: this.#situation.levers[lever].values[hit.at[i]],
      reach: { kind: 'exactly' },
    }));
    return { changes, effort: hit.effort, row: this.#rowOf(hit), output: hit.score };
  }
}
