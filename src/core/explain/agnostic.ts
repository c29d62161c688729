/** What an explanation that knows nothing of the model asks of it: outputs of rows of input columns [rows, width]. */
export type Scorer = (inputs: Float64Array, rows: number) => Promise<Float64Array>;

/** Rows given to the scorer at once. */
export const ASKED_ROWS = 4096;

/** One row explained: contributions of its input columns, and what they are added to. */
export interface Explanation {
  base: number;
  values: Float64Array;
}
