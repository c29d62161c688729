import { ScoredeskError } from '../core/errors';
import { columnOf, distinctTexts, textColumn, texts, type Table } from '../core/table/table';
import { readOnnx } from '../core/onnx/read';
import { withoutIndexes } from './infer';
import { defaultOf } from './outcomeWords';
import { ROW_NUMBER, type Proposal } from './proposal';

const ID_NAMES = /(^|[_\s.])(id|num|no|number|nr|numero|key|curr)$|^(sk_?id|id|client|customer)/i;
const TARGET_NAMES = /target|default|outcome|label|class|bad|churn|^y$/i;
const OUTCOMES = 2;

/**
 * Looks at a model and tables, and proposes what each column is.
 *
 * @throws rows-none when no table has rows; what `readOnnx` throws
 */
export function propose(model: Uint8Array, tables: readonly Table[]): Proposal {
  const filled = tables.filter((table) => table.rows > 0);
  if (filled.length === 0) throw new ScoredeskError('rows-none', { file: tables[0]?.name ?? '' });
  const targets = targetsOf(filled);
  const target = proposedTarget(targets);
  const { clients, reference } = partsOf(filled, target?.column);
  const ids = [...idsIn(clients), ROW_NUMBER];
  const id = ids.find((name) => ID_NAMES.test(name) || isTextual(clients, name)) ?? ROW_NUMBER;
  const others = [...clients.columns.keys()].filter((name) => name !== id && name !== target?.column);
  const { width: wanted, exported } = readOnnx(model, { width: others.length });
  const own = exported?.columns.every((name) => clients.columns.has(name)) ? exported.columns : null;
  return {
    tables: filled.map(({ name, rows, columns }) => ({ name, rows, columns: [...columns.keys()] })),
    clients: clients.name,
    reference: reference?.name ?? '',
    ids,
    id,
    targets,
    target,
    features: own ? [...own] : withoutIndexes(others, wanted),
    wanted,
  };
}

/** Two tables: the one with outcomes trained the model. Of one alone nobody knows whether it did. */
function partsOf(
  tables: readonly Table[],
  target: string | undefined,
): { clients: Table; reference: Table | null } {
  const labelled = tables.filter((table) => target !== undefined && table.columns.has(target));
  if (tables.length === 1) return { clients: tables[0], reference: null };
  const clients = tables.find((table) => !labelled.includes(table)) ?? tables[0];
  return { clients, reference: labelled.find((table) => table !== clients) ?? labelled[0] ?? null };
}

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

/** Columns in which every row has a value of its own. */
function idsIn(table: Table): string[] {
  return [...table.columns.keys()].filter((name) => {
    const column = columnOf(table, name);
    if (column.kind === 'number' && !column.values.every((value) => Number.isInteger(value))) return false;
    const all = texts(column);
    return !all.includes('') && new Set(all).size === all.length;
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
