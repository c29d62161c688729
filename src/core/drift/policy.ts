import type { Preset } from './types';

/** Where the limits of a comparison come from, and how far its columns are taken together. */
export interface Policy {
  /** From the reference's own chunks, as NannyML has it; or from samples of it in the chunks' size, where it is small. */
  limits: 'chunks' | 'samples';
  /** Reconstruction error of all columns together; null for none. */
  together: Together | null;
}

export interface Together {
  /** NannyML takes free text as a category. */
  freeText: boolean;
  /** More columns than this are not taken together. */
  mostColumns: number;
  /** Products computed at most to fit: fewer rows of wide tables. */
  mostProducts: number;
}

const UNBOUNDED: Together = { freeText: true, mostColumns: Infinity, mostProducts: Infinity };

/** What the tools themselves do: NannyML's preset takes all columns together. */
export const policyOf = (preset: Preset): Policy => ({
  limits: 'chunks',
  together: preset === 'nannyml' ? UNBOUNDED : null,
});

/** Where somebody waits in front of it: a bundle's test part is often smaller than the chunks that NannyML wants. */
export const INTERACTIVE: Policy = {
  limits: 'samples',
  together: { freeText: false, mostColumns: 300, mostProducts: 1.5e9 },
};
