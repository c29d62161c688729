import Papa from 'papaparse';
import { checkStopped, ScoredeskError } from '../errors';
import { namedDelimiter, type CsvOptions } from './csv';
import { readersOf, Surveyor, type Survey } from './csvSurvey';
import { findDelimiter, hasOwnLetters, MAX_LINE_BYTES, zeroByte } from './dialect';
import type { ByteRanges } from './ranges';
import type { RowRange, TableSource } from './source';
import { concatColumns, type Column } from './table';

/** A record that has another number of cells than the header: no row. */
export interface Ragged {
  line: number;
  found: number;
}

/** A CSV of any size: read twice from its beginning to its end, a block of it in memory at a time. */
export interface CsvBlocks extends TableSource {
  ragged: readonly Ragged[];
  /** Cells that the header has. */
  width: number;
  /** The line of a row, where records are lines and none is blank. */
  lineOf(row: number): number;
}

export interface CsvBlocksOptions extends CsvOptions {
  /** Records of another number of cells are left out and told; else the first of them is refused. */
  apart?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes of the file, during the first walk over it. */
  progress?: ((done: number, total: number) => void) | undefined;
  /** Bytes of a block. */
  block?: number | undefined;
}

const BLOCK_BYTES = 4 * 1024 * 1024;
/** A file of more such records is not what it is taken for. */
const MOST_RAGGED = 10_000;

/** How the bytes are read; found out on the way. */
interface Dialect {
  encoding: 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';
  /** Of the records; `mixed` where the file has several: all of them end one. */
  newline: '\n' | '\r\n' | '\r' | 'mixed' | null;
}

/** The walk has to begin again in another dialect. */
class Otherwise extends Error {
  readonly dialect: Dialect;
  constructor(dialect: Dialect) {
    super();
    this.dialect = dialect;
  }
}

/**
 * Opens a CSV whatever its size. Kinds of columns, delimiter, encoding and line ends are found as `readCsv` finds them; a
 * walk over all of the file comes first.
 *
 * @throws as `readCsv`, but for csv-too-large; stopped
 */
export async function openCsv(
  bytes: ByteRanges,
  file: string,
  options: CsvBlocksOptions = {},
): Promise<CsvBlocks> {
  const head = new Uint8Array(await bytes.slice(0, 3));
  let dialect: Dialect = { encoding: markedEncoding(head) ?? 'utf-8', newline: null };
  for (;;) {
    const walk = new Walk({ bytes, file, options, dialect, start: markLength(head) });
    try {
      await walk.survey();
      return walk.source();
    } catch (error) {
      if (!(error instanceof Otherwise)) throw error;
      dialect = error.dialect;
    }
  }
}

const markedEncoding = ([a, b]: Uint8Array): Dialect['encoding'] | null =>
  a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : null;

const markLength = (head: Uint8Array): number =>
  markedEncoding(head) ? 2 : head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;

interface Walked {
  bytes: ByteRanges;
  file: string;
  options: CsvBlocksOptions;
  dialect: Dialect;
  /** Bytes of a byte-order mark. */
  start: number;
}

class Walk {
  readonly #walked: Walked;
  readonly #decoder: TextDecoder;
  /** Where each block begins, in bytes, and the end. */
  readonly #offsets: number[] = [];
  /** First row of each block. */
  readonly #firstRows: number[] = [];
  readonly #ragged: Ragged[] = [];
  #surveyor: Surveyor | null = null;
  #delimiter = '';
  /** Lines read, with what stands above the header. */
  #lines = 0;
  #ownLetters = false;
  /** A carriage return at the end of the last piece: the rest of a line end may follow. */
  #half = '';

  constructor(walked: Walked) {
    this.#walked = walked;
    this.#decoder = decoderOf(walked.dialect);
  }

  /** From the beginning to the end: where records end, and what the columns hold. */
  async survey(): Promise<void> {
    const { bytes, file, options, start } = this.#walked;
    const { block = BLOCK_BYTES, progress, signal } = options;
    const size = bytes.byteLength;
    let carry = '';
    let from = start;
    for (let at = start; at < size; at += block) {
      checkStopped(signal);
      const piece = new Uint8Array(await bytes.slice(at, Math.min(size, at + block)));
      const last = at + block >= size;
      carry += await this.#decode(piece, at, last);
      const taken = this.#take(carry, from, last);
      from += taken.bytes;
      carry = carry.slice(taken.chars);
      if (carry.length > MAX_LINE_BYTES)
        throw new ScoredeskError('csv-line-long', { file, limit: MAX_LINE_BYTES });
      progress?.(Math.min(size, at + block), size);
    }
    this.#offsets.push(from);
    if (!this.#surveyor) throw new ScoredeskError('csv-empty', { file });
  }

  /** @throws Otherwise; csv-encoding, csv-byte */
  async #decode(piece: Uint8Array, at: number, last: boolean): Promise<string> {
    const { dialect, file } = this.#walked;
    if (!dialect.encoding.startsWith('utf-16') && piece.includes(0)) throw zeroByte(piece, file, this.#lines);
    let text: string;
    try {
      text = this.#decoder.decode(piece, { stream: !last });
    } catch {
      return this.#otherEncoding(at);
    }
    this.#ownLetters ||= dialect.encoding === 'utf-8' && hasOwnLetters(text);
    this.#checkNewlines(this.#half + text);
    this.#half = text.endsWith('\r') ? '\r' : '';
    return text;
  }

  /** Bytes that are no UTF-8: the file is Windows-1252, unless letters elsewhere in it are UTF-8. */
  async #otherEncoding(at: number): Promise<never> {
    const { bytes, dialect, options, file } = this.#walked;
    const { block = BLOCK_BYTES } = options;
    const loose = new TextDecoder('utf-8');
    let spoilt: ScoredeskError | null = null;
    for (let from = at; from < bytes.byteLength; from += block) {
      const text = loose.decode(await bytes.slice(from, Math.min(bytes.byteLength, from + block)), {
        stream: true,
      });
      this.#ownLetters ||= hasOwnLetters(text);
      if (!spoilt && text.includes('\ufffd')) spoilt = csvByte(text, file, this.#lines);
      if (this.#ownLetters && spoilt) throw spoilt;
    }
    throw new Otherwise({ ...dialect, encoding: 'windows-1252' });
  }

  /** @throws Otherwise where the first line ends are known, or others come */
  #checkNewlines(text: string): void {
    const { dialect } = this.#walked;
    if (dialect.newline === 'mixed') return;
    const kinds = newlinesIn(text);
    const known = dialect.newline ?? kinds[0];
    if (known === undefined) return;
    if (kinds.some((kind) => kind !== known)) throw new Otherwise({ ...dialect, newline: 'mixed' });
    if (dialect.newline === null) throw new Otherwise({ ...dialect, newline: known });
  }

  /** Takes all records that are whole; the last one may go on in the next piece. */
  #take(text: string, from: number, last: boolean): { chars: number; bytes: number } {
    const { file } = this.#walked;
    if (!this.#surveyor) {
      const named = namedDelimiter(text);
      this.#delimiter = named?.[1] ?? findDelimiter(text);
      if (named) {
        this.#lines = 1;
        const rest = this.#take(text.slice(named[0].length), from + this.#bytesOf(named[0]), last);
        return { chars: rest.chars + named[0].length, bytes: rest.bytes + this.#bytesOf(named[0]) };
      }
    }
    const { records, chars } = this.#parse(text, last);
    if (records.length === 0 && !last) return { chars: 0, bytes: 0 };
    this.#offsets.push(from);
    this.#firstRows.push(this.#surveyor?.rows ?? 0);
    for (const cells of records) {
      this.#lines++;
      if (!this.#surveyor) this.#surveyor = new Surveyor(cells, new Set(this.#walked.options.text), file);
      else if (cells.length === this.#surveyor.width) this.#surveyor.look(cells);
      else this.#leaveOut(cells.length, this.#surveyor.width);
    }
    return { chars, bytes: this.#bytesOf(text.slice(0, chars)) };
  }

  #leaveOut(found: number, expected: number): void {
    const { file, options } = this.#walked;
    if (!options.apart || this.#ragged.length >= MOST_RAGGED)
      throw new ScoredeskError('csv-ragged', { file, line: this.#lines, found, expected });
    this.#ragged.push({ line: this.#lines, found });
  }

  /** Records of a text, blank ones left out, and the characters that they take. @throws csv-quote */
  #parse(text: string, whole: boolean): { records: string[][]; chars: number } {
    const { dialect, file } = this.#walked;
    const { newline } = dialect;
    // Of a mixed file each line end becomes one character, and is counted as what it was afterwards.
    const even = newline === 'mixed' ? text.replace(/\r\n?/g, '\n') : text;
    const parser = new Papa.Parser({
      delimiter: this.#delimiter,
      newline: newline === 'mixed' || newline === null ? '\n' : newline,
    });
    const { data, errors, meta } = parser.parse(even, 0, !whole) as Papa.ParseResult<string[]>;
    const quote = errors.find(({ type }) => type === 'Quotes');
    if (quote) throw new ScoredeskError('csv-quote', { file, line: this.#lines + (quote.row ?? 0) + 1 });
    const chars = newline === 'mixed' ? unevened(text, meta.cursor) : meta.cursor;
    return { records: data.filter((cells) => cells.length > 1 || cells[0] !== ''), chars };
  }

  #bytesOf(text: string): number {
    const { encoding } = this.#walked.dialect;
    if (encoding === 'windows-1252') return text.length;
    return encoding === 'utf-8' ? utf8Length(text) : 2 * text.length;
  }

  source(): CsvBlocks {
    const { file } = this.#walked;
    const survey = (this.#surveyor as Surveyor).finish(this.#delimiter === ';');
    const places = this.#firstRows
      .map((row, b) => ({
        row,
        end: this.#firstRows[b + 1] ?? survey.rows,
        from: this.#offsets[b],
        to: this.#offsets[b + 1],
        header: b === 0,
      }))
      .filter(({ row, end }) => end > row);
    const readAll = this.#reader(survey, places);
    const names = survey.columns.map(({ name }) => name);
    const ragged = this.#ragged;
    const above = this.#lines - survey.rows - ragged.length - 1;
    return {
      name: file,
      rows: survey.rows,
      names,
      width: names.length,
      blocks: [0, ...places.slice(1).map(({ row }) => row)],
      ragged,
      lineOf: (row) => ragged.reduce((line, left) => (left.line <= line ? line + 1 : line), row + 2 + above),
      readAll,
      read: async (name, range = { from: 0, to: survey.rows }) =>
        names.includes(name) ? (await readAll([name], range))[0] : null,
    };
  }

  /** Columns of some rows: each block that holds some is read once; the cells of the last one are kept. */
  #reader(survey: Survey, places: readonly BlockPlace[]) {
    const { bytes, dialect, file } = this.#walked;
    const readers = new Map(
      readersOf(survey, file).map((reader, j) => [survey.columns[j].name, { reader, j }]),
    );
    let kept: { place: BlockPlace; records: Promise<string[][]> } | null = null;
    const recordsOf = async ({ from, to, header }: BlockPlace): Promise<string[][]> => {
      const { records } = this.#parse(decoderOf(dialect).decode(await bytes.slice(from, to)), true);
      return records.slice(header ? 1 : 0).filter((cells) => cells.length === readers.size);
    };
    return async (names: readonly string[], { from, to }: RowRange): Promise<Column[]> => {
      const wanted = names.flatMap((name) => readers.get(name) ?? []);
      const parts: Column[][] = wanted.map(() => []);
      for (const place of places) {
        if (place.end <= from || place.row >= to) continue;
        if (kept?.place !== place) kept = { place, records: recordsOf(place) };
        const records = await kept.records;
        const own = records.slice(Math.max(0, from - place.row), Math.min(place.end, to) - place.row);
        wanted.forEach(({ reader, j }, k) => {
          const builder = reader(own.length);
          own.forEach((cells, row) => builder.add(cells[j], row));
          parts[k].push(builder.finish());
        });
      }
      return parts.map((columns, k) =>
        columns.length > 0 ? concatColumns(columns) : wanted[k].reader(0).finish(),
      );
    };
  }
}

/** A block: its rows, and where its bytes lie. */
interface BlockPlace {
  row: number;
  end: number;
  from: number;
  to: number;
  /** Its first record is the header. */
  header: boolean;
}

const decoderOf = ({ encoding }: Dialect): TextDecoder =>
  new TextDecoder(encoding, { fatal: encoding === 'utf-8' });

const csvByte = (text: string, file: string, lines: number): ScoredeskError =>
  zeroByte(new TextEncoder().encode(text.replaceAll('\ufffd', '\0')), file, lines);

/** Kinds of line ends in a text, its first one first; a carriage return at its end may be half of one. */
function newlinesIn(text: string): ('\n' | '\r\n' | '\r')[] {
  const found: ('\n' | '\r\n' | '\r')[] = [];
  const alone = text.search(/\r(?!\n)(?=[^])/);
  const pair = text.indexOf('\r\n');
  const feed = text.search(/(?<!\r)\n/);
  for (const [at, kind] of [
    [alone, '\r'],
    [pair, '\r\n'],
    [feed, '\n'],
  ] as const)
    if (at >= 0) found.push(kind);
  return found;
}

/** Characters of a text that became so many when its line ends were made one character each. */
function unevened(text: string, evened: number): number {
  let at = 0;
  for (let left = evened; left > 0; left--) at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
  return at;
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Of a surrogate pair each half counts for two bytes.
    if (unit > 0x7f) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
