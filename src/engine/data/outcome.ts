import { wilsonInterval } from '../../core/stats/interval';
import { distinctTexts, type Column, type Table } from '../../core/table/table';
import { columnOf } from '../../core/table/table';

/** A column of two values, and the one of them that means default. */
export interface OutcomeChoice {
  column: string;
  value: string;
  /** Of the rows where it is known. */
  share: number;
  /** The column is called as outcomes are; any other of two values may be one, if somebody says so. */
  likely: boolean;
}

/** Names under which outcomes are kept. */
const NAMES = /^(target|default|defaulted|bad|class|outcome|label|y|default.?payment.*|seriousdlqin2yrs)$/i;
/** Of a column of texts the share of default is the smaller one; a number's is 1. */
const ONE = '1';

/** Every way in which a column could be the outcome, the likeliest first. */
export function outcomeChoices(sample: Table): OutcomeChoice[] {
  const found = [...sample.columns].flatMap(([column, of]) => choicesOf(column, of));
  const rank = ({ likely, value, share }: OutcomeChoice): number =>
    (likely ? 0 : 2) + (value === ONE || share <= 0.5 ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}

function choicesOf(column: string, of: Column): OutcomeChoice[] {
  const likely = NAMES.test(column);
  if (of.kind === 'number') {
    const isFlag = of.values.every((x) => x === 0 || x === 1 || x !== x);
    const ones = of.values.filter((x) => x === 1).length;
    const zeros = of.values.filter((x) => x === 0).length;
    return isFlag && ones > 0 && zeros > 0
      ? [{ column, value: ONE, share: ones / (ones + zeros), likely }]
      : [];
  }
  const levels = distinctTexts(of);
  if (levels.length !== 2) return [];
  const known = of.codes.filter((code) => code >= 0).length;
  return levels.map((value) => {
    const code = of.dictionary.indexOf(value);
    return { column, value, share: of.codes.filter((own) => own === code).length / known, likely };
  });
}

/** 1 default, 0 repaid, -1 unknown, by row. @throws column-unknown */
export function outcomesBy(
  sample: Table,
  { column, value }: Pick<OutcomeChoice, 'column' | 'value'>,
): Int8Array {
  const of = columnOf(sample, column);
  if (of.kind === 'number')
    return Int8Array.from(of.values, (x) => (x !== x ? -1 : Number(String(x) === value)));
  return Int8Array.from(of.codes, (code) => (code < 0 ? -1 : Number(of.dictionary[code] === value)));
}

/** Rows of a bin with a known outcome, and the share of default among them with its 95 % interval (Wilson). */
export interface Rate {
  rows: number;
  defaults: number;
  share: number;
  interval: [number, number];
}

export const rateOf = (rows: number, defaults: number): Rate => ({
  rows,
  defaults,
  share: rows ? defaults / rows : NaN,
  interval: rows ? wilsonInterval(defaults, rows) : [NaN, NaN],
});
