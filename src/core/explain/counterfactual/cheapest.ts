import {
  allMet,
  cellsOf,
  halves,
  meeting,
  MOST_CELLS,
  outputsIn,
  wholeBox,
  type Box,
  type Met,
} from './bound';
import { EFFORT_OF_A_CHANGE } from './lever';
import type { Space } from './space';

/** A cell of a space, one position an axis, and what it takes to get there. */
export interface CheapestCell {
  cells: readonly number[];
  effort: number;
}

/**
 * The cell of least effort whose raw output is below a limit, of those below a given effort: branch and bound over boxes
 * of cells. Exact: null says that there is none. Of two equal ones it is always the same.
 */
export function cheapestBelow(space: Space, limit: number, effortBelow: number): CheapestCell | null {
  const search = new CellSearch(space, limit, effortBelow);
  search.look(allMet(space), wholeBox(space));
  return search.best;
}

class CellSearch {
  readonly #space: Space;
  readonly #limit: number;
  #below: number;
  /** Of each of three axes. */
  readonly #efforts: readonly Float64Array[];
  best: CheapestCell | null = null;

  constructor(space: Space, limit: number, effortBelow: number) {
    this.#space = space;
    this.#limit = limit;
    this.#below = effortBelow - EFFORT_OF_A_CHANGE * space.axes.length;
    this.#efforts = [0, 1, 2].map((i) => space.axes[i]?.efforts ?? new Float64Array(1));
  }

  look(from: Met, given: Box): void {
    // Before the leaves are filtered: they are those of what is left.
    const box = this.#withoutDearEnds(given);
    if (!box) return;
    const met = meeting(this.#space, from, box);
    if (met.low >= this.#limit) return;
    if (met.high < this.#limit) this.#takeCheapest(box);
    else if (cellsOf(box) <= MOST_CELLS) this.#scan(met, box);
    else {
      const [first, second] = halves(box);
      const firstIsCheaper = this.#leastEffort(first) <= this.#leastEffort(second);
      for (const half of firstIsCheaper ? [first, second] : [second, first]) this.look(met, half);
    }
  }

  /** The box without cells at its ends that cost too much whatever the other levers do, or hold no value; null: nothing is left. */
  #withoutDearEnds(box: Box): Box | null {
    const out = box.slice();
    const least = this.#efforts.map((efforts, i) => leastIn(efforts, out[2 * i], out[2 * i + 1]));
    const all = least[0] + least[1] + least[2];
    if (!(all < this.#below)) return null;
    for (let i = 0; i < 3; i++) {
      const room = this.#below - (all - least[i]);
      while (this.#efforts[i][out[2 * i]] >= room) out[2 * i]++;
      while (this.#efforts[i][out[2 * i + 1]] >= room) out[2 * i + 1]--;
    }
    return out;
  }

  #leastEffort(box: Box): number {
    return this.#efforts.reduce((sum, efforts, i) => sum + leastIn(efforts, box[2 * i], box[2 * i + 1]), 0);
  }

  #takeCheapest(box: Box): void {
    const cells = this.#efforts.map((efforts, i) => {
      const least = leastIn(efforts, box[2 * i], box[2 * i + 1]);
      return efforts.indexOf(least, box[2 * i]);
    });
    this.#take(cells[0], cells[1], cells[2]);
  }

  #scan(met: Met, box: Box): void {
    const outputs = outputsIn(this.#space, met, box);
    const [ea, eb, ec] = this.#efforts;
    let at = 0;
    for (let a = box[0]; a <= box[1]; a++)
      for (let b = box[2]; b <= box[3]; b++)
        for (let c = box[4]; c <= box[5]; c++)
          if (outputs[at++] < this.#limit && ea[a] + eb[b] + ec[c] < this.#below) this.#take(a, b, c);
  }

  #take(a: number, b: number, c: number): void {
    const efforts = this.#efforts[0][a] + this.#efforts[1][b] + this.#efforts[2][c];
    if (!(efforts < this.#below)) return;
    this.#below = efforts;
    const count = this.#space.axes.length;
    this.best = { cells: [a, b, c].slice(0, count), effort: efforts + EFFORT_OF_A_CHANGE * count };
  }
}

function leastIn(efforts: Float64Array, from: number, to: number): number {
  let least = Infinity;
  for (let i = from; i <= to; i++) if (efforts[i] < least) least = efforts[i];
  return least;
}
