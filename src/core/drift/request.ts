import type { Chunking } from './chunks';
import type { Preset } from './types';

/** What is to be compared: chosen on a page, kept in an address. */
export interface DriftRequest {
  reference: Side;
  current: Side;
  preset: Preset;
  chunking: Chunking | null;
  /** Columns to compare; features, extra columns, the score and the outcome by default. */
  columns?: readonly string[] | undefined;
}

/** Where the rows of one side of a comparison come from. */
export const SOURCES = ['reference', 'test', 'clients', 'current', 'file', 'logged'] as const;
export type Source = (typeof SOURCES)[number];

export interface Side {
  source: Source;
  /** Only rows of this level, or of numbers in this range (both ends in). */
  where?: Condition | null | undefined;
  /** Only rows from this day to that one (ISO, both in), by the source's time column. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface Condition {
  column: string;
  level?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
}
