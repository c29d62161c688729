import type { Condition } from '../engine/client/group';
import type { SimilarQuestion } from '../engine/client/similar';

/** Whom clients are compared with, and in what: stays while clients are gone through. */
class AlikeState {
  #fingerprint = '';
  /** Id of a group of the bundle, "" for everyone, OWN for what is asked for below. */
  group = $state('');
  own = $state.raw<readonly Condition[]>([]);
  /** The column that comes first; "" for the strongest reason. */
  column = $state('');
  /** Two numbers that are drawn together; "" while none is chosen. */
  pair = $state.raw({ x: '', y: '' });

  /** Another bundle has other columns and groups. */
  open(fingerprint: string): void {
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    [this.group, this.own, this.column, this.pair] = ['', [], '', { x: '', y: '' }];
  }

  get asked(): Pick<SimilarQuestion, 'cohort' | 'own'> {
    const isOwn = this.group === OWN;
    return { cohort: isOwn ? '' : this.group, own: isOwn ? this.own : [] };
  }
}

/** No id of a bundle's group has a space. */
export const OWN = 'own filter';

export const alike = new AlikeState();
