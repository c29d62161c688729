import { writeParquet } from '../core/table/parquetWrite';
import { sliceRows, type Column, type Table } from '../core/table/table';
import type { OnnxModel } from '../core/onnx/read';
import type { Manifest, ManifestColumn, PartName } from './schema';

/** The files of a packed bundle, and how the manifest speaks of them. */

/** Rows of one file: of more, a part is several files, each fetched, checked and kept by itself. */
const SHARD_ROWS = 250_000;

/** Writes one part's Parquet: declared columns, category codes where every value is a level, and the target. */
export function addPart(
  files: Map<string, Uint8Array>,
  data: Manifest['data'],
  name: PartName,
  table: Table,
  columns: readonly ManifestColumn[],
  target: string | undefined,
): void {
  const out = new Map<string, Column>();
  for (const declared of columns) {
    const column = table.columns.get(declared.name);
    if (!column || (declared.role === 'target' && declared.name !== target)) continue;
    if (TELLS.includes(declared.role ?? '') && isEmpty(column)) continue;
    out.set(declared.name, stored(column, declared));
  }
  const whole = { name, rows: table.rows, columns: out };
  const shards = Math.max(1, Math.ceil(table.rows / SHARD_ROWS));
  const written = Array.from({ length: shards }, (_, k) => {
    const path = shards === 1 ? `${name}.parquet` : `${name}-${k + 1}.parquet`;
    const own = sliceRows(whole, k * SHARD_ROWS, Math.min(table.rows, (k + 1) * SHARD_ROWS));
    files.set(path, writeParquet({ ...own, name: path }));
    return { path, rows: own.rows };
  });
  const id = columns.find((column) => column.role === 'id')?.name;
  data[name] = {
    files: written,
    ...(id && out.has(id) ? { id } : {}),
    ...(target && out.has(target) ? { target } : {}),
  };
}

/** Roles of columns that tell of a row only; one without any value tells nothing. */
const TELLS: readonly string[] = ['time', 'extra', 'name'];

const isEmpty = (column: Column): boolean =>
  column.kind === 'text' ? column.codes.every((code) => code < 0) : column.values.every(Number.isNaN);

function stored(column: Column, declared: ManifestColumn): Column {
  if (column.kind === 'number')
    return column.values instanceof Int32Array
      ? { kind: 'number', values: Float64Array.from(column.values) }
      : column;
  const levels = declared.type === 'category' ? declared.levels?.length : undefined;
  if (levels === undefined || column.dictionary.length > levels) return column;
  return { kind: 'number', values: column.codes };
}

/** Which columns feed which input of the graph, and in which form. */
export function inputSections(
  onnx: OnnxModel,
  features: readonly string[],
  columns: readonly ManifestColumn[],
): Manifest['model']['inputs'] {
  let first = 0;
  const categories = new Set(
    columns.filter((column) => column.type === 'category').map((column) => column.name),
  );
  return onnx.inputs.map(({ name, width, type }) => {
    const names = features.slice(first, (first += width));
    const code = onnx.exported ? 'level' : 'code';
    const coded = names.some((column) => categories.has(column)) ? code : 'number';
    return {
      name,
      columns: names,
      encode: type === 'string' ? ('string' as const) : coded,
    };
  });
}
