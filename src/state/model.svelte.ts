import { scoring } from '../client/scoring';
import type { Method } from '../engine/explanations';
import type { Dependence, Insight, ClientAccounts, Permutation } from '../engine/model/importance';
import type { ModelView } from '../engine/model/view';
import { Asked } from './asked.svelte';

/** What the model page shows of one bundle. */
class ModelState {
  readonly view = new Asked<ModelView>();
  readonly insight = new Asked<{ found: Insight | null }>();
  readonly permutation = new Asked<{ found: Permutation | null }>();
  readonly dependence = new Asked<Dependence>();
  readonly accounts = new Asked<ClientAccounts>();

  show(fingerprint: string): void {
    void this.view.ask(fingerprint, () => scoring.model(fingerprint));
    void this.insight.ask(fingerprint, async (task) => ({
      found: await scoring.insight(fingerprint, task),
    }));
  }

  permute(fingerprint: string): void {
    void this.permutation.ask(fingerprint, async (task) => ({
      found: await scoring.permutation(fingerprint, task),
    }));
  }

  depend(fingerprint: string, column: string): void {
    void this.dependence.ask(`${fingerprint}/${column}`, () => scoring.dependence(fingerprint, column));
  }

  account(fingerprint: string, id: string, methods: readonly Method[]): void {
    void this.accounts.ask(`${fingerprint}/${id}`, (task) =>
      scoring.accounts(fingerprint, id, methods, task),
    );
  }

  /** Nobody looks any more: the worker has other things to do. */
  leave(): void {
    for (const asked of [this.insight, this.permutation, this.dependence, this.accounts])
      if (asked.running) asked.stop();
  }
}

export const model = new ModelState();
