import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { ListQuery, ListRow } from '../engine/client/list';
import { keepDraft, readDraft } from './settings';

/** Rows brought at once: a screen and some more. */
const PAGE = 100;

export const FIRST_QUERY: ListQuery = {
  search: '',
  decision: 'all',
  sort: { by: 'seen', descending: false },
};

/** A list of a bundle's clients: the query, how many it finds, and the pages that were looked at. */
class ListState {
  readonly #first: ListQuery;
  readonly #draft: string;
  #query = $state.raw<ListQuery>(FIRST_QUERY);
  #found = $state<number | null>(null);
  #pages = $state.raw<ReadonlyMap<number, readonly ListRow[]>>(new Map());
  /** null until the first page is here. */
  #sampled = $state<boolean | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #fingerprint = '';
  #columns: string[] = [];
  /** The query that the pages answer. */
  #paged: ListQuery | null = null;
  #asked = new Set<number>();
  #generation = 0;
  #firstPage: Promise<void> = Promise.resolve();
  /** Row the keyboard is on: kept when the page is left and come back to. */
  active = $state(0);
  /** A client was opened from the list: who comes back goes on there by keys. */
  left = false;

  /** @param draft what the query is kept under through a reload of this tab. @param first query of a bundle not seen before */
  constructor(draft: string, first: Partial<ListQuery> = {}) {
    this.#draft = draft;
    this.#query = this.#first = { ...FIRST_QUERY, ...first };
  }

  get query() {
    return this.#query;
  }

  get fingerprint() {
    return this.#fingerprint;
  }

  /** What was asked for beyond the order is left out. */
  clear(): void {
    this.#query = { ...this.#first, sort: this.#query.sort };
    this.ask({});
  }

  /** null until the first page is here. */
  get found() {
    return this.#found;
  }

  /** Any client is among the training or test rows; null until the first page is here. */
  get sampled() {
    return this.#sampled;
  }

  get error() {
    return this.#error;
  }

  /** Shows a bundle; the query is kept while the bundle stays the same. */
  show(fingerprint: string, columns: string[]): void {
    use(this);
    const isSame = this.#fingerprint === fingerprint;
    if (isSame && this.#found !== null && columns.join('\n') === this.#columns.join('\n')) return;
    // Rows hold values of the columns that they were asked for with.
    this.#pages = new Map();
    if (!isSame) this.#sampled = null;
    if (!isSame) this.#query = { ...this.#first, ...draftOf(this.#draft, fingerprint) };
    this.#fingerprint = fingerprint;
    this.#columns = columns;
    this.#restart();
  }

  ask(changes: Partial<ListQuery>): void {
    this.#query = { ...this.#query, ...changes };
    keepDraft(this.#draft, JSON.stringify({ fingerprint: this.#fingerprint, query: this.#query }));
    this.#restart();
  }

  /** Resolves when the current query's first page is here, also one that was asked for meanwhile. */
  async settled(): Promise<void> {
    let awaited: Promise<void>;
    do {
      awaited = this.#firstPage;
      await awaited;
    } while (awaited !== this.#firstPage);
  }

  /** A row, or undefined while its page is on the way. */
  row(index: number): ListRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Rows that have come of the pages that `from` .. `to` lie on: paper shows more than a screen. */
  around(from: number, to: number): readonly ListRow[] {
    const pages = [...this.#pages].filter(([page]) => page >= Math.floor(from / PAGE) && page * PAGE < to);
    return pages.flatMap(([, rows]) => rows);
  }

  /** Brings the pages that rows `from` .. `to` are on. */
  need(from: number, to: number): void {
    for (let page = Math.floor(from / PAGE); page <= Math.floor(Math.max(from, to - 1) / PAGE); page++)
      void this.#bring(page);
  }

  /** The same rows, scored anew. */
  renew(fingerprint: string): void {
    if (fingerprint !== this.#fingerprint) return;
    this.#generation++;
    this.#asked = new Set();
    const others = this.#paged === this.#query ? [...this.#pages.keys()].filter((page) => page > 0) : [];
    this.#firstPage = this.#bring(0);
    for (const page of others) void this.#bring(page);
  }

  #restart(): void {
    this.#generation++;
    this.#asked = new Set();
    this.active = 0;
    this.#firstPage = this.#bring(0);
  }

  async #bring(page: number): Promise<void> {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    const generation = this.#generation;
    const offset = page * PAGE;
    try {
      const argument = {
        fingerprint: this.#fingerprint,
        query: this.#query,
        columns: this.#columns,
        offset,
        limit: PAGE,
      };
      const { found, rows, sampled } = await scoring.list(argument);
      if (generation !== this.#generation) return;
      const kept = page === 0 && this.#asked.size === 1 ? [] : this.#pages;
      this.#pages = new Map([...kept, [page, rows]]);
      this.#paged = argument.query;
      this.#found = found;
      this.#sampled = sampled;
      this.#error = null;
    } catch (error) {
      if (generation === this.#generation) this.#error = toErrorData(error);
    }
  }
}

/** The query that this tab had before it was reloaded; nothing of another bundle's. */
function draftOf(name: string, fingerprint: string): Partial<ListQuery> {
  try {
    const draft = JSON.parse(readDraft(name) ?? 'null') as { fingerprint: string; query: ListQuery } | null;
    return draft?.fingerprint === fingerprint ? draft.query : {};
  } catch {
    return {};
  }
}

/** The list of the page of clients. */
export const clients = new ListState('clients');
/** The table of the portfolio. */
export const portfolioClients = new ListState('portfolio', { sort: { by: 'probability', descending: true } });

let inUse = clients;
const use = (list: ListState): void => void (inUse = list);
/** The list that somebody looked at last: whoever is opened has the neighbours of it. */
export const listInUse = (): ListState => inUse;
/** What was asked of that list; of another bundle's nothing. */
export const queryFor = (fingerprint: string): ListQuery =>
  inUse.fingerprint === fingerprint ? inUse.query : FIRST_QUERY;
