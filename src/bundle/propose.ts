import { ScoredeskError } from '../core/errors';
import { columnOf, distinctTexts, textColumn, texts, type Table } from '../core/table/table';
import { readOnnx } from '../core/onnx/read';
import { chooseFeatures, withoutIndexes } from './infer';
import { defaultOf } from './outcomeWords';
import { ROW_NUMBER, type Proposal } from './proposal';
import type { Dictionary } from './schema';

const ID_NAMES = /(^|[_\s.])(id|num|no|number|nr|numero|key|curr)$|^(sk_?id|id|client|customer)/i;
const TARGET_NAMES = /target|default|outcome|label|class|bad|churn|^y$/i;
const OUTCOMES = 2;
/** Where nobody says another: either mistake costs the same. */
const EVEN = 0.5;
/** Of the rows. */
const NEARLY = 0.9;

/**
 * Looks at a model and tables, and proposes what each column is.
 *
 * @throws rows-none when no table has rows; what `readOnnx` throws
 */
export function propose(
  model: Uint8Array,
  tables: readonly Table[],
  described: { file: string; dictionary: Dictionary } | null = null,
): Proposal {
  if (tables.length === 0) throw new ScoredeskError('own-no-table', {});
  const filled = tables.filter((table) => table.rows > 0);
  if (filled.length === 0) throw new ScoredeskError('rows-none', { file: tables[0]?.name ?? '' });
  const targets = targetsOf(filled);
  const target = proposedTarget(targets);
  const { clients, reference, ...others } = partsOf(filled, target?.column);
  const ids = [...idsIn(clients), ROW_NUMBER];
  const id = ids.find((name) => ID_NAMES.test(name) || isTextual(clients, name)) ?? ROW_NUMBER;
  const candidates = chooseFeatures(clients, undefined, id, target?.column, described?.dictionary ?? {});
  const { width: wanted, exported } = readOnnx(model, { width: candidates.length });
  const own = exported?.columns.every((name) => clients.columns.has(name)) ? exported.columns : null;
  return {
    tables: filled.map(({ name, rows, columns }) => ({ name, rows, columns: [...columns.keys()] })),
    clients: clients.name,
    reference: reference?.name ?? '',
    ...others,
    dictionary: described?.file ?? '',
    title: described?.dictionary.title ?? null,
    threshold: described?.dictionary.decision?.threshold ?? EVEN,
    ids,
    id,
    targets,
    target,
    features: own ? [...own] : withoutIndexes(candidates, wanted),
    wanted,
  };
}

interface Parts {
  clients: Table;
  reference: Table | null;
  test: string;
  current: string;
  expected: string;
}

/**
 * What each table is, by what it holds and is called: predictions have a probability and no outcome; of two others the one
 * with outcomes trained the model. Of one alone nobody knows whether it did.
 */
function partsOf(tables: readonly Table[], target: string | undefined): Parts {
  const named = (pattern: RegExp, among: readonly Table[]) =>
    among.length > 2 ? (among.find(({ name }) => pattern.test(name)) ?? null) : null;
  const predictions =
    tables.length > 1
      ? (tables.find(({ columns }) => columns.has('probability') && columns.size <= PREDICTION_COLUMNS) ??
        null)
      : null;
  const rows = tables.filter((table) => table !== predictions);
  const test = named(/test|valid|holdout/i, rows);
  const current = named(
    /current|later|recent|actuel/i,
    rows.filter((table) => table !== test),
  );
  const left = rows.filter((table) => table !== test && table !== current);
  const others = { test: test?.name ?? '', current: current?.name ?? '', expected: predictions?.name ?? '' };
  const labelled = left.filter((table) => target !== undefined && table.columns.has(target));
  if (left.length === 1) return { clients: left[0], reference: null, ...others };
  const clients = left.find((table) => !labelled.includes(table)) ?? left[0];
  const reference = labelled.find((table) => table !== clients) ?? labelled.at(0) ?? null;
  return { clients, reference, ...others };
}

/** An id, a probability, a decision. */
const PREDICTION_COLUMNS = 3;

function targetsOf(tables: readonly Table[]): Proposal['targets'] {
  const found = new Map<string, string[]>();
  for (const table of tables)
    for (const name of table.columns.keys()) {
      if (found.has(name)) continue;
      const values = distinctTexts(columnOf(table, name));
      if (values.length === OUTCOMES) found.set(name, values);
    }
  return [...found].map(([column, values]) => ({ column, values }));
}

function proposedTarget(targets: Proposal['targets']): Proposal['target'] {
  const likely = targets.find(({ column }) => TARGET_NAMES.test(column));
  if (!likely) return null;
  return { column: likely.column, value: likely.values[defaultOf(likely.values)] ?? '' };
}

/** Columns in which every row has a value of its own; and what is called an id where nearly every row has: repeats are told, no feature. */
function idsIn(table: Table): string[] {
  return [...table.columns.keys()].filter((name) => {
    const column = columnOf(table, name);
    if (column.kind === 'number' && !column.values.every((value) => Number.isInteger(value))) return false;
    const all = texts(column);
    const least = ID_NAMES.test(name) ? NEARLY * all.length : all.length;
    return !all.includes('') && new Set(all).size >= least;
  });
}

/** A text of its own in each row names it; whole numbers may be unique by chance. */
const isTextual = (table: Table, name: string): boolean =>
  name !== ROW_NUMBER && table.rows > 1 && columnOf(table, name).kind === 'text';

/** The table with a column of row numbers, for clients without ids. */
export function withRowNumbers(table: Table): Table {
  const numbers = Array.from({ length: table.rows }, (_, i) => String(i + 1));
  return { ...table, columns: new Map(table.columns).set(ROW_NUMBER, textColumn(numbers)) };
}
