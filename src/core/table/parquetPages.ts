import type { ColumnMetaData, PageHeader, SchemaElement } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { ByteRanges } from './ranges';

/**
 * What a column's pages claim, held to what the file says of its rows before anything is unpacked: hyparquet writes a run
 * of as many values as the run claims, past the array that it fills, so that some bytes fill gigabytes.
 */

/** No page that a writer makes unpacks to more than this; a larger claim is damage or an attack. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;

/** A column's bytes in one row group. */
export interface Chunk {
  meta: ColumnMetaData;
  element: SchemaElement;
  rows: number;
}

/** Runs that a page's bytes hold: of levels, of codes of a dictionary. */
interface Packed {
  values: number;
  /** Bits of a repetition and a definition level; 0 where there is none. */
  levels: readonly number[];
  /** Codes of a dictionary, or truth values, behind the levels. */
  runs: 'codes' | 'truth' | 'none';
  /** Of a page of version 2: codes of no bits are read as runs there. */
  second: boolean;
}

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/**
 * The bytes of some chunks, each looked at when it is first read; and decompressors that look at what is in each page.
 * All of them throw where a claim is not kept.
 */
export function guarded(
  bytes: ByteRanges,
  chunks: readonly Chunk[],
  codecs: Readonly<Record<string, Decompress>>,
) {
  const pages = new WeakMap<ArrayBufferLike, Map<number, Packed>>();
  const ranges = chunks.map((chunk) => ({ chunk, ...rangeOf(chunk) }));
  const checked = async (from: number, to = bytes.byteLength): Promise<ArrayBuffer> => {
    const found = ranges.find(({ start, end }) => from === start && to === end);
    if (!found) throw new Error('a column that lies elsewhere than it says');
    const buffer = await bytes.slice(from, to);
    pages.set(buffer, pagesOf(buffer, found.chunk));
    return buffer;
  };
  const slice = (from: number, to?: number): Promise<ArrayBuffer> => {
    const wanted = checked(from, to);
    // hyparquet asks for all chunks at once and stops at the first that fails: nobody is left to hear of the others.
    wanted.catch(() => undefined);
    return wanted;
  };
  const decompress =
    (codec: Decompress): Decompress =>
    (input, length) => {
      if (!(length >= 0 && length <= MAX_PAGE_BYTES)) throw new Error(`a page of ${length} bytes`);
      const packed = pages.get(input.buffer)?.get(input.byteOffset);
      const page = codec(input, length);
      if (packed) checkRuns(page, packed);
      return page;
    };
  return {
    file: { byteLength: bytes.byteLength, slice },
    compressors: Object.fromEntries(Object.entries(codecs).map(([name, codec]) => [name, decompress(codec)])),
  };
}

/** As hyparquet reads it: from the dictionary on, where there is one. */
function rangeOf({ meta }: Chunk): { start: number; end: number } {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  return { start, end: start + Number(meta.total_compressed_size) };
}

/** The packed pages by where their bytes begin. Pages that are not compressed are looked at here. */
function pagesOf(buffer: ArrayBuffer, { meta, element, rows }: Chunk): Map<number, Packed> {
  const reader = { view: new DataView(buffer), offset: 0 };
  const found = new Map<number, Packed>();
  let left = rows;
  while (left > 0 && reader.offset < buffer.byteLength - 1) {
    const header = parquetHeader(reader);
    const from = reader.offset;
    reader.offset += header.compressed_page_size;
    if (!(header.compressed_page_size >= 0 && reader.offset <= buffer.byteLength))
      throw new Error(`a page of ${header.compressed_page_size} bytes`);
    const data = header.data_page_header ?? header.data_page_header_v2;
    if (header.type === 'DICTIONARY_PAGE' || !data) continue;
    if (!(data.num_values >= 0 && data.num_values <= left))
      throw new Error(`a page of ${data.num_values} values for ${left} rows`);
    left -= data.num_values;
    const bytes = new Uint8Array(buffer, from, header.compressed_page_size);
    const { at, packed, plain } = packedOf(header, element, bytes);
    if (meta.codec === 'UNCOMPRESSED' || plain) checkRuns(bytes.subarray(at), packed);
    else found.set(from + at, packed);
  }
  return found;
}

/** Where a page's packed bytes begin, what they hold, and whether they are not compressed. Levels of a page of version 2 never are. */
function packedOf(
  { data_page_header: first, data_page_header_v2: second }: PageHeader,
  { type, repetition_type: repetition }: SchemaElement,
  bytes: Uint8Array,
): { at: number; packed: Packed; plain: boolean } {
  const encoding = (first ?? second)?.encoding;
  // Truth values alone are packed without a dictionary; a dictionary of them is nobody's.
  if (
    (encoding === 'RLE') !== (type === 'BOOLEAN') &&
    (encoding === 'RLE' || encoding?.endsWith('DICTIONARY'))
  )
    throw new Error(`${type} in ${encoding}`);
  const truth = encoding === 'RLE';
  const runs = truth ? 'truth' : encoding?.endsWith('DICTIONARY') ? 'codes' : 'none';
  const levels = [repetition === 'REPEATED' ? 1 : 0, repetition === 'REQUIRED' ? 0 : 1];
  if (!second)
    return { at: 0, packed: { values: first?.num_values ?? 0, levels, runs, second: false }, plain: false };
  const { num_values: values, num_nulls: nulls } = second;
  const lengths = [second.repetition_levels_byte_length, second.definition_levels_byte_length];
  let at = 0;
  if (!(nulls >= 0 && nulls <= values)) throw new Error(`${nulls} gaps of ${values} values`);
  lengths.forEach((length, i) => {
    if (!(length >= 0 && at + length <= bytes.length)) throw new Error(`levels of ${length} bytes`);
    if (levels[i]) checkHybrid(bytes, at, at + length, levels[i], values);
    at += length;
  });
  return {
    at,
    packed: { values: values - nulls, levels: [], runs, second: true },
    plain: second.is_compressed === false,
  };
}

function checkRuns(page: Uint8Array, { values, levels, runs, second }: Packed): void {
  let at = 0;
  for (const width of levels) {
    if (width === 0) continue;
    const length = lengthAt(page, at);
    checkHybrid(page, at + 4, at + 4 + length, width, values);
    at += 4 + length;
  }
  // Missing values have no code: at most as many runs fill what is left.
  if (runs === 'truth') checkHybrid(page, at + 4, page.length, 1, values);
  if (runs !== 'codes' || values === 0) return;
  if (page[at] > 32) throw new Error(`codes of ${page[at]} bits`);
  if (page[at] > 0 || second) checkHybrid(page, at + 1, page.length, page[at], values);
}

function lengthAt(page: Uint8Array, at: number): number {
  return new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true);
}

/** Runs of one value and of packed bits (Parquet's RLE/bit-packing hybrid) together make at most so many values. */
function checkHybrid(page: Uint8Array, from: number, to: number, width: number, values: number): void {
  const bytes = (width + 7) >> 3;
  let seen = 0;
  if (to > page.length) throw new Error('runs longer than their page');
  for (let at = from; seen < values;) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      // Missing values have no run of their own: fewer may be there.
      if (at >= to) return;
      const byte = page[at++];
      header |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift > 28) throw new Error('a run whose length is no number');
    }
    const count = header >>> 1;
    // Packed codes of no bits take no bytes: what is read of them is bounded by their number alone.
    if (header & 1 && width === 0 && 8 * count > values - seen + 7)
      throw new Error(`${8 * count} codes of no bits where ${values - seen} are left`);
    // hyparquet takes a byte of packed codes even where there are none.
    if (header & 1) at += Math.max(1, count * width);
    else if (count > values - seen)
      throw new Error(`a run of ${count} values where ${values - seen} are left`);
    else at += bytes;
    // The last packed group is filled up.
    seen += header & 1 ? Math.min(8 * count, values - seen) : count;
  }
}
