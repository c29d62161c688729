import type { ErrorData } from '../core/errors';
import type { Finding } from '../bundle/training/findings';
import type { BatchSummary } from '../engine/batch';

/** What a look at a file says before it is scored. */
export interface BatchLook {
  rows: number;
  /** Rows that were compared with the training, and of these (and of all lines) how many can't be read. */
  compared: number;
  apart: number;
  /** The gravest first. */
  findings: Finding[];
  /** Reasons can be had of this model. */
  reasons: boolean;
}

/** A row that could not be taken as it was meant. */
export interface KeptApart {
  /** Of the file, its header being the first. */
  line: number;
  error: ErrorData;
}

/** What came of a file. */
export interface BatchResult {
  summary: BatchSummary;
  /** id, probability, decision; reasons where they were asked for. */
  scores: Blob;
  /** The first rows that were kept apart, and a file of all of them. */
  apart: KeptApart[];
  apartFile: Blob | null;
}
