import type { Decision } from '../../core/decision/decision';
import { sampleRows } from '../../core/numeric/random';
import { sortedRows } from '../../core/stats/order';
import { folded } from '../../core/text';
import type { Engine } from '../engine';
import { flagsOf, MUCH_MISSING, type Flags } from './flags';
import { cellValue, type CellValue } from './cells';
import { holdsFor, type Condition } from './group';
import { SEEN, UNSEEN, type Overview, type SeenIn } from '../overview';

/** Which clients, in which order. */
export interface ListQuery {
  /** Part of an id or a name, whatever its case and accents. */
  search: string;
  decision: Decision | 'all';
  /** `id`, `name`, `probability`, `seen`, `missing`, `odd`, or `column:` and a column's name. */
  sort: { by: string; descending: boolean };
  /** What they have besides. */
  where?: readonly Condition[];
  /** Scores within any of these, from the first on, below the second. */
  scores?: readonly (readonly [from: number, below: number])[];
  /** What is odd about their data: much of it is missing, or a value lies outside what the model has seen. */
  flagged?: 'missing' | 'odd';
  /** So many of them, drawn at random. */
  draw?: { count: number; seed: number };
}

export interface ListRow {
  id: string;
  name: string;
  probability: number;
  decision: Decision;
  seenIn: SeenIn;
  /** Inputs that are missing, and that lie outside what the model has seen; null while nobody counted them. */
  flags: { missing: number; odd: number } | null;
  /** Values of the columns asked for, in their order. */
  values: CellValue[];
}

export interface ListPage {
  /** Clients that the query finds. */
  found: number;
  rows: ListRow[];
  /** Any client of the bundle, found or not, is among its training or test rows. */
  sampled: boolean;
}

/** Where a client stands in a list; position -1 when the query does not find it. */
export interface Neighbours {
  position: number;
  found: number;
  previous: string | null;
  next: string | null;
}

/** The clients of an open bundle as a list: searched, filtered, sorted and paged in the worker. */
export class ClientList {
  readonly #engine: Engine;
  readonly #scores: Float64Array;
  readonly #seen: Uint8Array;
  readonly #sampled: boolean;
  #folded: string[] | null = null;
  #last: { key: string; rows: Uint32Array } | null = null;
  #flags: Flags | null = null;

  constructor(engine: Engine, { scores, seen }: Overview) {
    this.#engine = engine;
    this.#scores = scores;
    this.#seen = seen;
    this.#sampled = seen.some((place) => place !== UNSEEN);
  }

  seenIn(row: number): SeenIn {
    return SEEN[this.#seen[row]];
  }

  /** Counts what is odd about each client's data: rows tell it from then on. */
  async countFlags(): Promise<Flags> {
    return (this.#flags ??= await flagsOf(this.#engine));
  }

  /** Positions of all clients that the query finds, in its order. */
  async positions(query: ListQuery): Promise<Int32Array> {
    return Int32Array.from(await this.#find(query));
  }

  async page(query: ListQuery, columns: readonly string[], offset: number, limit: number): Promise<ListPage> {
    const rows = await this.#find(query);
    const from = Math.max(0, offset);
    const part = Int32Array.from(rows.subarray(from, from + limit));
    const { clients } = this.#engine;
    const shown = await Promise.all(columns.map((name) => clients.source.take(name, part)));
    const names = await clients.names();
    const values = (i: number): CellValue[] => shown.map((column) => (column ? cellValue(column, i) : null));
    return {
      found: rows.length,
      sampled: this.#sampled,
      rows: Array.from(part, (row, i) => ({ ...this.#row(row, names), values: values(i) })),
    };
  }

  /** Where a client stands in the query's order, with the ids before and after. */
  async neighbours(query: ListQuery, id: string): Promise<Neighbours> {
    const { clients } = this.#engine;
    const row = clients.rowOf(id);
    const rows = await this.#find(query);
    const position = rows.indexOf(row);
    const idAt = (at: number): string | null =>
      position >= 0 && at >= 0 && at < rows.length ? clients.ids[rows[at]] : null;
    return { position, found: rows.length, previous: idAt(position - 1), next: idAt(position + 1) };
  }

  #row(row: number, names: readonly string[] | null): Omit<ListRow, 'values'> {
    return {
      id: this.#engine.clients.ids[row],
      name: names?.[row] ?? '',
      probability: this.#scores[row],
      decision: this.#engine.decide(this.#scores[row]),
      seenIn: this.seenIn(row),
      flags: this.#flags && { missing: this.#flags.missing[row], odd: this.#flags.odd[row] },
    };
  }

  async #find(query: ListQuery): Promise<Uint32Array> {
    const key = JSON.stringify(query);
    if (this.#last?.key === key) return this.#last.rows;
    const { by, descending } = query.sort;
    const keys = await this.#keysOf(by);
    const matching = Uint32Array.from(await this.#matching(query));
    const rows = sortedRows(drawnOf(matching, query.draw), keys, descending);
    const wanted = folded(query.search.trim());
    const ranked = wanted ? this.#exactFirst(rows, wanted) : rows;
    this.#last = { key, rows: ranked };
    return ranked;
  }

  async #matching({ search, decision, where = [], scores = [], flagged }: ListQuery): Promise<number[]> {
    const wanted = folded(search.trim());
    const keys = wanted ? await this.#searchKeys() : null;
    const flags = flagged ? await this.countFlags() : null;
    const conditions = await this.#conditions(where);
    const much = Math.ceil(MUCH_MISSING * this.#engine.columns.length);
    const rows: number[] = [];
    for (let row = 0; row < this.#scores.length; row++) {
      const score = this.#scores[row];
      if (keys && !keys[row].includes(wanted)) continue;
      if (decision !== 'all' && this.#engine.decide(score) !== decision) continue;
      if (scores.length > 0 && !scores.some(([from, below]) => score >= from && score < below)) continue;
      if (flags && (flagged === 'odd' ? flags.odd[row] === 0 : flags.missing[row] < much)) continue;
      if (conditions.every((holds) => holds(row))) rows.push(row);
    }
    return rows;
  }

  async #conditions(where: readonly Condition[]): Promise<((row: number) => boolean)[]> {
    const columns = await Promise.all(where.map(({ column }) => this.#engine.clients.column(column)));
    return where.map((condition, i) => holdsFor(condition, columns[i]));
  }

  /** An id that is exactly what was typed comes before those that only contain it. */
  #exactFirst(rows: Uint32Array, wanted: string): Uint32Array {
    const exact = rows.filter((row) => folded(this.#engine.clients.ids[row]) === wanted);
    if (exact.length === 0) return rows;
    const chosen = new Set(exact);
    return Uint32Array.from([...exact, ...rows.filter((row) => !chosen.has(row))]);
  }

  async #searchKeys(): Promise<string[]> {
    if (this.#folded) return this.#folded;
    const names = await this.#engine.clients.names();
    this.#folded = this.#engine.clients.ids.map((id, row) => folded(names ? `${id}\n${names[row]}` : id));
    return this.#folded;
  }

  /** What each client is sorted by, missing where nothing is known. */
  async #keysOf(by: string): Promise<ArrayLike<number>> {
    const { clients, manifest } = this.#engine;
    if (by === 'seen') return this.#seen;
    if (by === 'probability') return this.#scores;
    if (by === 'missing' || by === 'odd') return (await this.countFlags())[by];
    if (by === 'id') return rankOf(clients.ids);
    if (by === 'name') return presentRanks((await clients.names()) ?? []);
    const named = by.replace(/^column:/, '');
    const column = await clients.column(named);
    if (!column) return new Uint8Array(clients.count);
    if (column.kind === 'number') return column.values;
    // Levels have an order of their own; free text is sorted as text.
    const levels = manifest.columns.find(({ name }) => name === named)?.levels;
    const order = levels ? levels.map((_, code) => code) : rankOf(column.dictionary);
    return Float64Array.from(column.codes, (code) => (code < 0 ? NaN : (order[code] ?? code)));
  }
}

/** Some of these rows, the same whatever they are sorted by afterwards; small seeds are spread, see `sampleRows`. */
const drawnOf = (rows: Uint32Array, draw: ListQuery['draw']): Uint32Array =>
  draw
    ? Uint32Array.from(
        sampleRows(rows.length, draw.count, Math.imul(draw.seed, 2654435761) >>> 0),
        (at) => rows[at],
      )
    : rows;

/** Ranks of texts, those that are missing left out. */
const presentRanks = (texts: readonly string[]): Float64Array =>
  Float64Array.from(rankOf(texts), (rank, i) => (texts[i] === '' ? NaN : rank));

const collator = new Intl.Collator(undefined, { numeric: true });

/** Rank of each text among the others, by their numbers where all are such: 9 before 10; equal texts share one. */
function rankOf(values: readonly string[]): Uint32Array {
  const numbers = values.every((value) => /^\d{1,15}$/.test(value))
    ? Float64Array.from(values, Number)
    : null;
  const all = Uint32Array.from(values.keys());
  const order = numbers
    ? sortedRows(all, numbers)
    : all.sort((a, b) => collator.compare(values[a], values[b]));
  const ranks = new Uint32Array(values.length);
  order.forEach((at, i) => {
    const before = order[i - 1];
    ranks[at] = i > 0 && values[before] === values[at] ? ranks[before] : i;
  });
  return ranks;
}
