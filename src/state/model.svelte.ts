import { scoring } from '../client/scoring';
import type { Method } from '../engine/explanations';
import type { Dependence, ModelImportance, Permutation } from '../engine/model/importance';
import type { ClientByMethod } from '../engine/model/methods';
import type { ModelView } from '../engine/model/view';
import { Asked } from './asked.svelte';

/** What the model page shows of one bundle. */
class ModelState {
  readonly view = new Asked<ModelView>();
  readonly importance = new Asked<{ found: ModelImportance | null }>();
  readonly permutation = new Asked<{ found: Permutation | null }>();
  readonly dependence = new Asked<Dependence>();
  readonly byMethod = new Asked<ClientByMethod>();

  show(fingerprint: string): void {
    void this.view.ask(fingerprint, () => scoring.model({ fingerprint }));
    void this.importance.ask(fingerprint, async (task) => ({
      found: await scoring.importance({ fingerprint }, task),
    }));
  }

  permute(fingerprint: string): void {
    void this.permutation.ask(fingerprint, async (task) => ({
      found: await scoring.permutation({ fingerprint }, task),
    }));
  }

  depend(fingerprint: string, column: string): void {
    void this.dependence.ask(`${fingerprint}/${column}`, () => scoring.dependence({ fingerprint, column }));
  }

  explain(fingerprint: string, id: string, methods: readonly Method[]): void {
    void this.byMethod.ask(`${fingerprint}/${id}`, (task) =>
      scoring.byMethod({ fingerprint, id, methods: [...methods] }, task),
    );
  }

  /** Nobody looks any more: the worker has other things to do. */
  leave(): void {
    for (const asked of [this.importance, this.permutation, this.dependence, this.byMethod])
      if (asked.running) asked.stop();
  }
}

export const model = new ModelState();
