import { PERIODS, type Chunking, type Period } from '../core/drift/chunks';
import type { Preset } from '../core/drift/types';
import type { DriftRequest } from '../core/drift/request';
import { SOURCES, type Condition, type Side, type Source } from '../core/drift/request';
import type { SourceInfo } from '../engine/drift/sources';

/** A comparison as the query of an address, and back: what was chosen can be linked. */

const PRESETS: readonly Preset[] = ['psi', 'evidently', 'nannyml'];

/** The query of an address as the router gives it. */
export const queryIn = (text: string | null | undefined): URLSearchParams => new URLSearchParams(text ?? '');

/** What an address asks for, filled up with what makes sense for the bundle. */
export function requestOf(query: URLSearchParams, sources: readonly SourceInfo[]): DriftRequest {
  const reference = sideOf(query, 'ref', defaultReference(sources));
  const current = sideOf(
    query,
    'cur',
    defaultCurrent(sources, sourceIn(query, 'ref') ?? defaultReference(sources)),
  );
  const span = sources.find(({ source }) => source === current.source)?.span ?? null;
  const columns = query.getAll('only');
  const preset = PRESETS.find((known) => known === query.get('preset')) ?? 'psi';
  const chunking = withTimes(
    query.has('chunk') ? chunkingOf(query.get('chunk') ?? '') : defaultChunking(span),
    span,
  );
  return {
    reference,
    current,
    ...(columns.length ? { columns } : {}),
    preset,
    // NannyML's limits come from chunks: ten by its default.
    chunking: preset === 'nannyml' ? (chunking ?? { number: 10 }) : chunking,
  };
}

/** The query of a request. */
export function queryOf({ reference, current, columns, preset, chunking }: DriftRequest): string {
  const query = new URLSearchParams();
  for (const [name, side] of [
    ['ref', reference],
    ['cur', current],
  ] as const) {
    query.set(name, side.source);
    if (side.where) query.set(`${name}Where`, conditionText(side.where));
    if (side.from) query.set(`${name}From`, side.from);
    if (side.to) query.set(`${name}To`, side.to);
  }
  query.set('preset', preset);
  query.set('chunk', chunkingText(chunking));
  for (const column of columns ?? []) query.append('only', column);
  return query.toString();
}

/** The query of a comparison that was kept. */
export const savedQuery = (id: number): string => `saved=${id}`;

/** Number of the kept comparison that an address names; null for none. */
export function savedIn(query: URLSearchParams): number | null {
  const text = query.get('saved') ?? '';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

const sourceIn = (query: URLSearchParams, name: 'ref' | 'cur'): Source | undefined =>
  SOURCES.find((candidate) => candidate === query.get(name));

function sideOf(query: URLSearchParams, name: 'ref' | 'cur', otherwise: Source): Side {
  const where = conditionOf(query.get(`${name}Where`) ?? '');
  const [from, to] = ['From', 'To'].map(
    (end) => /^\d{4}-\d{2}-\d{2}$/.exec(query.get(name + end) ?? '')?.[0],
  );
  return {
    source: sourceIn(query, name) ?? otherwise,
    ...(where ? { where } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/** Periods need times: rows without them go in ten pieces. */
const withTimes = (chunking: Chunking | null, span: [string, string] | null): Chunking | null =>
  chunking && 'period' in chunking && !span ? { number: 10 } : chunking;

/** `column=level`, or `column:from..to` with either end left out. */
export function conditionOf(text: string): Condition | null {
  const range = /^(.+):(-?\d*\.?\d*(?:e[+-]?\d+)?)\.\.(-?\d*\.?\d*(?:e[+-]?\d+)?)$/i.exec(text);
  if (range) {
    const [, column, from, to] = range;
    const end = (cell: string) => (cell === '' || Number.isNaN(Number(cell)) ? undefined : Number(cell));
    return { column, from: end(from), to: end(to) };
  }
  const at = text.indexOf('=');
  return at > 0 ? { column: text.slice(0, at), level: text.slice(at + 1) } : null;
}

export function conditionText({ column, level, from, to }: Condition): string {
  return level === undefined ? `${column}:${from ?? ''}..${to ?? ''}` : `${column}=${level}`;
}

/** `none`, a period, `500` rows, `/10` chunks. */
export function chunkingOf(text: string): Chunking | null {
  if (PERIODS.includes(text as Period)) return { period: text as Period };
  if (/^[1-9]\d{0,8}$/.test(text)) return { size: Number(text) };
  return /^\/[1-9]\d{0,3}$/.test(text) ? { number: Number(text.slice(1)) } : null;
}

export function chunkingText(chunking: Chunking | null): string {
  if (!chunking) return 'none';
  if ('period' in chunking) return chunking.period;
  return 'size' in chunking ? String(chunking.size) : `/${chunking.number}`;
}

const has = (sources: readonly SourceInfo[], wanted: Source): boolean =>
  sources.some(({ source }) => source === wanted);

const defaultReference = (sources: readonly SourceInfo[]): Source =>
  has(sources, 'reference') ? 'reference' : 'clients';

/** Later rows first; else what was picked, else whatever the reference is not. */
function defaultCurrent(sources: readonly SourceInfo[], reference: Source): Source {
  const order: Source[] = ['current', 'file', 'test', 'clients'];
  return order.find((source) => has(sources, source) && source !== reference) ?? 'clients';
}

const DAY = 86_400_000;

/** By the longest period that gives at least six chunks; ten chunks without times. */
function defaultChunking(span: [string, string] | null): Chunking {
  if (!span) return { number: 10 };
  const days = (Date.parse(span[1]) - Date.parse(span[0])) / DAY;
  if (days > 6 * 366) return { period: 'year' };
  if (days > 24 * 31) return { period: 'quarter' };
  if (days > 5 * 31) return { period: 'month' };
  return days > 35 ? { period: 'week' } : { period: 'day' };
}
