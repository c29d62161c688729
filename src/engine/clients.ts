import { ScoredeskError } from '../core/errors';
import { readColumn, wholeTable, type TableSource } from '../core/table/source';
import { sliceRows, takeRows, texts, type Column, type Table } from '../core/table/table';
import { checkIds } from '../bundle/ids';

/**
 * The clients of an open bundle. Ids are known; columns are read from where they lie when somebody asks for them, and
 * kept from then on.
 */
export class Clients {
  readonly source: TableSource;
  readonly ids: readonly string[];
  readonly #rowOf: ReadonlyMap<string, number>;

  /** @throws ids-repeated, id-missing: two clients of one id would be shown as each other */
  static async open(source: TableSource, idColumn: string): Promise<Clients> {
    const ids = texts(await readColumn(source, idColumn));
    checkIds(ids, idColumn);
    return new Clients(source, ids);
  }

  private constructor(source: TableSource, ids: readonly string[]) {
    this.source = source;
    this.ids = ids;
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

  /** All clients, with all columns or those named. */
  table(names?: readonly string[]): Promise<Table> {
    return wholeTable(this.source, names);
  }

  /** The clients at these positions, in that order. */
  async rows(positions: Int32Array, names?: readonly string[]): Promise<Table> {
    return takeRows(await this.table(names), positions);
  }

  /** The clients of these ids, in that order. @throws client-unknown */
  async of(ids: readonly string[], names?: readonly string[]): Promise<Table> {
    return this.rows(
      Int32Array.from(ids, (id) => this.rowOf(id)),
      names,
    );
  }

  /** All clients in their order, so many at once, with these columns. */
  async *scan(names: readonly string[], rows: number): AsyncGenerator<Table> {
    const table = await this.table(names);
    for (let from = 0; from < table.rows; from += rows)
      yield sliceRows(table, from, Math.min(table.rows, from + rows));
  }
}
