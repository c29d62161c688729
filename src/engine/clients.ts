import { ScoredeskError } from '../core/errors';
import { KeptColumns } from '../core/table/kept';
import { readColumn, scanned, tableOf, wholeTable, type TableSource } from '../core/table/source';
import { texts, type Column, type Table } from '../core/table/table';
import { checkIds } from '../bundle/ids';

/** 300,000 clients of 200 columns in single precision, and some columns more. */
const KEPT_BYTES = 320e6;

/**
 * The clients of an open bundle. Ids are known; all else is read from where it lies when somebody asks for it: whole
 * columns for what goes over all clients, blocks of rows for some of them. What was used last is kept.
 */
export class Clients {
  readonly source: KeptColumns;
  readonly ids: readonly string[];
  readonly #rowOf: ReadonlyMap<string, number>;

  /** @throws ids-repeated, id-missing: two clients of one id would be shown as each other */
  static async open(source: TableSource, idColumn: string): Promise<Clients> {
    const ids = texts(await readColumn(source, idColumn));
    checkIds(ids, idColumn);
    return new Clients(source, ids);
  }

  private constructor(source: TableSource, ids: readonly string[]) {
    this.ids = ids;
    this.source = new KeptColumns(source, KEPT_BYTES);
    this.#rowOf = new Map(ids.map((id, row) => [id, row]));
  }

  get count(): number {
    return this.ids.length;
  }

  has(id: string): boolean {
    return this.#rowOf.has(id);
  }

  /** Row of a client. @throws client-unknown */
  rowOf(id: string): number {
    const row = this.#rowOf.get(id);
    if (row === undefined) throw new ScoredeskError('client-unknown', { id });
    return row;
  }

  /** One column of all clients; null where there is none of that name. */
  column(name: string): Promise<Column | null> {
    return this.source.read(name);
  }

  /** All clients. @throws table-too-large */
  table(): Promise<Table> {
    return wholeTable(this.source);
  }

  /** The clients at these positions, in that order, with all columns or those named. */
  rows(positions: Int32Array, names = this.source.names): Promise<Table> {
    return tableOf(this.source, { names, rows: positions.length }, (name) =>
      this.source.take(name, positions),
    );
  }

  /** The clients of these ids, in that order. @throws client-unknown */
  async of(ids: readonly string[], names = this.source.names): Promise<Table> {
    return this.rows(
      Int32Array.from(ids, (id) => this.rowOf(id)),
      names,
    );
  }

  /** All clients in their order with these columns, at most so many at once. */
  scan(names: readonly string[], most: number): AsyncGenerator<Table> {
    return scanned(this.source, names, most);
  }
}
