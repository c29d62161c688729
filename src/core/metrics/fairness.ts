import { mistakesAt } from '../decision/thresholds';
import { wilsonInterval } from '../stats/interval';
import { auc } from './binary';
import { decisionFigures } from './decisions';
import { ranked } from './ranked';

/** A share of so many, with its interval (Wilson, 95 %); null of nobody. */
export interface Share {
  value: number | null;
  of: number;
  interval: [number, number] | null;
}

/** How a rule decides on a group. */
export interface GroupFigures {
  /** Names of what is in it: more than one where small groups were put together. */
  names: string[];
  rows: number;
  /** Not refused. */
  approved: Share;
  defaulted: Share;
  /** Defaults that are refused. */
  recall: Share;
  /** Repaid that are refused. */
  falsePositiveRate: Share;
  /** Mean score: beside what defaulted it tells whether the group is judged too high or too low. */
  expected: number;
  auc: number | null;
  /** Approved, beside the group that is approved most (four-fifths rule, EEOC 1978). */
  ratio: number;
}

/** Fewer rows say nothing of a group. */
export const LEAST_ROWS = 30;
/** Below four fifths of the highest rate a group is looked at. */
export const FOUR_FIFTHS = 0.8;

/**
 * A rule's decisions by group (fairlearn MetricFrame). Groups of fewer rows are put together as one; where even that is
 * smaller, it is left out.
 *
 * @param groups number of each row's group, -1 of none
 * @param names of the groups
 * @param least rows that a group has
 */
export function byGroup(
  { target, score }: { target: ArrayLike<number>; score: ArrayLike<number> },
  groups: ArrayLike<number>,
  names: readonly string[],
  { threshold, least }: { threshold: number; least: number },
): { groups: GroupFigures[]; leftOut: string[] } {
  const rowsOf = names.map((): number[] => []);
  for (let row = 0; row < score.length; row++) if (groups[row] >= 0) rowsOf[groups[row]].push(row);
  const all = names
    .map((name, i) => ({ names: [name], rows: rowsOf[i] }))
    .filter(({ rows }) => rows.length > 0);
  const small = all.filter(({ rows }) => rows.length < least);
  const together = { names: small.flatMap((group) => group.names), rows: small.flatMap(({ rows }) => rows) };
  const isShown = together.rows.length >= least;
  const shown = [...all.filter(({ rows }) => rows.length >= least), ...(isShown ? [together] : [])];
  const found = shown.map((group) => figuresOf(group, target, score, threshold));
  const most = Math.max(...found.map(({ approved }) => approved.value ?? 0));
  return {
    groups: found.map((group) => ({ ...group, ratio: most > 0 ? (group.approved.value ?? 0) / most : 1 })),
    leftOut: isShown ? [] : together.names,
  };
}

function figuresOf(
  { names, rows }: { names: string[]; rows: readonly number[] },
  target: ArrayLike<number>,
  score: ArrayLike<number>,
  threshold: number,
): Omit<GroupFigures, 'ratio'> {
  const own = { target: rows.map((row) => target[row]), score: rows.map((row) => score[row]) };
  const mistakes = mistakesAt(ranked(own.score, own.target), threshold);
  const { truePositive, falsePositive, falseNegative, trueNegative } = mistakes;
  const figures = decisionFigures(mistakes);
  const area = auc(own.target, own.score);
  return {
    names,
    rows: rows.length,
    approved: shareOf(figures.approved, falseNegative + trueNegative, rows.length),
    defaulted: shareOf(figures.defaulted, truePositive + falseNegative, rows.length),
    recall: shareOf(figures.recall, truePositive, truePositive + falseNegative),
    falsePositiveRate: shareOf(figures.falsePositiveRate, falsePositive, falsePositive + trueNegative),
    expected: own.score.reduce((sum, p) => sum + p, 0) / rows.length,
    auc: Number.isNaN(area) ? null : area,
  };
}

const shareOf = (value: number, count: number, of: number): Share =>
  of === 0 ? { value: null, of, interval: null } : { value, of, interval: wilsonInterval(count, of) };
