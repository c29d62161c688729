/** A training that came to its end while somebody was elsewhere in the app. */
export interface EndedRun {
  name: string;
  /** On the rows kept aside; null where it failed. */
  auc: number | null;
}

class RunEndedState {
  #ended = $state.raw<EndedRun | null>(null);

  get ended() {
    return this.#ended;
  }

  tell(run: EndedRun): void {
    this.#ended = run;
  }

  dismiss(): void {
    this.#ended = null;
  }
}

export const runEnded = new RunEndedState();
