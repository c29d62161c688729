import { densityAt } from '../../core/stats/density';
import { evenRows } from '../../core/stats/evenRows';
import { quantileSorted } from '../../core/stats/quantile';
import { midRank } from '../../core/stats/rank';
import { columnOf, takeColumn, type Column, type Table } from '../../core/table/table';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import { cellValue, type CellValue } from './cells';
import { counted, having, nearTo, outcomesOf, sameAs, type Condition, type Counted } from './group';
import { BEYOND, numberIn, pairOf, type Pair } from './pair';

/** A client among people like this, of the rows that trained the model (the clients where there are none). */
export interface SimilarView extends Counted {
  /** Columns that make the group; empty of everyone. */
  alike: string[];
  /** Columns of the group that was asked for which too few people share. */
  given: string[];
  features: SimilarFeature[];
  /** Two numbers together, where they were asked for. */
  pair: Pair | null;
}

export interface SimilarQuestion {
  /** Id of a group of the bundle; "" for everyone. */
  cohort: string;
  /** What the group has besides, in the order in which it is given up the last first. */
  own: readonly Condition[];
  /** Whose distributions are wanted. */
  columns: readonly string[];
  /** Two numbers that are wanted together; null for none. */
  pair: { x: string; y: string } | null;
}

export type SimilarFeature = NumbersAlike | LevelsAlike;

export interface NumbersAlike {
  kind: 'numbers';
  column: string;
  value: number | null;
  /** Share of the group below the value, half of those equal; null where it is missing. */
  position: number | null;
  missing: number;
  /** null where the value is missing. */
  near: Counted | null;
  /** Ends of the axis: nearly all of the group lies between. */
  least: number;
  most: number;
  /** Where the curves are drawn; empty where there are none to draw. */
  at: Float64Array;
  /** Of each outcome a curve, or its values where they are few; one curve of all where nobody knows outcomes. */
  groups: {
    outcome: 'repaid' | 'defaulted' | 'all';
    people: number;
    curve: Float64Array | null;
    dots: Float64Array;
  }[];
}

export interface LevelsAlike {
  kind: 'levels';
  column: string;
  value: string | null;
  missing: number;
  levels: { value: string; people: number; defaulted: number | null }[];
}

/** Fewer say nothing of a group: it is widened. */
export const LEAST_PEOPLE = 30;
/** Of an outcome; fewer are drawn one by one. */
const LEAST_FOR_CURVE = 30;
/** Values of an outcome that a curve is drawn of. */
const MOST_FOR_CURVE = 2000;
const POINTS = 64;

/** The group is widened, what was asked for last first, until it has 30 people. */
export async function similarTo(
  engine: Engine,
  client: Table,
  { cohort, own, columns, pair }: SimilarQuestion,
): Promise<SimilarView> {
  const reference = await engine.reference();
  const table = reference ?? (await engine.clients.table());
  const shared = engine.manifest.cohorts?.find(({ id }) => id === cohort)?.columns ?? [];
  const wanted = [
    ...shared.flatMap((name) =>
      table.columns.has(name) && client.columns.has(name) ? [sameAs(client, name)] : [],
    ),
    ...own.filter(({ column }) => table.columns.has(column)),
  ];
  let kept = wanted.length;
  let rows = having(table, wanted);
  while (rows.length < LEAST_PEOPLE && kept > 0) rows = having(table, wanted.slice(0, --kept));
  const outcomes = reference ? outcomesOf(engine, reference) : null;
  const declared = new Map(engine.manifest.columns.map((column) => [column.name, column]));
  const names = wanted.map(({ column }) => column);
  return {
    ...counted(rows, outcomes),
    alike: names.slice(0, kept),
    given: names.slice(kept),
    features: columns.flatMap((name) => {
      const column = declared.get(name);
      return column && table.columns.has(name) ? [featureOf(column, table, rows, outcomes, client)] : [];
    }),
    pair: pair && pairOf(pair, table, rows, outcomes, client),
  };
}

function featureOf(
  { name, levels }: ManifestColumn,
  table: Table,
  rows: Int32Array,
  outcomes: ArrayLike<number> | null,
  client: Table,
): SimilarFeature {
  const column = takeColumn(columnOf(table, name), rows);
  const value = cellValue(columnOf(client, name), 0);
  const labels = outcomes && Float64Array.from(rows, (row) => outcomes[row]);
  return column.kind === 'number'
    ? { ...numbersOf(name, column.values, labels, value), near: nearIn(table, name, rows, outcomes, client) }
    : levelsOf(name, column, labels, value, levels?.length ?? column.dictionary.length);
}

function nearIn(
  table: Table,
  name: string,
  rows: Int32Array,
  outcomes: ArrayLike<number> | null,
  client: Table,
): Counted | null {
  const column = columnOf(table, name);
  const value = numberIn(client, name);
  return value === null || column.kind !== 'number'
    ? null
    : counted(nearTo(column.values, rows, value), outcomes);
}

function numbersOf(
  column: string,
  values: ArrayLike<number>,
  labels: Float64Array | null,
  value: CellValue,
): Omit<NumbersAlike, 'near'> {
  const present = Array.from(values, (x, row) => ({ x, label: labels ? labels[row] : NaN })).filter(({ x }) =>
    Number.isFinite(x),
  );
  const sorted = Float64Array.from(present, ({ x }) => x).sort();
  const number = typeof value === 'number' && !Number.isNaN(value) ? value : null;
  const [least, most] =
    sorted.length > 0 ? [quantileSorted(sorted, BEYOND), quantileSorted(sorted, 1 - BEYOND)] : [0, 0];
  const at =
    most > least
      ? Float64Array.from({ length: POINTS }, (_, i) => least + ((most - least) * i) / (POINTS - 1))
      : new Float64Array(0);
  const of = (outcome: NumbersAlike['groups'][number]['outcome'], keep: (label: number) => boolean) =>
    groupOf(
      outcome,
      Float64Array.from(
        present.filter(({ label }) => keep(label)),
        ({ x }) => x,
      ),
      at,
    );
  return {
    kind: 'numbers',
    column,
    value: number,
    position: number === null || sorted.length === 0 ? null : midRank(sorted, number),
    missing: values.length - present.length,
    least,
    most,
    at,
    groups: labels
      ? [of('repaid', (label) => label === 0), of('defaulted', (label) => label === 1)]
      : [of('all', () => true)],
  };
}

function groupOf(
  outcome: NumbersAlike['groups'][number]['outcome'],
  values: Float64Array,
  at: Float64Array,
): NumbersAlike['groups'][number] {
  const people = values.length;
  const some = takeEvenly(values, MOST_FOR_CURVE);
  const varies = some.some((x) => x !== some[0]);
  const curve = people >= LEAST_FOR_CURVE && varies && at.length > 0 ? densityAt(some, at) : null;
  return { outcome, people, curve, dots: people < LEAST_FOR_CURVE ? values : new Float64Array(0) };
}

const takeEvenly = (values: Float64Array, most: number): Float64Array =>
  values.length <= most ? values : Float64Array.from(evenRows(values.length, most), (row) => values[row]);

function levelsOf(
  column: string,
  { codes, dictionary }: Extract<Column, { kind: 'text' }>,
  labels: Float64Array | null,
  value: CellValue,
  known: number,
): LevelsAlike {
  const people = new Uint32Array(known);
  const defaulted = new Uint32Array(known);
  let missing = 0;
  codes.forEach((code, row) => {
    if (code < 0 || code >= known) missing++;
    else {
      people[code]++;
      if (labels?.[row] === 1) defaulted[code]++;
    }
  });
  return {
    kind: 'levels',
    column,
    value: typeof value === 'string' ? value : null,
    missing,
    levels: Array.from(people, (count, code) => ({
      value: dictionary[code],
      people: count,
      defaulted: labels ? defaulted[code] : null,
    })).filter((level) => level.people > 0),
  };
}
