import { sampleRows } from '../numeric/random';
import type { Column } from '../table/table';
import type { Chunks } from './chunks';
import type { Sides } from './column';
import type { ChunkValue } from './monitor';
import { isAlert, limitsOf } from './limits';
import { piecesOf, type Policy, type Together } from './policy';
import { fitReconstruction, reconstructionError, rowErrors } from './reconstruction';
import { aligned, driftTypeOf } from './types';

const SEED = 1;

interface Tables {
  reference: { rows: number };
  read(column: string): Promise<{ sides: Sides } | { reason: string }>;
}

/**
 * Reconstruction error of each chunk of the current rows, over the columns that the model sees.
 *
 * @param names columns taken together; those that can't be are left out
 * @returns a value a chunk; none where nothing can be taken together
 */
export async function reconstructionByChunk(
  tables: Tables,
  names: readonly string[],
  chunks: Chunks,
  { limits: from, together }: Policy & { together: Together },
): Promise<ChunkValue[]> {
  const { reference, current } = await columnsTogether(tables, names, together);
  const width = reference.size;
  if (width === 0 || width > together.mostColumns || tables.reference.rows < 2) return [];
  const mostRows = Math.floor(together.mostProducts / (width * width));
  const fitted = sampleRows(tables.reference.rows, mostRows, SEED);
  const fit = fitReconstruction(reference, fitted);
  const errors = from === 'samples' ? rowErrors(fit, reference, fitted) : null;
  const own = piecesOf(from, chunks, fitted.length).map((rows) =>
    errors ? meanAt(errors, rows) : reconstructionError(fit, reference, rows),
  );
  const limits = limitsOf(own, 0, null, true);
  return chunks.current.map(({ rows }) => {
    const value = reconstructionError(fit, current, rows);
    return { test: 'reconstruction_error', value, ...limits, alert: isAlert(value, limits) };
  });
}

/** Both sides' columns of one kind, as NannyML brings them together; no more are read once they are too many. */
async function columnsTogether(
  tables: Tables,
  names: readonly string[],
  { freeText, mostColumns }: Together,
): Promise<{ reference: Map<string, Column>; current: Map<string, Column> }> {
  const reference = new Map<string, Column>();
  const current = new Map<string, Column>();
  for (const name of names) {
    if (reference.size > mostColumns) break;
    const read = await tables.read(name);
    const [a, b] = 'sides' in read ? [read.sides.reference, read.sides.current] : [null, null];
    if (!a || !b || isTime(a) || isTime(b) || (!freeText && driftTypeOf(a, 'psi') === 'text')) continue;
    const [before, after] = aligned(a, b, 'nannyml');
    if (before.kind !== after.kind) continue;
    reference.set(name, before);
    current.set(name, after);
  }
  return { reference, current };
}

const meanAt = (values: Float64Array, rows: Int32Array): number =>
  rows.reduce((sum, row) => sum + values[row] / rows.length, 0);

const isTime = (column: Column): boolean => driftTypeOf(column, 'nannyml') === 'time';
