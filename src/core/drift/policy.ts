import { resamples } from '../numeric/random';
import { medianSize, type Chunks } from './chunks';
import type { Preset } from './types';

/** Where the limits of a comparison come from, and how far its columns are taken together. */
export interface Policy {
  /**
   * Of performance and of all columns together: from the reference's own chunks, as NannyML has it; or from samples of it
   * in the chunks' size, where it is small. Those of single columns are always from the chunks.
   */
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

const SAMPLES = 200;
const SEED = 1;

/**
 * The pieces of the reference whose values set the limits.
 *
 * @param total rows to draw samples from
 * @returns rows of each piece: positions among these `total` where samples are drawn, rows of the reference otherwise
 */
export const piecesOf = (limits: Policy['limits'], chunks: Chunks, total: number): Int32Array[] =>
  limits === 'samples'
    ? resamples(total, medianSize(chunks.current), SAMPLES, SEED)
    : chunks.reference.map(({ rows }) => rows);

/** Where somebody waits in front of it: a bundle's test part is often smaller than the chunks that NannyML wants. */
export const INTERACTIVE: Policy = {
  limits: 'samples',
  together: { freeText: false, mostColumns: 300, mostProducts: 1.5e9 },
};
