import { lengthOf, type Column } from '../table/table';
import { chiSquareContingency } from '../stats/tests';
import { pelzGoodTail } from '../stats/kolmogorov';
import { bandOf, DRIFTED_FROM, ENOUGH_VALUES, isPValue, WATCH_FROM, type TestName } from './bands';
import { defaultTest, evidentlyTest } from './evidently';
import { isAlert, type Limits } from './limits';
import { nannymlValues, type NannymlMethod, type NannymlValue } from './nannyml';
import { readyPair, type Note, type ReadyPair } from './pair';
import { profileOf, type Profile } from './profile';
import { dataVerdict, qualityOf, type Quality, type Verdict } from './quality';
import { apartOf, present, type Pair } from './sample';
import { shortened, stabilityOf, type Stability } from './stability';
import { driftTypeOf, type DriftType, type Preset } from './types';

/** A column of both tables; null where a table has none of that name. */
export interface Sides {
  reference: Column | null;
  current: Column | null;
}

/** One test's outcome, by the tool's own name. */
export interface TestOutcome {
  test: TestName;
  value: number;
  /** What the value is held against: the upper limit of a distance, the level of a p-value. */
  threshold: number | null;
  drifted: boolean;
}

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
  /** Whether it drifted by the test that Evidently chooses, whatever the preset; null where that says nothing. Not in comparisons kept before. */
  evidently?: boolean | null;
  /** The preset's verdict rests on the number of rows: significant, and yet no change worth a look. */
  byCountAlone: boolean;
  missing: { reference: number; current: number };
  quality: Quality | null;
  /** What happened to its data, whatever the preset's tests say; null where that can't be known. */
  data: Verdict | null;
  profile: Profile | null;
  stabilityParts: Stability | null;
  notes: Note[];
}

/** What the chunks say of a column. */
export interface Monitored {
  /** Of NannyML's methods, from the reference's chunks. */
  limits: ReadonlyMap<NannymlMethod, Limits>;
  /** Whether these are chunks enough to set limits by. */
  limited: boolean;
  /** By chunk of the current rows. */
  chunks: readonly (readonly { test: TestName; alert: boolean }[])[];
}

export interface CompareColumnOptions {
  preset: Preset;
  /** The same sides as `readyPair` gives them for the preset, where somebody has them. */
  ready?: ReadyPair;
  /** The same column by chunk; NannyML's limits come from there. */
  monitored?: Monitored | null;
}

/** Compares one column. Nothing is thrown: what can't be compared says why in its notes. */
export function compareColumn(
  name: string,
  { reference, current }: Sides,
  { preset, ready = readyPair(reference, current, preset), monitored = null }: CompareColumnOptions,
): ColumnDrift {
  const { type, notes, pair, drawn, untested } = ready;
  if (!pair || !drawn) return uncompared(name, type, notes, [reference, current]);
  const stability = stabilityOf(drawn);
  const whole = current?.kind === 'number' && current.written === 'whole';
  const unlimited = preset === 'nannyml' && monitored?.limited === false;
  const limits = unlimited ? undefined : monitored?.limits;
  // The stability index has a bin for missing values; the tools have nothing to say of a side without a value.
  const tests = untested && preset !== 'psi' ? [] : testsOf(pair, preset, { whole, limits, stability });
  const quality = qualityOf(pair);
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
    evidently: untested ? null : byEvidently({ reference, current }, ready, preset, whole),
    byCountAlone: byCount(tests, stability.value),
    missing: { reference: quality.missing.reference, current: quality.missing.current },
    quality,
    data: dataVerdict(quality),
    profile: profileOf(drawn),
    stabilityParts: shortened(stability),
    notes: [
      ...notes,
      ...(untested ? [] : remarks(pair)),
      ...(unlimited ? [{ code: 'one-chunk' } as const] : []),
    ],
  };
}

/** Types are Evidently's own: whole numbers of few values are categories there. */
function byEvidently(
  { reference, current }: Sides,
  ready: ReadyPair,
  preset: Preset,
  whole: boolean,
): boolean | null {
  const alike = preset !== 'nannyml' && current && driftTypeOf(current, 'evidently') === ready.type;
  const { pair } = alike ? ready : readyPair(reference, current, 'evidently');
  return pair && evidentlyTest(defaultTest(pair), pair, whole).drifted;
}

const byCount = ([first]: readonly TestOutcome[], stability: number): boolean =>
  first !== undefined && first.drifted && isPValue(first.test) && stability < WATCH_FROM;

function testsOf(
  pair: Pair,
  preset: Preset,
  given: { whole: boolean; limits: ReadonlyMap<NannymlMethod, Limits> | undefined; stability: Stability },
): TestOutcome[] {
  if (preset === 'psi') {
    const { value } = given.stability;
    return [{ test: 'psi', value, threshold: DRIFTED_FROM, drifted: bandOf(value) === 'drifted' }];
  }
  if (preset === 'evidently') return [evidentlyTest(defaultTest(pair), pair, given.whole)];
  return nannymlValues(pair).map((value) => nannymlOutcome(value, given.limits?.get(value.method)));
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
  if (preset === 'psi') return bandOf(stability);
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

function remarks(pair: Pair): Note[] {
  const notes: Note[] = [];
  if (pair.kind === 'level' ? pair.keys.length === 1 : isConstant(pair)) notes.push({ code: 'constant' });
  for (const side of ['reference', 'current'] as const)
    if (present(pair[side]) < ENOUGH_VALUES)
      notes.push({ code: 'few-rows', side, rows: present(pair[side]) });
  return notes;
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
    data: null,
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
