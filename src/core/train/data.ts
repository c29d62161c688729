/** A column that a model may learn from. */
export type TrainColumn =
  /** Numbers; NaN is missing, infinities are values. */
  | { name: string; kind: 'number'; values: Float64Array | Float32Array | Int32Array }
  /** Codes 0 .. levels - 1; all others are missing or unknown. */
  | { name: string; kind: 'category'; codes: Int32Array; levels: number };

/** Rows to learn from. */
export interface TrainRows {
  rows: number;
  columns: readonly TrainColumn[];
  /** 1 = default. */
  target: Uint8Array;
  /** How much each row counts; one each unless said. */
  weights?: Float64Array | undefined;
}
