import { scoring } from '../client/scoring';
import type { MainReason } from '../engine/portfolio/reasons';
import { Newest } from './newest';

interface Asked {
  fingerprint: string;
  ids: string[];
}

/** What moves the scores of the clients in sight most: asked for as they come into sight, the newest first. */
class MainReasonsState {
  #of = '';
  #known = $state.raw<ReadonlyMap<string, MainReason>>(new Map());
  readonly #asking = new Newest((asked: Asked) => this.#ask(asked));

  #none = $state(false);

  /** Only the runtime reads the model: there are none to be had in a moment. */
  get none() {
    return this.#none;
  }

  /** undefined while it is on its way, and where only the runtime reads the model. */
  of(id: string): MainReason | undefined {
    return this.#known.get(id);
  }

  /** @param scoredBy evaluator whose scores are explained */
  need(fingerprint: string, scoredBy: string, ids: readonly string[]): void {
    if (this.#of !== `${fingerprint} ${scoredBy}`) {
      this.#of = `${fingerprint} ${scoredBy}`;
      this.#known = new Map();
      this.#none = false;
    }
    if (this.#none) return;
    const unknown = ids.filter((id) => !this.#known.has(id));
    if (unknown.length > 0) this.#asking.ask({ fingerprint, ids: unknown });
  }

  async #ask({ fingerprint, ids }: Asked): Promise<void> {
    const of = this.#of;
    const found = await scoring.mainReasons({ fingerprint, ids }).catch(() => null);
    if (of !== this.#of) return;
    if (found && found.length === 0) this.#none = true;
    if (!found || found.length === 0) return;
    this.#known = new Map([
      ...this.#known,
      ...found.map((reason, i): [string, MainReason] => [ids[i], reason]),
    ]);
  }
}

export const reasonsInSight = new MainReasonsState();
