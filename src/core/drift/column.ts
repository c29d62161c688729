import { pelzGoodTail } from '../stats/kolmogorov';
import { defaultTest, evidentlyTest } from './evidently';
import { fitNumbers, isAlert, nannymlValues, type Limits, type NannymlValue } from './nannyml';
import { profileOf, type Profile } from './profile';
import { qualityOf, type Quality, type Verdict } from './quality';
import { apartOf, asLevels, pairOf, present, type Pair } from './sample';
import { DRIFTED_FROM, WATCH_FROM } from './bands';
import { shortened, stabilityOf, type Stability } from './stability';
import { chiSquareContingency } from '../stats/tests';
import { aligned, driftTypeOf, isEmpty, lengthOf, type DriftType, type Preset } from './types';
import type { Column } from '../table/table';

/** One test's outcome, by the tool's own name. */
export interface TestOutcome {
  test: string;
  value: number;
  /** What the value is held against: the upper limit of a distance, the level of a p-value. */
  threshold: number | null;
  drifted: boolean;
}

/** Why a column is not compared, or what to know of its comparison; a sentence each in src/i18n. */
export type Note =
  | { code: 'absent-current' }
  | { code: 'absent-reference' }
  | { code: 'no-rows'; side: Side }
  | { code: 'types-differ'; reference: DriftType; current: DriftType }
  | { code: 'as-codes'; side: Side }
  | { code: 'all-missing'; side: Side | 'both' }
  | { code: 'constant' }
  | { code: 'one-chunk' }
  | { code: 'free-text' }
  | { code: 'truth-gaps' }
  | { code: 'too-large' }
  | { code: 'unreadable'; reason: string }
  | { code: 'time' }
  | { code: 'infinite'; rows: number }
  | { code: 'few-rows'; side: Side; rows: number };

export type Side = 'reference' | 'current';

/** A column of the current data compared with the reference. */
export interface ColumnDrift {
  name: string;
  type: DriftType;
  /** What the preset asks; empty where the column can't be compared. */
  tests: TestOutcome[];
  /** null where the column can't be compared. */
  verdict: Verdict | null;
  /** Population stability index by the project's rule: the effect, whatever the preset; NaN where it can't be. */
  stability: number;
  /** p of Kolmogorov-Smirnov (numbers) or of chi-squared of both samples (levels), and adjusted for all columns. */
  p: number;
  adjusted: number;
  /** The preset's verdict rests on the number of rows: significant, and yet no change worth a look. */
  byCountAlone: boolean;
  missing: { reference: number; current: number };
  quality: Quality | null;
  profile: Profile | null;
  stabilityParts: Stability | null;
  notes: Note[];
}

/** What the chunks say of a column. */
export interface Monitored {
  /** Of NannyML's methods, from the reference's chunks. */
  limits: ReadonlyMap<string, Limits>;
  /** Whether these are chunks enough to set limits by. */
  limited: boolean;
  /** By chunk of the current rows. */
  chunks: readonly (readonly { test: string; alert: boolean }[])[];
}

/** Fewer values on a side are too few to conclude. */
const FEW_ROWS = 200;
const P_TESTS = new Set(['ks', 'chisquare', 'z']);

/**
 * Compares one column. Nothing is thrown: what can't be compared says why in its notes.
 *
 * @param reference null where the table has no such column, as with `current`
 * @param monitored the same column by chunk; NannyML's limits come from there
 */
export function compareColumn(
  name: string,
  reference: Column | null,
  current: Column | null,
  { preset, monitored = null }: { preset: Preset; monitored?: Monitored | null },
): ColumnDrift {
  const ready = readyPair(reference, current, preset);
  const { type, notes, pair, untested } = ready;
  if (!pair) return uncompared(name, type, notes, [reference, current]);
  const drawn = stabilityPair(reference, current, pair, preset);
  const stability = stabilityOf(drawn);
  const whole = current?.kind === 'number' && current.written === 'whole';
  // The stability index has a bin for missing values; the tools have nothing to say of a side without a value.
  const tests =
    untested && preset !== 'psi'
      ? []
      : testsOf(pair, preset, { whole, limits: monitored?.limits, stability });
  const quality = qualityOf(pair);
  const unlimited = preset === 'nannyml' && monitored?.limited === false;
  const verdict =
    tests.length && !unlimited ? verdictOf(preset, tests, stability.value, monitored?.chunks ?? []) : null;
  return {
    name,
    type,
    tests,
    verdict,
    stability: stability.value,
    p: untested ? NaN : pValueOf(pair),
    adjusted: NaN,
    byCountAlone: byCount(tests, stability.value),
    missing: { reference: quality.missing.reference, current: quality.missing.current },
    quality,
    profile: profileOf(drawn),
    stabilityParts: shortened(stability),
    notes: [
      ...notes,
      ...(untested ? [] : remarks(pair)),
      ...(unlimited ? [{ code: 'one-chunk' } as const] : []),
    ],
  };
}

/**
 * The effect, and what is drawn, are the same whatever the preset: numbers of few values, which Evidently takes for
 * categories, are numbers here.
 */
function stabilityPair(reference: Column | null, current: Column | null, pair: Pair, preset: Preset): Pair {
  const isNumber = (column: Column | null) => column?.kind === 'number' && column.written !== 'truth';
  if (preset !== 'evidently' || pair.kind === 'number' || !(isNumber(reference) || isNumber(current)))
    return pair;
  return readyPair(reference, current, 'psi').pair ?? pair;
}

const byCount = ([first]: readonly TestOutcome[], stability: number): boolean =>
  first !== undefined && first.drifted && P_TESTS.has(first.test) && stability < WATCH_FROM;

function testsOf(
  pair: Pair,
  preset: Preset,
  given: { whole: boolean; limits: ReadonlyMap<string, Limits> | undefined; stability: Stability },
): TestOutcome[] {
  if (preset === 'psi') {
    const { value } = given.stability;
    return [{ test: 'psi', value, threshold: DRIFTED_FROM, drifted: value >= DRIFTED_FROM }];
  }
  if (preset === 'evidently') return [evidentlyTest(defaultTest(pair), pair, given.whole)];
  const fit = pair.kind === 'number' ? fitNumbers(pair.reference.sorted) : null;
  return nannymlValues(pair, fit).map((value) => nannymlOutcome(value, given.limits?.get(value.method)));
}

/** chi2 alerts by its p; all else by the limits of the reference's chunks. */
export function nannymlOutcome({ method, value, p }: NannymlValue, limits: Limits | undefined): TestOutcome {
  if (p !== undefined || method === 'chi2')
    return { test: method, value, threshold: null, drifted: (p ?? NaN) < CHI2_LEVEL };
  if (!limits) return { test: method, value, threshold: null, drifted: false };
  return { test: method, value, threshold: limits.upper, drifted: isAlert(value, limits) };
}

const CHI2_LEVEL = 0.05;

/**
 * PSI has two bands, Evidently one verdict. NannyML knows alerts by method and chunk: its first method of a type is
 * its default one, whose alert for all rows or for the last chunk is drift; any other alert is to be watched.
 */
function verdictOf(
  preset: Preset,
  tests: readonly TestOutcome[],
  stability: number,
  chunks: Monitored['chunks'],
): Verdict {
  const [{ test, drifted }] = tests;
  if (preset === 'evidently') return drifted ? 'drifted' : 'stable';
  if (preset === 'psi') {
    if (stability >= DRIFTED_FROM) return 'drifted';
    return stability >= WATCH_FROM ? 'watch' : 'stable';
  }
  const last = chunks[chunks.length - 1] ?? [];
  if (drifted || last.some((value) => value.test === test && value.alert)) return 'drifted';
  const anyAlert = tests.some((outcome) => outcome.drifted) || chunks.flat().some(({ alert }) => alert);
  return anyAlert ? 'watch' : 'stable';
}

/** By the limit law beyond what Pelz and Good's expansion gives: exact enough to read, fast for any n. */
function pValueOf(pair: Pair): number {
  if (pair.kind === 'level') return chiSquareContingency(pair.reference.counts, pair.current.counts).p;
  const [a, b] = [pair.reference.sorted, pair.current.sorted];
  return pelzGoodTail((a.length * b.length) / (a.length + b.length), apartOf(pair).most);
}

interface Ready {
  type: DriftType;
  pair: Pair | null;
  notes: Note[];
  /** There are gaps and levels to count, but nothing that a tool would test. */
  untested: boolean;
}

/** Both sides brought to one type, or why they can't be. */
export function readyPair(reference: Column | null, current: Column | null, preset: Preset): Ready {
  const declared = current ?? reference;
  const type = declared ? driftTypeOf(declared, preset) : 'number';
  const no = (...notes: Note[]): Ready => ({ type, pair: null, notes, untested: true });
  if (!current) return no({ code: 'absent-current' });
  if (!reference) return no({ code: 'absent-reference' });
  for (const [side, column] of [
    ['reference', reference],
    ['current', current],
  ] as const)
    if (lengthOf(column) === 0) return no({ code: 'no-rows', side });
  if (isEmpty(reference) && isEmpty(current)) return no({ code: 'all-missing', side: 'both' });
  const ofReference = driftTypeOf(reference, preset);
  const known = isEmpty(current) ? ofReference : type;
  if (known === 'time' || ofReference === 'time') return no({ code: 'time' });
  const [a, b] = aligned(reference, current, preset);
  const both = pairOf(a, b);
  if (!both) return no(...mismatch(a, b, ofReference, type));
  if (known === 'text' && !isEmpty(current)) return no({ code: 'free-text' });
  const pair = known === 'category' && both.kind === 'number' ? asLevels(both) : both;
  const [n, m] = [present(both.reference), present(both.current)];
  if (n === 0 && m === 0) return no({ code: 'all-missing', side: 'both' });
  const notes = [...infinities(both), ...tooLarge(both)];
  if (n === 0 || m === 0)
    return {
      type: known,
      pair,
      notes: [...notes, { code: 'all-missing', side: n === 0 ? 'reference' : 'current' }],
      untested: true,
    };
  if (preset === 'evidently' && hasTruthGaps(current))
    return { type, pair, notes: [...notes, { code: 'truth-gaps' }], untested: true };
  return { type, pair, notes, untested: false };
}

/** pandas holds such a column as objects, whose type Evidently does not know. */
const hasTruthGaps = (column: Column): boolean =>
  column.kind === 'number' && column.written === 'truth' && column.values.some(Number.isNaN);

/** Whole numbers beyond 2^53 are not exact. */
function tooLarge(pair: Pair): Note[] {
  if (pair.kind === 'level') return [];
  const beyond = [pair.reference.sorted, pair.current.sorted].some(
    (sorted) =>
      sorted instanceof Float64Array &&
      sorted.length > 0 &&
      Math.max(-sorted[0], sorted[sorted.length - 1]) > Number.MAX_SAFE_INTEGER &&
      sorted.every(Number.isInteger),
  );
  return beyond ? [{ code: 'too-large' }] : [];
}

/** Numbers against texts; whole numbers from 0 on may be the codes of levels. */
function mismatch(reference: Column, current: Column, ofReference: DriftType, ofCurrent: DriftType): Note[] {
  const note: Note = { code: 'types-differ', reference: ofReference, current: ofCurrent };
  for (const [side, column] of [
    ['reference', reference],
    ['current', current],
  ] as const)
    if (column.kind === 'number' && column.values.every((value) => Number.isNaN(value) || isCode(value)))
      return [note, { code: 'as-codes', side }];
  return [note];
}

const isCode = (value: number): boolean => Number.isInteger(value) && value >= -1 && value < 1000;

function remarks(pair: Pair): Note[] {
  const notes: Note[] = [];
  if (pair.kind === 'level' ? pair.keys.length === 1 : isConstant(pair)) notes.push({ code: 'constant' });
  for (const side of ['reference', 'current'] as const)
    if (present(pair[side]) < FEW_ROWS) notes.push({ code: 'few-rows', side, rows: present(pair[side]) });
  return notes;
}

function infinities(pair: Pair): Note[] {
  if (pair.kind === 'level') return [];
  const { reference, current } = pair;
  const rows = reference.lowest + reference.highest + current.lowest + current.highest;
  return rows > 0 ? [{ code: 'infinite', rows }] : [];
}

function isConstant({ reference, current }: Extract<Pair, { kind: 'number' }>): boolean {
  const [a, b] = [reference.sorted, current.sorted];
  return a[0] === a[a.length - 1] && b[0] === a[0] && b[b.length - 1] === a[0];
}

/** A column that a file does not give. */
export const unreadColumn = (name: string, reason: string): ColumnDrift =>
  uncompared(name, 'text', [{ code: 'unreadable', reason }], [null, null]);

function uncompared(
  name: string,
  type: DriftType,
  notes: Note[],
  sides: readonly (Column | null)[],
): ColumnDrift {
  const [reference, current] = sides.map((column) => (column ? missingShare(column) : NaN));
  return {
    name,
    type,
    tests: [],
    verdict: null,
    stability: NaN,
    p: NaN,
    adjusted: NaN,
    byCountAlone: false,
    missing: { reference, current },
    quality: null,
    profile: null,
    stabilityParts: null,
    notes,
  };
}

function missingShare(column: Column): number {
  const rows = lengthOf(column);
  let missing = 0;
  if (column.kind === 'number') for (const value of column.values) missing += Number.isNaN(value) ? 1 : 0;
  else for (const code of column.codes) missing += code < 0 ? 1 : 0;
  return rows === 0 ? NaN : missing / rows;
}
