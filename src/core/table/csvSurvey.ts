import { ScoredeskError } from '../errors';
import { formOf, isMissingText, parseNumber, truthOf, type Decimal, type Form } from './numbers';
import { TextBuilder, type Column, type NumberColumn } from './table';

/** What the columns of a CSV are, learnt from all of its cells before any of them is read. */

/** What the first pass saw in a column. */
interface ColumnSurvey {
  name: string;
  asText: boolean;
  forms: Record<Form, number>;
  truths: number;
  ambiguous: string;
}

export interface Survey {
  rows: number;
  columns: ColumnSurvey[];
  /** What the number columns of the file show taken together. */
  evidence: { comma: boolean; dot: boolean; dotOrGroups: boolean };
  /** Its fields are divided as where commas are decimal marks and points divide thousands. */
  semicolons: boolean;
}

/** Looks at one record after the other. */
export class Surveyor {
  readonly #columns: ColumnSurvey[];
  #rows = 0;

  /** @param header its cells. @throws column-repeated */
  constructor(header: readonly string[], asText: ReadonlySet<string>, file: string) {
    this.#columns = headerOf(header, file).map((name) => newSurvey(name, asText.has(name)));
  }

  get width(): number {
    return this.#columns.length;
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param cells as many as the header has */
  look(cells: readonly string[]): void {
    this.#rows++;
    for (let j = 0; j < cells.length; j++) look(this.#columns[j], cells[j]);
  }

  /** @param semicolons fields are divided as where commas are decimal marks and points divide thousands */
  finish(semicolons: boolean): Survey {
    const numeric = this.#columns.filter(({ forms }) => forms.text === 0);
    const shows = (form: Form) => numeric.some(({ forms }) => forms[form] > 0);
    const evidence = { comma: shows('comma'), dot: shows('dot'), dotOrGroups: shows('dotOrGroups') };
    return { rows: this.#rows, columns: this.#columns, evidence, semicolons };
  }
}

/** What fills each column, for so many rows; by the survey of the whole file. @throws csv-ambiguous-decimal */
export const readersOf = (survey: Survey, file: string): ((rows: number) => Builder)[] =>
  survey.columns.map((column) => readerOf(column, survey, file));

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

export interface Builder {
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
