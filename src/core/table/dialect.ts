import { ScoredeskError } from '../errors';

/** Strings above this many bytes do not fit a JavaScript engine's string; such a file belongs in Parquet. */
const MAX_CSV_BYTES = 400_000_000;

/**
 * The text of a CSV file: UTF-16 by its byte-order mark, else UTF-8, else Windows-1252 (what
 * spreadsheets call Latin-1; every byte is some character there).
 *
 * @throws csv-too-large, csv-line-long, csv-encoding (zero bytes: not a text file), csv-byte (one that is no UTF-8 in a file that is)
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  if (bytes.length > MAX_CSV_BYTES)
    throw new ScoredeskError('csv-too-large', { file, bytes: bytes.length, limit: MAX_CSV_BYTES });
  if (hasLongLine(bytes)) throw new ScoredeskError('csv-line-long', { file, limit: MAX_LINE_BYTES });
  const mark = (bytes[0] << 8) | bytes[1];
  if (mark === 0xfffe) return new TextDecoder('utf-16le').decode(bytes);
  if (mark === 0xfeff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.includes(0)) throw zeroByte(bytes, file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    if (hasOwnLetters(text)) throw spoiltByte(text, file);
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** No row of 20,000 columns has as many bytes: a longer line costs a parser many times its length. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const [LF, CR] = [10, 13];

function hasLongLine(bytes: Uint8Array): boolean {
  for (let from = 0; from + MAX_LINE_BYTES < bytes.length;) {
    const within = from + MAX_LINE_BYTES;
    const piece = bytes.subarray(from, within);
    const end = Math.max(piece.lastIndexOf(LF), piece.lastIndexOf(CR));
    if (end < 0) return true;
    from += end + 1;
  }
  return false;
}

/** One zero byte in a hundred is no text at all; fewer are told with the line of the first. */
export function zeroByte(bytes: Uint8Array, file: string, linesBefore = 0): ScoredeskError {
  const zeros = bytes.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  if (zeros > bytes.length / 100 && zeros > 1) return new ScoredeskError('csv-encoding', { file });
  return spoiltByte(new TextDecoder('utf-8').decode(bytes).replaceAll('\0', SPOILT), file, linesBefore);
}

const SPOILT = '\uFFFD';

/** Whether a text has letters that only UTF-8 writes in several bytes: then it is UTF-8, whatever else is in it. */
export const hasOwnLetters = (text: string): boolean => /[^\0-\x7F\uFFFD]/.test(text);

/** In a file of UTF-8, a byte that is none: told with its line, for nobody knows which letter it was. */
function spoiltByte(text: string, file: string, linesBefore = 0): ScoredeskError {
  const at = text.indexOf(SPOILT);
  const line = linesBefore + text.slice(0, at).split(/\r\n|\n|\r/).length;
  const around = text.slice(Math.max(0, at - 20), at + 20).split(/[\r\n]/);
  const cell = around.find((part) => part.includes(SPOILT)) ?? '';
  return new ScoredeskError('csv-byte', { file, line, value: cell });
}

const DELIMITERS = [',', ';', '\t', '|'];
const SAMPLE_LINES = 50;

/**
 * The delimiter that splits the first lines into the same number of fields, at least two; the one
 * with most fields when several do. A file without any is one column.
 */
export function findDelimiter(text: string): string {
  const lines = firstLines(text);
  let best = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => countOutsideQuotes(line, delimiter));
    const even = counts.every((count) => count === counts[0]);
    if (even && counts[0] > most) {
      most = counts[0];
      best = delimiter;
    }
  }
  if (most > 0) return best;
  // Uneven lines: the header decides, and the reader then names the line that does not fit.
  return DELIMITERS.reduce((a, b) =>
    countOutsideQuotes(lines[0] ?? '', b) > countOutsideQuotes(lines[0] ?? '', a) ? b : a,
  );
}

/** The first records, line breaks inside quotes kept. */
function firstLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length && lines.length < SAMPLE_LINES; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    if (quoted || (c !== '\n' && c !== '\r')) continue;
    if (i > start) lines.push(text.slice(start, i));
    start = i + 1;
  }
  if (lines.length < SAMPLE_LINES && start < text.length) lines.push(text.slice(start));
  return lines;
}

function countOutsideQuotes(line: string, delimiter: string): number {
  let count = 0;
  let quoted = false;
  for (const c of line) {
    if (c === '"') quoted = !quoted;
    else if (c === delimiter && !quoted) count++;
  }
  return count;
}
