import { resamples, sampleRows } from '../numeric/random';
import type { Column } from '../table/table';
import { medianSize, type Chunks } from './chunks';
import type { Sides } from './column';
import type { ChunkValue } from './monitor';
import { isAlert, limitsOf } from './limits';
import type { Policy, Together } from './policy';
import { fitReconstruction, reconstructionError, rowErrors } from './reconstruction';
import { aligned, driftTypeOf } from './types';

const SAMPLES = 200;
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
  const own =
    from === 'samples'
      ? meansOfSamples(rowErrors(fit, reference, fitted), medianSize(chunks.current))
      : chunks.reference.map(({ rows }) => reconstructionError(fit, reference, rows));
  const limits = limitsOf(own, 0, null, true);
  return chunks.current.map(({ rows }) => {
    const value = reconstructionError(fit, current, rows);
    return { test: 'reconstruction_error', value, ...limits, alert: isAlert(value, limits) };
  });
}

/** Both sides' columns of one kind, as NannyML brings them together. */
async function columnsTogether(
  tables: Tables,
  names: readonly string[],
  { freeText }: Together,
): Promise<{ reference: Map<string, Column>; current: Map<string, Column> }> {
  const reference = new Map<string, Column>();
  const current = new Map<string, Column>();
  for (const name of names) {
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

function meansOfSamples(errors: Float64Array, size: number): number[] {
  return resamples(errors.length, size, SAMPLES, SEED).map((rows) =>
    rows.reduce((sum, row) => sum + errors[row] / rows.length, 0),
  );
}

const isTime = (column: Column): boolean => driftTypeOf(column, 'nannyml') === 'time';
