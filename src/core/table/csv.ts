import Papa from 'papaparse';
import { ScoredeskError } from '../errors';
import { decodeText, findDelimiter } from './dialect';
import { formOf, isMissingText, parseNumber, truthOf, type Decimal, type Form } from './numbers';
import { TextBuilder, type Column, type NumberColumn, type Table } from './table';

export interface CsvOptions {
  /** Columns to keep exactly as written: ids ("007" stays "007"), categories with declared levels. */
  text?: readonly string[] | undefined;
}

/**
 * Reads a CSV as people have it: any of `, ; tab |`, quotes, BOM, CRLF, Latin-1, decimal commas,
 * grouped thousands. Two passes: the first learns each column's kind, the second fills typed arrays.
 *
 * A first line `sep=;`, as Excel writes it, names the delimiter.
 *
 * @throws csv-empty, csv-too-large, csv-encoding, csv-quote, csv-ragged (with the line),
 *   csv-ambiguous-decimal (`1,234`, or `1.234` between semicolons, with nothing in the file to decide), column-repeated
 */
export function readCsv(bytes: Uint8Array, file: string, options: CsvOptions = {}): Table {
  const source = sourceOf(evenLines(decodeText(bytes, file).replace(/^\uFEFF/, '')), file);
  const survey = surveyOf(source, new Set(options.text));
  const readers = survey.columns.map((column) => readerOf(column, survey, file));
  const builders = readers.map((reader) => reader(survey.rows));
  eachRow(source, (cells, row) => {
    if (row > 0) for (let j = 0; j < builders.length; j++) builders[j].add(cells[j], row - 1);
  });
  const columns = new Map(
    survey.columns.map(({ name }, j): [string, Column] => [name, builders[j].finish()]),
  );
  return { name: file, rows: survey.rows, columns };
}

/** One kind of line end where a file mixes them: those who read by the first kind would take two lines for one. */
function evenLines(text: string): string {
  const alone = /\r(?!\n)/.test(text);
  const pairs = text.includes('\r\n');
  const feeds = /(^|[^\r])\n/.test(text);
  return Number(alone) + Number(pairs) + Number(feeds) > 1 ? text.replace(/\r\n?/g, '\n') : text;
}

interface Source {
  file: string;
  text: string;
  delimiter: string;
  /** Lines above the header. */
  above: number;
}

function sourceOf(text: string, file: string): Source {
  const named = /^"?sep=([,;|\t])"?\r?\n/i.exec(text);
  if (!named) return { file, text, delimiter: findDelimiter(text), above: 0 };
  return { file, text: text.slice(named[0].length), delimiter: named[1], above: 1 };
}

/** What the first pass saw in a column. */
interface ColumnSurvey {
  name: string;
  asText: boolean;
  forms: Record<Form, number>;
  truths: number;
  ambiguous: string;
}

interface Survey {
  rows: number;
  columns: ColumnSurvey[];
  /** What the number columns of the file show taken together. */
  evidence: { comma: boolean; dot: boolean; dotOrGroups: boolean };
  /** Its fields are divided as where commas are decimal marks and points divide thousands. */
  semicolons: boolean;
}

function surveyOf(source: Source, asText: ReadonlySet<string>): Survey {
  let columns: ColumnSurvey[] = [];
  let rows = 0;
  eachRow(source, (cells, row) => {
    if (row === 0) {
      columns = headerOf(cells, source.file).map((name) => newSurvey(name, asText.has(name)));
      return;
    }
    rows = row;
    if (cells.length !== columns.length)
      throw new ScoredeskError('csv-ragged', {
        file: source.file,
        line: row + 1 + source.above,
        found: cells.length,
        expected: columns.length,
      });
    for (let j = 0; j < cells.length; j++) look(columns[j], cells[j]);
  });
  if (columns.length === 0) throw new ScoredeskError('csv-empty', { file: source.file });
  const numeric = columns.filter(({ forms }) => forms.text === 0);
  const shows = (form: Form) => numeric.some(({ forms }) => forms[form] > 0);
  const evidence = { comma: shows('comma'), dot: shows('dot'), dotOrGroups: shows('dotOrGroups') };
  return { rows, columns, evidence, semicolons: source.delimiter === ';' };
}

function newSurvey(name: string, asText: boolean): ColumnSurvey {
  const forms = {
    missing: 0,
    integer: 0,
    dot: 0,
    dotOrGroups: 0,
    comma: 0,
    commaOrGroups: 0,
    spaced: 0,
    text: 0,
  };
  return { name, asText, forms, truths: 0, ambiguous: '' };
}

function look(column: ColumnSurvey, cell: string): void {
  if (column.asText) return;
  const trimmed = cell.trim();
  const form = formOf(trimmed);
  column.forms[form]++;
  if (form === 'text' && truthOf(trimmed) !== undefined) column.truths++;
  const either = form === 'commaOrGroups' || form === 'comma' || form === 'dotOrGroups';
  if (either && !column.ambiguous) column.ambiguous = trimmed;
}

/** Names as written, an empty one as pandas names it. @throws column-repeated */
function headerOf(cells: readonly string[], file: string): string[] {
  const names = cells.map((cell, j) => cell.trim() || `Unnamed: ${j}`);
  const repeated = firstRepeated(names);
  if (repeated !== undefined) throw new ScoredeskError('column-repeated', { file, column: repeated });
  return names;
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** Calls back with each record's cells; record 0 is the header. Blank lines are skipped. */
function eachRow(
  { file, text, delimiter, above }: Source,
  use: (cells: string[], row: number) => void,
): void {
  let row = 0;
  let failure: Error | null = null;
  // Strings are streamed by chunkSize too; the type package knows it for files only.
  const config: Papa.ParseConfig<string[]> &
    Pick<Papa.ParseLocalConfig<string[], File>, 'chunkSize' | 'chunk'> = {
    delimiter,
    skipEmptyLines: true,
    chunkSize: 4 * 1024 * 1024,
    chunk: ({ data, errors }, parser) => {
      try {
        const quote = errors.find(({ type }) => type === 'Quotes');
        if (quote) throw new ScoredeskError('csv-quote', { file, line: row + (quote.row ?? 0) + 1 + above });
        for (const cells of data) use(cells, row++);
      } catch (error) {
        failure = error as Error;
        parser.abort();
      }
    },
  };
  Papa.parse<string[]>(text, config);
  if (failure) throw failure as Error;
}

interface Builder {
  add(cell: string, row: number): void;
  finish(): Column;
}

function readerOf(column: ColumnSurvey, survey: Survey, file: string): (rows: number) => Builder {
  const { forms } = column;
  const filled = survey.rows - forms.missing;
  if (column.asText) return (rows) => textBuilder(rows, (cell) => cell);
  if (filled > 0 && column.truths === filled)
    return (rows) => numberBuilder(rows, (cell) => truthOf(cell) ?? NaN, 'truth');
  if (forms.text > 0)
    return (rows) => textBuilder(rows, (cell) => (isMissingText(cell.trim()) ? '' : cell.trim()));
  const decimal = decimalOf(column, survey, file);
  const whole = survey.rows > 0 && forms.integer === survey.rows;
  return (rows) => numberBuilder(rows, (cell) => parseNumber(cell, decimal), whole ? 'whole' : undefined);
}

/** The column's own evidence first, then the rest of the file's. */
function decimalOf(column: ColumnSurvey, survey: Survey, file: string): Decimal {
  const { forms } = column;
  if (forms.comma && !forms.dot) return ',';
  if (forms.dot && !forms.comma) return '.';
  const { comma, dot, dotOrGroups } = survey.evidence;
  const undecided = survey.semicolons && !comma && !dot;
  if (forms.dotOrGroups && !forms.commaOrGroups && !undecided) return comma && !dot ? ',' : '.';
  if (!forms.commaOrGroups && !forms.comma && !forms.dotOrGroups) return '.';
  if (!undecided && comma !== (dot || dotOrGroups)) return comma ? ',' : '.';
  throw new ScoredeskError('csv-ambiguous-decimal', { file, column: column.name, value: column.ambiguous });
}

function numberBuilder(
  rows: number,
  parse: (cell: string) => number,
  written?: NumberColumn['written'],
): Builder {
  const values = new Float64Array(rows);
  return {
    add: (cell, row) => (values[row] = parse(cell.trim())),
    finish: () => ({ kind: 'number', values, ...(written ? { written } : {}) }),
  };
}

function textBuilder(rows: number, read: (cell: string) => string): Builder {
  const builder = new TextBuilder(rows);
  return { add: (cell) => builder.add(read(cell)), finish: () => builder.finish() };
}
