import type { RowRange } from '../../core/table/source';
import type { Engine } from '../engine';
import { partsOf, shareOut, type SharedTask } from '../hands';
import { oncePerBundle } from '../once';

/** Contributions of the clients of a part, row after row, in single precision. Plain data. */
export interface ContributionPart {
  values: Float32Array;
  /** 1 for each client whose contributions are here. */
  known: Uint8Array;
}

/** Where parts are kept beyond the memory of this worker. */
export interface PartStore {
  read(part: number): Promise<ContributionPart | null>;
  write(part: number, value: ContributionPart): Promise<void>;
}

/** Number of what is kept; a change of any value makes it one more. */
export const CONTRIBUTIONS_VERSION = 1;
/** Contributions that stay: of larger bundles all but what was used last is computed each time. */
export const KEPT_BYTES = 256e6;

/** The contributions of a bundle's clients as far as they are known, part by part. */
class KnownContributions {
  readonly #parts = new Map<number, ContributionPart>();
  readonly #most: number;

  constructor(partBytes: number) {
    this.#most = Math.max(1, Math.floor(KEPT_BYTES / partBytes));
  }

  get(part: number): ContributionPart | undefined {
    const found = this.#parts.get(part);
    if (found) this.#keep(part, found);
    return found;
  }

  set(part: number, value: ContributionPart): void {
    this.#keep(part, value);
    for (const oldest of this.#parts.keys()) {
      if (this.#parts.size <= this.#most) return;
      this.#parts.delete(oldest);
    }
  }

  /** The one used last stands last. */
  #keep(part: number, value: ContributionPart): void {
    this.#parts.delete(part);
    this.#parts.set(part, value);
  }
}

const knownOf = oncePerBundle(async ({ clients, columns }: Engine) => {
  const rows = Math.max(1, ...partsOf(clients.count).map(({ from, to }) => to - from));
  return new KnownContributions(rows * (4 * columns.length + 1));
});

/** Clients that are wanted, by the part that they are in. */
interface Wanted extends RowRange {
  part: number;
  positions: Int32Array;
}

export interface ContributionsTask extends SharedTask {
  store?: PartStore | undefined;
}

/**
 * Visits the contributions of some clients, part by part, each part once and in no order. What was explained before is not
 * explained again.
 *
 * @param positions of the clients, ascending
 * @param visit given a part's number, its contributions [rows, inputs], and which of its rows are meant
 * @throws stopped; method-unsupported where only the runtime reads the model
 */
export async function visitContributions(
  engine: Engine,
  positions: Int32Array,
  { store, ...task }: ContributionsTask,
  visit: (part: number, values: Float32Array, rows: Int32Array) => void,
): Promise<void> {
  const width = engine.columns.length;
  const known = await knownOf(engine);
  const rows = ({ positions: own }: Wanted): number => own.length;
  await shareOut(
    wantedOf(positions, engine.clients.count),
    { ...task, own: engine, rows },
    async (hand, wanted, own) => {
      const { part, from, to } = wanted;
      const kept = known.get(part) ??
        (await store?.read(part)) ?? {
          values: new Float32Array((to - from) * width),
          known: new Uint8Array(to - from),
        };
      const missing = wanted.positions.filter((row) => kept.known[row - from] === 0);
      if (missing.length > 0) {
        const explained = await hand.explainAt(missing, positions.length, own);
        missing.forEach((row, i) => {
          kept.values.set(explained.subarray(i * width, (i + 1) * width), (row - from) * width);
          kept.known[row - from] = 1;
        });
        await store?.write(part, kept);
      }
      known.set(part, kept);
      visit(
        part,
        kept.values,
        wanted.positions.map((row) => row - from),
      );
    },
  );
}

function wantedOf(positions: Int32Array, clients: number): Wanted[] {
  const sorted = positions.slice().sort();
  let at = 0;
  return partsOf(clients)
    .map(({ from, to }, part) => {
      const first = at;
      while (at < sorted.length && sorted[at] < to) at++;
      return { part, from, to, positions: sorted.subarray(first, at) };
    })
    .filter(({ positions: own }) => own.length > 0);
}
