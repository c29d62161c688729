import { pelzGoodTail } from './kolmogorov';
import { defaultTest, evidentlyTest } from './evidently';
import { fitNumbers, isAlert, nannymlValues, type Limits, type NannymlValue } from './nannyml';
import { profileOf, type Profile } from './profile';
import { qualityOf, type Quality, type Verdict } from './quality';
import { apartOf, asLevels, pairOf, present, type Pair } from './sample';
import { DRIFTED_FROM, shortened, stabilityOf, WATCH_FROM, type Stability } from './stability';
import { chiSquareContingency } from './tests';
import { asCompared, driftTypeOf, isEmpty, type DriftType, type Preset } from './types';
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
  | { code: 'free-text' }
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

/** Fewer values on a side are too few to conclude. */
const FEW_ROWS = 200;
const P_TESTS = new Set(['ks', 'chisquare', 'z']);

/**
 * Compares one column. Nothing is thrown: what can't be compared says why in its notes.
 *
 * @param reference null where the table has no such column, as with `current`
 * @param limits of NannyML's methods, from the reference's chunks
 */
export function compareColumn(
  name: string,
  reference: Column | null,
  current: Column | null,
  { preset, limits }: { preset: Preset; limits?: ReadonlyMap<string, Limits> },
): ColumnDrift {
  const ready = readyPair(reference, current, preset);
  const { type, notes, pair } = ready;
  if (!pair) return uncompared(name, type, notes, [reference, current]);
  const stability = stabilityOf(pair);
  const whole = current?.kind === 'number' && current.written === 'whole';
  const tests = testsOf(pair, preset, { whole, limits, stability });
  const quality = qualityOf(pair);
  const verdict = verdictOf(preset, tests, stability.value);
  return {
    name,
    type,
    tests,
    verdict,
    stability: stability.value,
    p: pValueOf(pair),
    adjusted: NaN,
    byCountAlone: tests[0].drifted && P_TESTS.has(tests[0].test) && stability.value < WATCH_FROM,
    missing: { reference: quality.missing.reference, current: quality.missing.current },
    quality,
    profile: profileOf(pair),
    stabilityParts: shortened(stability),
    notes: [...notes, ...remarks(pair)],
  };
}

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

/** PSI has two bands; the tools know one verdict. NannyML's first method of a type is its default one. */
function verdictOf(preset: Preset, tests: readonly TestOutcome[], stability: number): Verdict {
  if (preset !== 'psi') return tests[0].drifted ? 'drifted' : 'stable';
  if (stability >= DRIFTED_FROM) return 'drifted';
  return stability >= WATCH_FROM ? 'watch' : 'stable';
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
}

/** Both sides brought to one type, or why they can't be. */
export function readyPair(reference: Column | null, current: Column | null, preset: Preset): Ready {
  const declared = current ?? reference;
  const type = declared ? driftTypeOf(declared, preset) : 'number';
  const no = (...notes: Note[]): Ready => ({ type, pair: null, notes });
  if (!current) return no({ code: 'absent-current' });
  if (!reference) return no({ code: 'absent-reference' });
  for (const [side, column] of [
    ['reference', reference],
    ['current', current],
  ] as const)
    if (lengthOf(column) === 0) return no({ code: 'no-rows', side });
  const empty = [reference, current].map(isEmpty);
  if (empty[0] || empty[1])
    return no({
      code: 'all-missing',
      side: empty[0] && empty[1] ? 'both' : empty[0] ? 'reference' : 'current',
    });
  const ofReference = driftTypeOf(reference, preset);
  if (type === 'time' || ofReference === 'time') return no({ code: 'time' });
  const [a, b] = [asCompared(reference), asCompared(current)];
  const both = pairOf(a, b);
  if (!both) return no(...mismatch(a, b, ofReference, type));
  if (type === 'text') return no({ code: 'free-text' });
  if (present(both.reference) === 0 || present(both.current) === 0)
    return no({ code: 'all-missing', side: present(both.reference) === 0 ? 'reference' : 'current' });
  const pair = type === 'category' && both.kind === 'number' ? asLevels(both) : both;
  return { type, pair, notes: infinities(both) };
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

export const lengthOf = (column: Column): number =>
  column.kind === 'number' ? column.values.length : column.codes.length;
