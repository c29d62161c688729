import { ScoredeskError } from '../core/errors';
import { oneByOne, type RowRange, type TableSource } from '../core/table/source';
import { columnOf, type Column, type Table } from '../core/table/table';
import type { ManifestColumn } from './schema';

/** Relative difference a declared column may show from its rule: tables are often written with six digits. */
const TOLERANCE = 1e-5;
/** Longest chain of columns derived from derived ones. */
const MAX_CHAIN = 100;

/**
 * The derived columns, each after those it is computed from.
 * @throws derived-cycle, column-unknown
 */
export function derivedOrder(columns: readonly ManifestColumn[]): ManifestColumn[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const state = new Map<string, 'open' | 'done'>();
  const order: ManifestColumn[] = [];
  const visit = (column: ManifestColumn, depth: number): void => {
    if (!column.derived || state.get(column.name) === 'done') return;
    if (state.get(column.name) === 'open' || depth > MAX_CHAIN)
      throw new ScoredeskError('derived-cycle', { column: column.name });
    state.set(column.name, 'open');
    for (const operand of column.derived.of) {
      const source = byName.get(operand);
      if (!source)
        throw new ScoredeskError('column-unknown', { column: operand, nearest: '', file: column.name });
      visit(source, depth + 1);
    }
    state.set(column.name, 'done');
    order.push(column);
  };
  columns.forEach((column) => visit(column, 0));
  return order;
}

/**
 * A derived column's rule on one row, its operands as the model takes them (categories as codes).
 * @param operands declarations of the columns of its rule, in their order
 */
export function derivedRule(
  { derived: rule }: ManifestColumn,
  operands: readonly ManifestColumn[],
): (values: readonly number[]) => number {
  if (!rule) return () => NaN;
  if (rule.op !== 'isLevel') {
    const combine = COMBINE[rule.op];
    return (values) => values.reduce((whole, value) => combine(whole, value));
  }
  const code = operands[0].levels?.findIndex(({ value }) => value === rule.level);
  const wanted = code ?? Number(rule.level);
  return ([value]) => (value === wanted ? 1 : 0);
}

/** The values a derived column's rule gives on a table that holds its operands. */
function computeDerived(column: ManifestColumn, table: Table): Float64Array {
  const rule = column.derived;
  if (!rule) throw new ScoredeskError('bug', { message: `${column.name} is not derived` });
  const operands = rule.of.map((name) => columnOf(table, name));
  if (rule.op === 'isLevel') return isLevel(operands[0], rule.level ?? '', table.rows);
  const numbers = operands.map((operand, i) => numbersOf(operand, rule.of[i], table));
  const combine = COMBINE[rule.op];
  const out = Float64Array.from(numbers[0]);
  for (const next of numbers.slice(1)) for (let i = 0; i < out.length; i++) out[i] = combine(out[i], next[i]);
  return out;
}

const COMBINE = {
  ratio: (a: number, b: number) => a / b,
  difference: (a: number, b: number) => a - b,
  sum: (a: number, b: number) => a + b,
  product: (a: number, b: number) => a * b,
};

function isLevel(column: Column, level: string, rows: number): Float64Array {
  if (column.kind === 'number')
    return Float64Array.from(column.values, (value) => (String(value) === level ? 1 : 0));
  const code = column.dictionary.indexOf(level);
  const out = new Float64Array(rows);
  if (code >= 0) for (let i = 0; i < rows; i++) out[i] = column.codes[i] === code ? 1 : 0;
  return out;
}

function numbersOf(column: Column, name: string, table: Table) {
  if (column.kind === 'number') return column.values;
  throw new ScoredeskError('column-not-number', {
    column: name,
    file: table.name,
    row: 1,
    value: column.dictionary[0] ?? '',
  });
}

/**
 * The table with every declared derived column whose operands it holds: computed where absent, checked where present.
 *
 * @param readable whether a column of the table is what it was declared to be
 * @param attempt runs a rule of one column; null where it failed: the column then stays as it came, or absent
 * @throws derived-cycle, column-unknown: of the declarations; what `attempt` throws, of derived-mismatch with the first row
 *   that disagrees with the rule
 */
export function withDerived(
  table: Table,
  columns: readonly ManifestColumn[],
  readable: (name: string) => boolean,
  attempt: (name: string, rule: () => Column) => Column | null,
): Table {
  const out = new Map(table.columns);
  const there = { has: (name: string) => out.has(name) && readable(name) };
  for (const column of computable(columns, there)) {
    if (!column.derived?.of.every((name) => there.has(name))) continue;
    const read = attempt(column.name, () => derivedColumn(column, { ...table, columns: out }));
    if (read) out.set(column.name, read);
  }
  return { ...table, columns: out };
}

/** The same for a table that is read by columns and rows. */
export function derivedSource(source: TableSource, columns: readonly ManifestColumn[]): TableSource {
  const rules = computable(columns, new Set(source.names));
  const ruleOf = new Map(rules.map((column) => [column.name, column]));
  const read = async (name: string, range?: RowRange): Promise<Column | null> => {
    const stored = await source.read(name, range);
    const rule = ruleOf.get(name);
    if (!rule) return stored;
    const own = new Map<string, Column>();
    for (const operand of rule.derived?.of ?? []) {
      const column = await read(operand, range);
      if (column) own.set(operand, column);
    }
    if (stored) own.set(name, stored);
    const rows = range ? range.to - range.from : source.rows;
    return derivedColumn(rule, { name: source.name, rows, columns: own }, range?.from);
  };
  return { ...oneByOne(source), names: [...new Set([...source.names, ...ruleOf.keys()])], read };
}

/** The derived columns whose operands are there, or are derived of what is there. */
function computable(
  columns: readonly ManifestColumn[],
  there: { has(name: string): boolean },
): ManifestColumn[] {
  const can = new Set<string>();
  for (const { name, derived } of derivedOrder(columns))
    if (derived?.of.every((operand) => there.has(operand) || can.has(operand))) can.add(name);
  return derivedOrder(columns).filter(({ name }) => can.has(name));
}

/** What the rule gives; the column itself where the table has it and it agrees. */
function derivedColumn(column: ManifestColumn, table: Table, firstRow = 0): Column {
  const expected = computeDerived(column, table);
  const present = table.columns.get(column.name);
  if (!present) return { kind: 'number', values: expected };
  checkDerived(column.name, { found: numbersOf(present, column.name, table), expected, firstRow });
  return present;
}

interface Compared {
  found: ArrayLike<number>;
  expected: Float64Array;
  /** Rows of the table before these. */
  firstRow: number;
}

function checkDerived(column: string, { found, expected, firstRow }: Compared): void {
  for (let row = 0; row < expected.length; row++) {
    const a = found[row];
    const b = expected[row];
    if (Object.is(a, b) || a === b || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b))) continue;
    throw new ScoredeskError('derived-mismatch', { column, row: firstRow + row + 1, found: a, expected: b });
  }
}
