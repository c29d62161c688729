import { parquetSchema, type FileMetaData, type SchemaElement } from 'hyparquet';
import { ScoredeskError } from '../errors';
import type { Chunk } from './parquetPages';
import { meaningsOf, type Meaning } from './parquetTypes';

/** What a Parquet file says of its columns, before any of them is read. */

const MAX_ROWS = 20_000_000;
const MAX_COLUMNS = 20_000;
/** 8 GB of numbers: no table that anybody scores here has more, and a claim of more costs an attacker nothing. */
const MAX_CELLS = 1e9;

/** A column as a file of its own: reading a block of it then costs what the block does, however wide the table is. */
export interface OwnColumn {
  element: SchemaElement;
  nested: boolean;
  meaning: Meaning;
  metadata: FileMetaData;
  /** Its part of each row group. */
  chunks: readonly Chunk[];
}

/** Claims of a size that no file of ours has are damage or an attack. */
export function checkedMetadata(metadata: FileMetaData): FileMetaData {
  const rows = Number(metadata.num_rows);
  if (!Array.isArray(metadata.row_groups) || !(rows >= 0)) throw new Error('no row count');
  const grouped = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (grouped !== rows) throw new Error(`${rows} rows, row groups hold ${grouped}`);
  if (rows > MAX_ROWS) throw new Error(`${rows} rows, at most ${MAX_ROWS}`);
  // Some writers give a decimal its newer name alone, which hyparquet does not read.
  for (const element of metadata.schema)
    if (element.logical_type?.type === 'DECIMAL') element.converted_type ??= 'DECIMAL';
  for (const group of metadata.row_groups)
    for (const { meta_data } of group.columns)
      if (meta_data && Number(meta_data.num_values) > MAX_ROWS)
        throw new Error(`${meta_data.num_values} values`);
  return metadata;
}

/** Names of the columns, in file order. @throws column-repeated, parquet-type for a nested one unless `lenient` */
export function columnNames(metadata: FileMetaData, file: string, lenient = false): string[] {
  const { children } = parquetSchema(metadata);
  if (children.length * Number(metadata.num_rows) > MAX_CELLS)
    throw new Error(`${children.length} columns of ${metadata.num_rows} rows`);
  if (children.length > MAX_COLUMNS) throw new Error(`${children.length} columns, at most ${MAX_COLUMNS}`);
  const names = new Set<string>();
  for (const { element, children: nested } of children) {
    if (nested.length && !lenient)
      throw new ScoredeskError('parquet-type', { file, column: element.name, found: 'nested' });
    if (names.has(element.name)) throw new ScoredeskError('column-repeated', { file, column: element.name });
    names.add(element.name);
  }
  return [...names];
}

/** First rows of the row groups that hold any. */
export function groupStarts({ row_groups: groups }: FileMetaData): number[] {
  const starts = [0];
  for (const { num_rows: rows } of groups) starts.push(starts[starts.length - 1] + Number(rows));
  return [
    0,
    ...new Set(starts.slice(1, -1).filter((start) => start > 0 && start < starts[starts.length - 1])),
  ];
}

/** Every column by its name. */
export function ownColumns(metadata: FileMetaData): ReadonlyMap<string, OwnColumn> {
  const meanings = meaningsOf(metadata);
  const [root] = metadata.schema;
  const partsOf = new Map<string, FileMetaData['row_groups']>();
  for (const group of metadata.row_groups)
    for (const column of group.columns) {
      const name = column.meta_data?.path_in_schema[0] ?? '';
      const own = partsOf.get(name) ?? [];
      own.push({ ...group, columns: [column] });
      partsOf.set(name, own);
    }
  return new Map(
    parquetSchema(metadata).children.map(({ element, children }) => {
      const groups = partsOf.get(element.name) ?? [];
      const chunks = groups.flatMap(({ columns, num_rows: rows }) =>
        columns.flatMap(({ meta_data: meta }) => (meta ? [{ meta, element, rows: Number(rows) }] : [])),
      );
      const own = { ...metadata, schema: [{ ...root, num_children: 1 }, element], row_groups: groups };
      return [
        element.name,
        { element, nested: children.length > 0, meaning: meanings(element), metadata: own, chunks },
      ] as const;
    }),
  );
}
