/** One question at a time: of those that come meanwhile only the newest is asked next, and nothing queues. */
export class Newest<Q> {
  readonly #answer: (question: Q) => Promise<void>;
  #next: { question: Q } | null = null;
  #running: Promise<void> | null = null;

  /** @param answer asks and takes what comes; it does not throw */
  constructor(answer: (question: Q) => Promise<void>) {
    this.#answer = answer;
  }

  ask(question: Q): void {
    this.#next = { question };
    this.#running ??= this.#run();
  }

  /** Everything that was asked has been answered, or was followed by something newer. */
  settled(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const { question } = this.#next;
      this.#next = null;
      await this.#answer(question);
    }
    this.#running = null;
  }
}
