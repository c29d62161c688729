import { readCsv } from '../core/table/csv';
import { decodeText, findDelimiter } from '../core/table/dialect';
import type { TableFile } from './connector';

/** Of a file that its columns' names stand in. */
const HEAD_BYTES = 1 << 20;

/** The names of a CSV's columns, without the engine. @throws csv-empty … */
export async function describeCsv(file: Blob, path: string): Promise<TableFile> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const end = head.indexOf(10);
  const text = decodeText(end < 0 ? head : head.subarray(0, head.lastIndexOf(10) + 1), path);
  const first = end < 0 ? head : head.subarray(0, end + 1);
  return { path, columns: [...readCsv(first, path).columns.keys()], delimiter: findDelimiter(text) };
}
