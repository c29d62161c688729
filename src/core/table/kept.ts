import { blocksOf, type RowRange, type TableSource } from './source';
import { concatColumns, sliceColumn, takeColumn, type Column } from './table';

/** A table of which whole columns and blocks of columns that were read last are kept. */
export class KeptColumns implements TableSource {
  readonly name: string;
  readonly rows: number;
  readonly names: readonly string[];
  readonly blocks: readonly number[];
  readonly #source: TableSource;
  readonly #most: number;
  readonly #ranges: readonly RowRange[];
  readonly #kept = new Map<string, { column: Promise<Column | null>; bytes: number }>();
  #bytes = 0;

  /** @param most bytes that are kept; a column in use may be larger */
  constructor(source: TableSource, most: number) {
    this.#source = source;
    this.#most = most;
    this.#ranges = blocksOf(source);
    ({ name: this.name, rows: this.rows, names: this.names, blocks: this.blocks } = source);
  }

  read(name: string, range?: RowRange): Promise<Column | null> {
    return range ? this.#slice(name, range) : this.#keep(name, () => this.#source.read(name));
  }

  async #slice(name: string, { from, to }: RowRange): Promise<Column | null> {
    const whole = this.#known(name);
    if (whole) return cut(await whole, from, to);
    const parts: Column[] = [];
    for (const block of this.#ranges) {
      if (block.to <= from || block.from >= to) continue;
      const column = await this.#block(name, block);
      if (!column) return null;
      const [first, last] = [Math.max(from, block.from), Math.min(to, block.to)];
      parts.push(sliceColumn(column, first - block.from, last - block.from));
    }
    return parts.length > 0 ? concatColumns(parts) : cut(await this.read(name), from, to);
  }

  /** The rows at `positions`, in that order: only the blocks that hold some are read. */
  async take(name: string, positions: Int32Array): Promise<Column | null> {
    if (isRange(positions))
      return this.#slice(name, { from: positions[0], to: positions[0] + positions.length });
    const whole = this.#known(name);
    const touched = whole ? [] : this.#ranges.filter(holdsAny(positions));
    if (touched.length === 0) {
      const column = await (whole ?? this.read(name));
      return column && takeColumn(column, positions);
    }
    const parts: Column[] = [];
    const places = new Int32Array(positions.length);
    let taken = 0;
    for (const { from, to } of touched) {
      const column = await this.#block(name, { from, to });
      if (!column) return null;
      const own = new Int32Array(positions.length);
      let count = 0;
      for (let i = 0; i < positions.length; i++) {
        const row = positions[i] - from;
        if (row < 0 || row >= to - from) continue;
        own[count] = row;
        places[i] = taken + count++;
      }
      parts.push(takeColumn(column, own.subarray(0, count)));
      taken += count;
    }
    return takeColumn(concatColumns(parts), places);
  }

  #block(name: string, range: RowRange): Promise<Column | null> {
    if (this.#ranges.length === 1) return this.read(name);
    return this.#keep(`${range.from} ${name}`, () => this.#source.read(name, range));
  }

  #known(key: string): Promise<Column | null> | undefined {
    const found = this.#kept.get(key);
    if (!found) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.column;
  }

  #keep(key: string, read: () => Promise<Column | null>): Promise<Column | null> {
    const known = this.#known(key);
    if (known) return known;
    const entry = { column: read(), bytes: 0 };
    this.#kept.set(key, entry);
    const measured = entry.column.then((column) => {
      if (this.#kept.get(key) !== entry) return;
      entry.bytes = column ? bytesOf(column) : 0;
      this.#bytes += entry.bytes;
      this.#shrink();
    });
    measured.catch(() => this.#kept.delete(key));
    return entry.column;
  }

  #shrink(): void {
    for (const [key, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#most) return;
      if (bytes === 0) continue;
      this.#kept.delete(key);
      this.#bytes -= bytes;
    }
  }
}

/** One after the other. */
function isRange(positions: Int32Array): boolean {
  for (let i = 0; i < positions.length; i++) if (positions[i] !== positions[0] + i) return false;
  return positions.length > 0;
}

const holdsAny =
  (positions: Int32Array) =>
  ({ from, to }: RowRange): boolean =>
    positions.some((row) => row >= from && row < to);

const cut = (column: Column | null, from: number, to: number): Column | null =>
  column && sliceColumn(column, from, to);

/** Of a text also what its dictionary takes: two bytes a unit, and what an entry costs. */
function bytesOf(column: Column): number {
  if (column.kind === 'number') return column.values.byteLength;
  return column.dictionary.reduce((sum, text) => sum + 2 * text.length + 24, column.codes.byteLength);
}
