/** A column that a model may learn from. */
export type TrainColumn =
  /** Numbers; NaN is missing, infinities are values. */
  | {
      name: string;
      kind: 'number';
      values: Float64Array | Float32Array | Int32Array;
      /** 1 where more means more risk whatever else a row holds, -1 less. */
      monotone?: number | undefined;
    }
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

/** Some of the rows. */
export function takeTrainRows({ columns, target, weights }: TrainRows, rows: Int32Array): TrainRows {
  return {
    rows: rows.length,
    columns: columns.map((column) => takeTrainColumn(column, rows)),
    target: Uint8Array.from(rows, (row) => target[row]),
    weights: weights && Float64Array.from(rows, (row) => weights[row]),
  };
}

function takeTrainColumn(column: TrainColumn, rows: Int32Array): TrainColumn {
  if (column.kind === 'category') return { ...column, codes: rows.map((row) => column.codes[row]) };
  const values = new (column.values.constructor as Float64ArrayConstructor)(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]];
  return { ...column, values };
}

/** Rows from .. to as a model takes them: row-major float64 [rows, columns], categories as codes, -1 of none. */
export function inputsOf(
  { rows, columns }: Pick<TrainRows, 'rows' | 'columns'>,
  from = 0,
  to = rows,
): Float64Array {
  const width = columns.length;
  const out = new Float64Array((to - from) * width);
  columns.forEach((column, j) => {
    const values = column.kind === 'number' ? column.values : column.codes;
    for (let i = from; i < to; i++) out[(i - from) * width + j] = values[i];
  });
  return out;
}
