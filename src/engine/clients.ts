import { ScoredeskError } from '../core/errors';
import { KeptColumns } from '../core/table/kept';
import { readColumn, scanned, tableOf, wholeTable, type TableSource } from '../core/table/source';
import { texts, type Column, type Table } from '../core/table/table';
import { checkIds } from '../bundle/ids';

/**
 * Ids and names of all clients, in their order, each as one text: kept with a bundle, so that opening it makes texts of
 * nothing but these.
 */
export interface Directory {
  ids: string;
  /** null where the bundle has no names. */
  names: string | null;
}

/** No id that is read from a file holds it; where one does, there is no directory. */
const BETWEEN = '\0';

/** 300,000 clients of 200 columns, half of them in double precision, and some columns more. */
const KEPT_BYTES = 400e6;

/** So many clients are looked for one by one; for more an index of all ids is made: a tenth of a second of 300,000. */
const FEW_LOOKS = 20;

/** Which columns name the clients, and what is known of them already. */
export interface Naming {
  id: string;
  name?: string | undefined;
  directory?: Directory | null | undefined;
  keptBytes?: number | undefined;
}

/**
 * The clients of an open bundle. Ids are known; all else is read from where it lies when somebody asks for it: whole
 * columns for what goes over all clients, blocks of rows for some of them. What was used last is kept.
 */
export class Clients {
  readonly source: KeptColumns;
  readonly ids: readonly string[];
  readonly #idColumn: string;
  #rowOf: ReadonlyMap<string, number> | null = null;
  #looks = 0;
  readonly #nameColumn: string | null;
  #names: Promise<readonly string[] | null> | null = null;

  /** @throws ids-repeated, id-missing: two clients of one id would be shown as each other */
  static async open(source: TableSource, naming: Naming): Promise<Clients> {
    const known = naming.directory?.ids.split(BETWEEN);
    const ids = known?.length === source.rows ? known : texts(await readColumn(source, naming.id));
    return new Clients(source, ids, naming);
  }

  private constructor(
    source: TableSource,
    ids: readonly string[],
    { id, name, directory, keptBytes = KEPT_BYTES }: Naming,
  ) {
    this.source = new KeptColumns(source, keptBytes);
    this.ids = ids;
    this.#idColumn = id;
    // Ids that were kept have been checked.
    if (!directory) this.#rowOf = checkIds(ids, id);
    this.#nameColumn = name ?? null;
    const names = directory?.names?.split(BETWEEN);
    if (names?.length === ids.length) this.#names = Promise.resolve(names);
  }

  /** Names of all clients, "" where one is missing; null where the bundle has none. */
  names(): Promise<readonly string[] | null> {
    this.#names ??= this.#readNames();
    return this.#names;
  }

  async #readNames(): Promise<readonly string[] | null> {
    const column = this.#nameColumn === null ? null : await this.source.read(this.#nameColumn);
    return column && texts(column);
  }

  /** null where a text holds what would stand between two. */
  async directory(): Promise<Directory | null> {
    const names = await this.names();
    const joinable = [this.ids, names ?? []].every((all) => all.every((text) => !text.includes(BETWEEN)));
    return joinable ? { ids: this.ids.join(BETWEEN), names: names?.join(BETWEEN) ?? null } : null;
  }

  get count(): number {
    return this.ids.length;
  }

  /** Row of a client, or -1. */
  #find(id: string): number {
    if (!this.#rowOf && this.#looks++ < FEW_LOOKS) return this.ids.indexOf(id);
    this.#rowOf ??= checkIds(this.ids, this.#idColumn);
    return this.#rowOf.get(id) ?? -1;
  }

  has(id: string): boolean {
    return this.#find(id) >= 0;
  }

  /** Row of a client. @throws client-unknown */
  rowOf(id: string): number {
    const row = this.#find(id);
    if (row < 0) throw new ScoredeskError('client-unknown', { id });
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
