import type { OpenTable } from '../core/table/open';
import { wholeTable } from '../core/table/source';
import { textColumn, type Column, type Table } from '../core/table/table';
import { keptAsWritten } from '../bundle/columns';
import { rowFindings, scoreFindings } from '../bundle/training/compare';
import { everyRow } from '../core/stats/evenRows';
import { batchParts, comparedPart, neededOf, partOf, type BatchPart } from '../engine/batch';
import { clientParts, clientRows, onlyIds, rowsFor, type ChosenRows } from '../engine/tables';
import type { Engine } from '../engine/engine';
import type { Background } from '../engine/explanations';
import { trainedOf } from '../engine/training';
import { requireFindings } from './findings';
import { count, errorLine, say, sayProgress } from './console';
import { openLargeTable, writeTableFile } from './files';

export interface RowOptions {
  data?: string;
  ids?: string;
  strict?: boolean;
  /** Rows with a problem are written here; without it the first of them is refused. */
  problems?: string;
}

export const PROBLEMS = [
  '--problems <file>',
  'keep rows of --data that can’t be read apart: here, with line and cause',
] as const;

/** Rows that a command works on, part after part. */
export interface ChosenParts {
  parts: AsyncIterable<BatchPart> | Iterable<BatchPart>;
  total: number;
  /** Scores of the only part, where they are known already. */
  scores: Float64Array | null;
  /** Where a row of the file stands in it. */
  lineOf: (row: number) => number;
  /** Records of a CSV that are no rows. */
  ragged: readonly { line: number; found: number }[];
}

/** Those of --data, else the bundle's clients; of them the --ids asked for. What is strange in a file is said first. */
export async function chooseParts(engine: Engine, options: RowOptions, scored = true): Promise<ChosenParts> {
  const { data, ids, problems } = options;
  const none = { scores: null, lineOf: (row: number) => row + 1, ragged: [] };
  if (ids !== undefined) {
    const rows = await chosenIds(engine, options, ids);
    return { parts: [{ rows, problems: [] }], total: rows.table.rows, ...none };
  }
  if (data === undefined) return { parts: clientParts(engine), total: engine.clients.count, ...none };
  const apart = problems !== undefined;
  const source = await openData(engine, data, apart);
  const compared = await comparedPart(engine, source);
  const first = partOf(engine, compared.table, { apart });
  const scores = await sayStrange(engine, first.rows, options, scored);
  if (!compared.whole)
    say(
      `Compared with the training by ${count(compared.table.rows)} of ${count(source.rows)} rows, from all of the file.`,
    );
  const known = compared.whole
    ? { parts: [first], scores }
    : { parts: batchParts(engine, source, { apart }), scores: null };
  return { ...known, total: source.rows, lineOf: source.lineOf ?? none.lineOf, ragged: source.ragged ?? [] };
}

async function chosenIds(engine: Engine, { data, strict }: RowOptions, ids: string): Promise<ChosenRows> {
  const wanted = ids.split(',').map((id) => id.trim());
  return onlyIds(
    data === undefined ? await clientRows(engine) : await readFileRows(engine, data, strict),
    wanted,
  );
}

/** Scores of the rows, if they are wanted. @throws unlike-training */
async function sayStrange(
  engine: Engine,
  rows: ChosenRows,
  options: RowOptions,
  scored: boolean,
): Promise<Float64Array | null> {
  const { table } = rows;
  requireFindings(rowFindings(trainedOf(engine), { table, id: engine.idColumn }), options.strict ?? false);
  if (!scored) return null;
  const scores = await engine.score(table, { progress: sayProgress });
  requireScores(engine, { ...rows, scores }, options);
  return scores;
}

async function openData(engine: Engine, path: string, apart: boolean): Promise<OpenTable> {
  const text = keptAsWritten(engine.manifest.columns, engine.idColumn);
  const progress = (done: number, total: number) => sayProgress({ done, total, unit: 'bytes' });
  return openLargeTable(path, { text, apart, progress });
}

/** What interventional values compare with: so many rows of the reference, or the rows of a file. */
export async function backgroundOf(engine: Engine, wanted: string): Promise<Background> {
  return /^[1-9]\d*$/.test(wanted) ? Number(wanted) : (await readFileRows(engine, wanted)).table;
}

/** A file's rows; what they hold that the training did not is said before they are used. @throws unlike-training */
async function readFileRows(engine: Engine, path: string, strict = false): Promise<ChosenRows> {
  const source = await openData(engine, path, false);
  const rows = rowsFor(engine, await wholeTable(source, await neededOf(engine, source)));
  requireFindings(rowFindings(trainedOf(engine), { table: rows.table, id: engine.idColumn }), strict);
  return rows;
}

/** Says what is strange in the scores of a file's rows. @throws unlike-training */
export function requireScores(
  engine: Engine,
  { table, scores, target }: { table: Table; scores: Float64Array; target: Int8Array | null },
  { strict = false }: RowOptions,
): void {
  const outcomes = target && Float64Array.from(target, (label) => (label < 0 ? NaN : label));
  const scored = { rows: everyRow(table.rows), probabilities: scores };
  requireFindings(
    scoreFindings(trainedOf(engine), { table, id: engine.idColumn, scores: scored, outcomes }),
    strict,
  );
}

/** Rows that were kept apart: more of them are no longer a few bad rows. */
const MOST_PROBLEMS = 1_000_000;

/**
 * Makes a table of each part, and gathers what was kept apart; writes that at the end, and says how much it is.
 * @throws the problem that is one too many
 */
export async function* partTables(
  { parts, lineOf, ragged, total }: ChosenParts,
  { problems: path }: RowOptions,
  make: (part: BatchPart, progress: (done: number) => void) => Promise<Table>,
): AsyncGenerator<Table> {
  const kept = ragged.map(({ line, found }) => ({ line, cause: `${found} cells` }));
  let before = 0;
  for await (const part of parts) {
    yield await make(part, (done) => sayProgress({ done: before + done, total, unit: 'rows' }));
    before += part.rows.table.rows + part.problems.length;
    for (const { row, error } of part.problems) {
      if (kept.length >= MOST_PROBLEMS) throw error;
      kept.push({ line: lineOf(row), cause: errorLine(error) });
    }
  }
  if (path === undefined) return;
  kept.sort((a, b) => a.line - b.line);
  await writeTableFile(path, problemTable(kept));
  say(
    `${count(kept.length)} of ${count(total + ragged.length)} rows could not be read and were kept apart: ${path}`,
  );
}

const problemTable = (kept: readonly { line: number; cause: string }[]): Table => ({
  name: 'problems',
  rows: kept.length,
  columns: new Map<string, Column>([
    ['line', { kind: 'number', values: Float64Array.from(kept, ({ line }) => line) }],
    ['cause', textColumn(kept.map(({ cause }) => cause))],
  ]),
});
