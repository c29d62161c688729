import { scoring } from '../client/scoring';
import type { Method } from '../engine/explanations';
import type { Dependence, ModelImportance, Permutation } from '../engine/model/importance';
import type { Challenge } from '../engine/model/challenge';
import type { Interactions } from '../engine/model/interactions';
import type { ClientByMethod } from '../engine/model/methods';
import type { NoValidation, ValidationView } from '../engine/model/validation';
import type { ModelView } from '../engine/model/view';
import type { BundleView } from '../engine/bundleView';
import { Asked } from './asked.svelte';

/** A bundle and whose scores it has: figures of one evaluator are not shown for the other's. */
type Scored = Pick<BundleView, 'fingerprint' | 'runtime'>;
const keyOf = ({ fingerprint, runtime }: Scored): string => `${fingerprint}/${runtime}`;

/** What the model page shows of one bundle. */
class ModelState {
  readonly view = new Asked<ModelView>();
  readonly validation = new Asked<ValidationView | NoValidation>();
  readonly importance = new Asked<{ found: ModelImportance | null }>();
  readonly permutation = new Asked<{ found: Permutation | null }>();
  readonly dependence = new Asked<Dependence>();
  readonly byMethod = new Asked<ClientByMethod>();
  readonly challenge = new Asked<Challenge>();
  readonly interactions = new Asked<{ found: Interactions | null }>();

  show(bundle: Scored): void {
    const { fingerprint } = bundle;
    void this.view.ask(keyOf(bundle), () => scoring.model({ fingerprint }));
    void this.validation.ask(keyOf(bundle), ({ signal }) => scoring.validation({ fingerprint }, { signal }));
    void this.importance.ask(keyOf(bundle), async (task) => ({
      found: await scoring.importance({ fingerprint }, task),
    }));
  }

  permute(bundle: Scored): void {
    const { fingerprint } = bundle;
    void this.permutation.ask(keyOf(bundle), async (task) => ({
      found: await scoring.permutation({ fingerprint }, task),
    }));
  }

  depend(bundle: Scored, column: string): void {
    const { fingerprint } = bundle;
    void this.dependence.ask(`${keyOf(bundle)}/${column}`, () => scoring.dependence({ fingerprint, column }));
  }

  /** @param other fingerprint of another installed bundle */
  challengeBy(bundle: Scored, other: string): void {
    const { fingerprint } = bundle;
    void this.challenge.ask(`${keyOf(bundle)}/${other}`, (task) =>
      scoring.challenge({ fingerprint, other }, task),
    );
  }

  interact(bundle: Scored, id: string): void {
    const { fingerprint } = bundle;
    void this.interactions.ask(`${keyOf(bundle)}/${id}`, async (task) => ({
      found: await scoring.interactions({ fingerprint, id }, task),
    }));
  }

  explain(bundle: Scored, id: string, methods: readonly Method[]): void {
    const { fingerprint } = bundle;
    void this.byMethod.ask(`${keyOf(bundle)}/${id}`, (task) =>
      scoring.byMethod({ fingerprint, id, methods: [...methods] }, task),
    );
  }

  /** Nobody looks any more: the worker has other things to do. */
  leave(): void {
    const { validation, importance, permutation, dependence, byMethod, interactions, challenge } = this;
    for (const asked of [validation, importance, permutation, dependence, byMethod, interactions, challenge])
      if (asked.running) asked.stop();
  }
}

export const model = new ModelState();
