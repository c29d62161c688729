import { everyRow } from '../core/stats/evenRows';
import { toErrorData } from '../core/errors';
import { openTable, type OpenTable } from '../core/table/open';
import { textColumn, type Column, type Table } from '../core/table/table';
import { csvPieces, filePieces, type TableFormat } from '../core/table/write';
import { keptAsWritten } from '../bundle/columns';
import type { PickedFile } from '../bundle/source';
import { rowFindings, scoreFindings } from '../bundle/training/compare';
import { worstFirst } from '../bundle/training/findings';
import {
  batchParts,
  BatchTally,
  comparedPart,
  partOf,
  requireSomeRows,
  withReasons,
  type BatchPart,
} from '../engine/batch';
import { scoreTable } from '../engine/tables';
import type { Engine } from '../engine/engine';
import type { Progress } from '../engine/runtime';
import { trainedOf } from '../engine/training';
import { AREAS, loadMessages } from '../i18n/areas';
import { errorText, plainSpaces, type Locale } from '../i18n/translate';
import type { BatchLook, BatchResult, KeptApart } from '../protocol/batch';
import type { OperationTask } from '../protocol/host';
import { rangesIn } from '../supply/own';
import type { Context } from './context';

/** A file of rows, scored whatever its size: looked at first, then scored part after part into files to be saved. */

interface BatchFile {
  fingerprint: string;
  file: PickedFile;
}

/** The file that was looked at last: its first walk is not done twice. */
let last: { file: File; fingerprint: string; source: OpenTable } | null = null;

async function opened(
  engine: Engine,
  { file: picked }: BatchFile,
  { signal, progress }: OperationTask<Progress>,
): Promise<OpenTable> {
  const { fingerprint } = engine;
  const { file, path } = picked;
  const name = path.split('/').at(-1) ?? path;
  const same =
    last?.fingerprint === fingerprint &&
    last.file.name === file.name &&
    last.file.size === file.size &&
    last.file.lastModified === file.lastModified;
  if (last && same) return last.source;
  const source = await openTable(rangesIn(picked), name, {
    text: keptAsWritten(engine.manifest.columns, engine.idColumn),
    apart: true,
    signal,
    progress: (done, total) => progress({ done, total, unit: 'bytes' }),
  });
  requireSomeRows(source);
  last = { file, fingerprint, source };
  return source;
}

/** What the rows of a file hold that the training did not: told before any score is shown. */
export async function batchLook(
  context: Context,
  asked: BatchFile,
  task: OperationTask<Progress>,
): Promise<BatchLook> {
  const engine = await context.engine(asked.fingerprint);
  const source = await opened(engine, asked, task);
  const compared = await comparedPart(engine, source);
  const { rows, problems } = partOf(engine, compared.table, { apart: true });
  const { table, target } = rows;
  const trained = trainedOf(engine);
  const probabilities = await engine.score(table, task);
  const outcomes = target && Float64Array.from(target, (label) => (label < 0 ? NaN : label));
  const found = [
    ...rowFindings(trained, { table, id: engine.idColumn }),
    ...scoreFindings(trained, {
      table,
      id: engine.idColumn,
      scores: { rows: everyRow(table.rows), probabilities },
      outcomes,
    }),
  ];
  return {
    rows: source.rows + (source.ragged?.length ?? 0),
    compared: compared.table.rows,
    apart: problems.length + (source.ragged?.length ?? 0),
    findings: worstFirst(found),
    reasons: engine.onnx.model !== null,
  };
}

/** Rows that are listed on the page; all of them are in the file. */
const SHOWN = 50;

/** Scores of a file's rows as a file, and those that were kept apart as another. @throws stopped */
export async function batchRun(
  context: Context,
  asked: BatchFile & { format: TableFormat; reasons: boolean; locale: Locale },
  task: OperationTask<Progress>,
): Promise<BatchResult> {
  const { format, reasons, locale } = asked;
  await loadMessages(locale, AREAS);
  const engine = await context.engine(asked.fingerprint);
  const source = await opened(engine, asked, task);
  const tally = new BatchTally();
  const apart: KeptApart[] = (source.ragged ?? []).map(({ line, found }) => ({
    line,
    error: { code: 'csv-ragged', params: { file: source.name, line, found, expected: source.width ?? 0 } },
  }));
  const ragged = apart.length;
  const tables = scoredTables(engine, source, { ...task, reasons }, (scores, { problems }) => {
    tally.add(engine, scores, problems.length);
    for (const { row, error } of problems)
      apart.push({ line: source.lineOf?.(row) ?? row + 1, error: toErrorData(error) });
  });
  const scores = await blobOf(filePieces(tables, format), TYPES[format]);
  apart.sort((a, b) => a.line - b.line);
  const { summary } = tally;
  return {
    summary: { ...summary, problems: summary.problems + ragged },
    scores,
    apart: apart.slice(0, SHOWN),
    apartFile: apart.length > 0 ? await blobOf(csvPieces(apartTable(apart, locale)), TYPES.csv) : null,
  };
}

const TYPES: Record<TableFormat, string> = {
  csv: 'text/csv',
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
};

async function* scoredTables(
  engine: Engine,
  source: OpenTable,
  { signal, progress, reasons }: OperationTask<Progress> & { reasons: boolean },
  scored: (scores: Float64Array, part: BatchPart) => void,
): AsyncGenerator<Table> {
  let before = 0;
  for await (const part of batchParts(engine, source, { apart: true, signal })) {
    const { table } = part.rows;
    const tell = ({ done }: Progress) => progress({ done: before + done, total: source.rows, unit: 'rows' });
    const scores = await engine.score(table, { signal, progress: tell });
    scored(scores, part);
    const out = scoreTable(engine, part.rows, scores);
    yield reasons ? withReasons(engine, out, await engine.explain(table, undefined, { signal })) : out;
    before += table.rows + part.problems.length;
    progress({ done: before, total: source.rows, unit: 'rows' });
  }
}

const BLOB_BYTES = 8_000_000;

/** Pieces as a file: the browser keeps blobs off the heap, and large ones on the disk. */
async function blobOf(
  pieces: Iterable<string> | AsyncIterable<string | Uint8Array>,
  type: string,
): Promise<Blob> {
  const blobs: Blob[] = [];
  let held: BlobPart[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece as BlobPart);
    size += piece.length;
    if (size < BLOB_BYTES) continue;
    blobs.push(new Blob(held));
    [held, size] = [[], 0];
  }
  return new Blob([...blobs, ...held], { type });
}

function apartTable(apart: readonly KeptApart[], locale: Locale): Table {
  const columns = new Map<string, Column>([
    ['line', { kind: 'number', values: Float64Array.from(apart, ({ line }) => line) }],
    [
      'cause',
      textColumn(apart.map(({ error }) => plainSpaces(errorText(locale, error)).replaceAll('\n', ' '))),
    ],
  ]);
  return { name: 'problems', rows: apart.length, columns };
}
