import Papa from 'papaparse';
import { ScoredeskError } from '../errors';
import { decodeText, findDelimiter } from './dialect';
import { readersOf, Surveyor, type Survey } from './csvSurvey';
import type { Column, Table } from './table';

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
  const builders = readersOf(survey, file).map((reader) => reader(survey.rows));
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

/** A first line `sep=;`, as Excel writes it. */
export const namedDelimiter = (text: string): RegExpExecArray | null => /^"?sep=([,;|\t])"?\r?\n/i.exec(text);

function sourceOf(text: string, file: string): Source {
  const named = namedDelimiter(text);
  if (!named) return { file, text, delimiter: findDelimiter(text), above: 0 };
  return { file, text: text.slice(named[0].length), delimiter: named[1], above: 1 };
}

function surveyOf(source: Source, asText: ReadonlySet<string>): Survey {
  let surveyor: Surveyor | null = null;
  eachRow(source, (cells, row) => {
    if (!surveyor) {
      surveyor = new Surveyor(cells, asText, source.file);
      return;
    }
    if (cells.length !== surveyor.width)
      throw new ScoredeskError('csv-ragged', {
        file: source.file,
        line: row + 1 + source.above,
        found: cells.length,
        expected: surveyor.width,
      });
    surveyor.look(cells);
  });
  // What a callback has set is not seen by the type checker.
  const found = surveyor as Surveyor | null;
  if (!found) throw new ScoredeskError('csv-empty', { file: source.file });
  return found.finish(source.delimiter === ';');
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
