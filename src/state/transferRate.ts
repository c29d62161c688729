/** Milliseconds that a rate looks back. */
const WINDOW = 4000;
/** Milliseconds before a rate is worth saying. */
const SETTLED = 600;

/** How fast bytes come, over the last few seconds. */
export class TransferRate {
  #samples: { at: number; done: number }[] = [];

  /** @param done bytes so far @param at milliseconds */
  add(done: number, at: number): void {
    // A download that starts over says nothing about its speed before.
    if (done < (this.#samples.at(-1)?.done ?? 0)) this.#samples = [];
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - this.#samples[0].at > WINDOW) this.#samples.shift();
  }

  /** Bytes a second; null while there is too little to tell. */
  get bytesPerSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < SETTLED || last.done === first.done) return null;
    return (1000 * (last.done - first.done)) / (last.at - first.at);
  }
}
