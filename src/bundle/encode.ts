import { ScoredeskError } from '../core/errors';
import type { Table } from '../core/table/table';
import type { Manifest, ManifestColumn } from './schema';

/** A column as the model takes it. */
export interface ModelInput extends ManifestColumn {
  /** What a missing level is fed as: -1, or NaN where the model tells it from one that nobody knows. */
  gap: number;
}

/** The model's input columns in the order of its inputs. */
export function inputColumns({ model, columns }: Pick<Manifest, 'model' | 'columns'>): ModelInput[] {
  return model.inputs.flatMap((input) => inputsNamed(input.columns, columns, input.encode));
}

type Encode = Manifest['model']['inputs'][number]['encode'];

/** The columns of these names, as inputs. */
export function inputsNamed(
  names: readonly string[],
  columns: readonly ManifestColumn[],
  encode: Encode,
): ModelInput[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const gap = encode === 'level' || encode === 'string' ? NaN : -1;
  return names.map((name) => ({ ...(byName.get(name) as ManifestColumn), gap }));
}

/** Rows as the model takes them: row-major float64 [rows, width]. */
export interface Encoded {
  rows: number;
  width: number;
  values: Float64Array;
}

/** A bundle table's rows, or rows that were encoded before. */
export type ModelRows = Table | Encoded;

/**
 * The rows `from` .. `to` as the model takes them, of a bundle table or encoded before: row-major float64
 * [rows, inputs]; numbers as they are, categories as level codes, -1 for unknown levels, the input's `gap` for missing ones.
 * An id that the model uses as a feature is a number.
 *
 * @throws bundle-column-missing
 */
export function encodeInputs(
  columns: readonly ModelInput[],
  rows: ModelRows,
  from = 0,
  to = rows.rows,
): Float64Array {
  if (!('columns' in rows)) return rows.values.subarray(from * rows.width, to * rows.width);
  const width = columns.length;
  const out = new Float64Array((to - from) * width);
  columns.forEach((declared, j) => {
    const column = rows.columns.get(declared.name);
    if (!column)
      throw new ScoredeskError('bundle-column-missing', { path: rows.name, column: declared.name });
    if (column.kind === 'number') {
      for (let i = from; i < to; i++) out[(i - from) * width + j] = column.values[i];
      return;
    }
    if (declared.role === 'id') {
      for (let i = from; i < to; i++)
        out[(i - from) * width + j] = Number(column.dictionary[column.codes[i]]);
      return;
    }
    const known = declared.levels?.length ?? 0;
    for (let i = from; i < to; i++) {
      const code = column.codes[i];
      out[(i - from) * width + j] = code < 0 ? declared.gap : code < known ? code : -1;
    }
  });
  return out;
}

/** All rows of a bundle table, encoded once for whoever scores and explains them. @throws bundle-column-missing */
export const encoded = (columns: readonly ModelInput[], table: Table): Encoded => ({
  rows: table.rows,
  width: columns.length,
  values: encodeInputs(columns, table),
});
