import type { ColumnDrift } from '../core/drift/column';
import type { ChunkReport, Comparison } from '../core/drift/compare';
import { datasetNoteText, noteText, qualityTexts } from './driftWords';

/**
 * A comparison as JSON: aggregates only. The keys of the contract, one entry a column and test; `stability`, `p`,
 * `adjusted`, `data` (what happened to the data, as a verdict) and `notes` (English sentences) beside them. What can't be computed is null.
 */
export function driftJson(comparison: Comparison): string {
  const { preset, reference, current, dataset, columns, chunks, calibrated, notes } = comparison;
  return `${JSON.stringify(
    {
      preset,
      reference,
      current,
      dataset,
      columns: columns.flatMap(columnEntries),
      ...(chunks.length ? { chunks: chunks.map(chunkEntry) } : {}),
      ...(calibrated === null ? {} : { calibrated }),
      ...(notes.length ? { notes: notes.map((note) => datasetNoteText('en', note)) } : {}),
    },
    (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? null : value),
    2,
  )}\n`;
}

function columnEntries(column: ColumnDrift): object[] {
  const { name, type, missing, stability, p, adjusted, byCountAlone, verdict, data } = column;
  const sentences = [...column.notes.map((note) => noteText('en', note)), ...qualityTexts('en', column)];
  const common = {
    missing,
    data,
    stability,
    p,
    adjusted,
    ...(byCountAlone ? { byCountAlone } : {}),
    ...(sentences.length ? { notes: sentences } : {}),
  };
  if (verdict === null)
    return [{ name, type, test: null, value: null, threshold: null, drifted: null, ...common }];
  return column.tests.map(({ test, value, threshold, drifted }) => ({
    name,
    type,
    test,
    value,
    threshold,
    drifted,
    verdict,
    ...common,
  }));
}

function chunkEntry({ index, start, end, rows, columns, metrics }: ChunkReport): object {
  return { index, start, end, rows, columns, metrics };
}
