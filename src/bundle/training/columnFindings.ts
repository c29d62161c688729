import { missingChange } from '../../core/drift/quality';
import { ln } from '../../core/numeric/functions';
import { nearestLevel } from '../../core/table/names';
import { sortValues } from '../../core/stats/sort';
import type { NumberColumn, Table, TextColumn } from '../../core/table/table';
import type { ManifestColumn } from '../schema';
import type { Finding, FindingKind, Severity } from './findings';
import { quantilesOf } from './facts';
import { QUANTILES, type ColumnFacts, type TrainingFacts } from './schema';

/** Fewer values than this tell nothing of their column: findings of them are notes. */
const ENOUGH = 20;
/** Of the values: from these shares on strange ones are likely a mistake, or can't be what the model learned from. */
const STRANGE = { level: 0.01, range: 0.05, all: 0.9 };
/** Fewer strange values than this are chance, whatever their share of a small table. */
const SOME = 5;
/** Values all out of range are another column's where half of them are so many widths of the range away; else time or a segment moved them. */
const FAR_AWAY = 10;
/** Of levels: the share of rows that changed hands from which it is told, of so many rows; a swap of two levels undoes nearly all of it. */
const MOVED = { share: 0.25, rows: 100, undone: 0.75 };
/** A number that stands for a gap fills at least this share of the rows. */
const CODED = 0.01;

/** What is strange in the model's columns of a table in its declared types. */
export function columnFindings(
  table: Table,
  inputs: readonly ManifestColumn[],
  facts: TrainingFacts | null,
): Finding[] {
  return inputs.flatMap((input) => {
    const column = table.columns.get(input.name);
    const then = facts?.columns[input.name];
    if (!column || table.rows === 0) return [];
    const found =
      column.kind === 'text'
        ? categoryFindings(column, input, then, facts?.rows ?? 0)
        : numberFindings(column, input.name, then, facts?.rows ?? 0);
    return found.map((finding) => ({ ...finding, table: table.name }));
  });
}

type Found = FindingKind & { severity: Severity };

function categoryFindings(
  { codes, dictionary }: TextColumn,
  { name: column, levels }: ManifestColumn,
  then: ColumnFacts | undefined,
  trained: number,
): Found[] {
  const known = levels?.length ?? 0;
  const counts = new Map<number, number>();
  let missing = 0;
  let rows = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else if (code >= known) {
      rows++;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
  }
  const gaps = then
    ? [
        ...missingFindings(column, missing, codes.length, then, trained),
        ...movedShares(codes, column, levels, then),
      ]
    : [];
  if (rows === 0 || known === 0) return gaps;
  const [first] = [...counts].sort((a, b) => b[1] - a[1])[0];
  const example = dictionary[first];
  const values = (levels ?? []).map(({ value }) => value);
  const share = rows / (codes.length - missing);
  const severity = gravityOf(share, codes.length - missing, STRANGE.level);
  const nearest = nearestLevel(example, values);
  return [{ code: 'levels-new', severity, column, rows, share, example, nearest }, ...gaps];
}

/** Levels whose shares moved further than chance moves them: likely a swap where exchanging two of them undoes it. */
function movedShares(
  codes: Int32Array,
  column: string,
  levels: ManifestColumn['levels'],
  { shares: before }: ColumnFacts,
): Found[] {
  const known = levels?.length ?? 0;
  if (!levels || before?.length !== known) return [];
  const now = new Float64Array(known);
  let rows = 0;
  for (const code of codes)
    if (code >= 0 && code < known) {
      now[code]++;
      rows++;
    }
  const present = before.reduce((sum, share) => sum + share, 0);
  if (rows < MOVED.rows || present === 0) return [];
  const change = Array.from(now, (count, level) => count / rows - before[level] / present);
  const moved = change.reduce((sum, by) => sum + Math.abs(by), 0) / 2;
  if (moved < MOVED.share) return [];
  const up = change.indexOf(Math.max(...change));
  const down = change.indexOf(Math.min(...change));
  const then = (level: number) => before[level] / present;
  const left =
    moved -
    (Math.abs(change[up]) + Math.abs(change[down])) / 2 +
    (Math.abs(now[up] / rows - then(down)) + Math.abs(now[down] / rows - then(up))) / 2;
  const swapped = moved - left >= MOVED.undone * moved;
  const shares = { before: then(up), now: now[up] / rows };
  const severity = swapped ? 'warning' : 'note';
  return [
    {
      code: 'shares-moved',
      severity,
      column,
      level: levels[up].value,
      other: levels[down].value,
      swapped,
      ...shares,
    },
  ];
}

function gravityOf(share: number, values: number, warning: number): Severity {
  if (values < ENOUGH || share < warning || share * values < SOME) return 'note';
  return share >= STRANGE.all ? 'error' : 'warning';
}

function numberFindings(
  { values }: NumberColumn,
  column: string,
  then: ColumnFacts | undefined,
  trained: number,
): Found[] {
  if (!then) return [];
  const { sorted, missing } = sortValues(values);
  const { quantiles } = then;
  const gaps = () => missingFindings(column, missing, values.length, then, trained);
  if (!quantiles || sorted.length === 0) return gaps();
  const [least, most] = [quantiles[0], quantiles[quantiles.length - 1]];
  const outside = sorted.filter((value) => value < least || value > most);
  const coded = codedGap(outside, values.length, then, missing / values.length);
  if (coded) return [{ code: 'gap-coded', severity: 'warning', column, ...coded }];
  const zeros = codedZero(sorted, values.length, then, missing / values.length);
  if (zeros) return [{ code: 'gap-coded', severity: 'warning', column, ...zeros }];
  const share = outside.length / sorted.length;
  const severity = gravityOf(share, sorted.length, STRANGE.range);
  const now = quantilesOf(sorted);
  const factor = sorted.length < ENOUGH ? 0 : scaleOf(now, quantiles);
  if (factor !== 0)
    return [
      { code: 'scale', severity: severity === 'note' ? 'warning' : severity, column, factor },
      ...gaps(),
    ];
  const rate = sorted.length < ENOUGH ? 0 : rateOf(now, quantiles);
  if (rate !== 0) return [{ code: 'scale', severity, column, factor: rate }, ...gaps()];
  if (isConstant(sorted, quantiles))
    return [{ code: 'constant', severity: 'warning', column, value: sorted[0] }, ...gaps()];
  if (severity === 'note' && !isTold(outside, sorted.length, [least, most], trained)) return gaps();
  const far = awayFrom(now[MEDIAN], least, most) > FAR_AWAY * (most - least) && most > least;
  return [
    {
      code: 'range-left',
      severity: severity === 'error' && !far ? 'warning' : severity,
      column,
      rows: outside.length,
      share,
      example: furthest(outside, least, most),
      least,
      most,
    },
    ...gaps(),
  ];
}

const MEDIAN = QUANTILES.indexOf(0.5);

/** How far a value is from a range; 0 inside. */
const awayFrom = (value: number, least: number, most: number): number =>
  Math.max(0, least - value, value - most);

/** Of values in increasing order, the one furthest from the range: the first or the last. */
function furthest(outside: ArrayLike<number>, least: number, most: number): number {
  if (outside.length === 0) return NaN;
  const [first, last] = [outside[0], outside[outside.length - 1]];
  return awayFrom(first, least, most) > awayFrom(last, least, most) ? first : last;
}

/** Whether all of many values are one, where the training's quarters differ. */
const isConstant = (sorted: ArrayLike<number>, then: readonly number[]): boolean =>
  sorted.length >= ENOUGH &&
  sorted[0] === sorted[sorted.length - 1] &&
  then[QUANTILES.indexOf(0.25)] < then[QUANTILES.indexOf(0.75)];

/**
 * Whether values out of range are worth a word: all of a few rows; else more than chance explains (of n + 1 values of one
 * distribution the last is the least or the most with probability 2 / (n + 1)), or further out than the range is wide.
 */
function isTold(
  outside: ArrayLike<number>,
  values: number,
  [least, most]: [number, number],
  trained: number,
): boolean {
  if (values < ENOUGH) return outside.length > 0;
  const width = most - least;
  const far =
    outside.length > 0 && (outside[0] < least - width || outside[outside.length - 1] > most + width);
  return far || outside.length > 3 + (6 * values) / (trained + 1);
}

/** The value that stands for gaps: it is beyond what the training held, fills many rows, and the gaps went by as much. */
function codedGap(outside: ArrayLike<number>, rows: number, then: ColumnFacts, now: number) {
  const [value, count] = mostFrequent(outside);
  if (2 * count < outside.length || count < SOME) return null;
  return asCode(value, count / rows, then, now);
}

/** Zeros that came as nearly all gaps went: where zeros are usual, a few gaps less bring some more of them by themselves. */
function codedZero(sorted: ArrayLike<number>, rows: number, then: ColumnFacts, now: number) {
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (sorted[i] === 0) count++;
  return now <= then.missing / 4 ? asCode(0, count / rows - (then.zeros ?? 0), then, now) : null;
}

function asCode(value: number, share: number, { missing: before }: ColumnFacts, now: number) {
  const gone = before - now;
  const fits = share >= CODED && gone >= CODED && gone >= share / 2 && gone <= 2 * share;
  return fits ? { value, share, before } : null;
}

function mostFrequent(sorted: ArrayLike<number>): [value: number, count: number] {
  let best: [number, number] = [NaN, 0];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    if (to - from > best[1]) best = [sorted[from], to - from];
  }
  return best;
}

/** Units that people mix up: hundreds, thousands and their powers, months, days of a year, the sign. */
const FACTORS = [7, 10, 12, 30, 100, 365.25, 1000, 1e4, 1e5, 1e6]
  .flatMap((f) => [f, 1 / f, -f, -1 / f])
  .concat(-1);
const ALIKE = 1.3;
/** Places of the quarters and the median among the quantiles. */
const MIDDLE = [3, 4, 5];

/** A turned sign turns the order of the quantiles round. */
const mirrored = (place: number, factor: number): number =>
  factor < 0 ? QUANTILES.length - 1 - place : place;

/** The factor between two columns, the same at both quarters and the median; 0 where there is none. */
function scaleOf(now: readonly number[], then: readonly number[]): number {
  const found = FACTORS.filter((factor) =>
    MIDDLE.every((place) => {
      const before = then[mirrored(place, factor)];
      const ratio = now[place] / (before * factor);
      return before !== 0 && ratio > 1 / ALIKE && ratio < ALIKE;
    }),
  );
  const off = (factor: number) =>
    MIDDLE.reduce(
      (sum, place) => sum + Math.abs(ln(now[place] / (then[mirrored(place, factor)] * factor))),
      0,
    );
  return found.sort((a, b) => off(a) - off(b)).at(0) ?? 0;
}

/** Quantiles that keep one rate this exactly may have been multiplied, by the rate of a currency; a segment or time may do the same. */
const EXACT = 1.05;

/** Any other factor that the quarters and the median of two columns share; 0 where they do not. */
function rateOf(now: readonly number[], then: readonly number[]): number {
  const ratios = MIDDLE.map((place) => now[place] / then[place]);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  // Few values, as of a count, share a factor by themselves.
  const distinct = new Set(MIDDLE.map((place) => then[place])).size === MIDDLE.length;
  const shared = distinct && least > 0 && most / least < EXACT;
  return shared && (least > ALIKE || most < 1 / ALIKE) ? ratios[1] : 0;
}

function missingFindings(
  column: string,
  missing: number,
  rows: number,
  { missing: before }: ColumnFacts,
  trained: number,
): Found[] {
  if (rows < ENOUGH) return [];
  const then = { rows: trained, missing: Math.round(before * trained) };
  const { current: now, verdict } = missingChange(then, { rows, missing });
  if (verdict === 'stable') return [];
  const never = now === 1 && before === 0;
  const severity = never ? 'error' : verdict === 'drifted' ? 'warning' : 'note';
  return [{ code: 'missing-jump', severity, column, before, now }];
}
