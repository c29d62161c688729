import { follow, type Follower } from '../../core/explain/counterfactual/moves';
import type { Table } from '../../core/table/table';
import { derivedOrder, derivedRule } from '../../bundle/derived';
import { encodeInputs, inputsNamed, type Encoded, type ModelInput } from '../../bundle/encode';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import type { CellValue } from './cells';

/**
 * A client's file as numbers that can be edited: the model's inputs in their order, then the columns that others are
 * derived from and those that are derived, so that what follows a change follows it.
 */
export class Sheet {
  readonly columns: readonly ModelInput[];
  /** Of the columns the first are the model's. */
  readonly width: number;
  readonly row: Float64Array;
  readonly followers: readonly Follower[];
  readonly #at: ReadonlyMap<string, number>;

  constructor(layout: SheetLayout, row: Float64Array) {
    this.columns = layout.columns;
    this.width = layout.width;
    this.followers = layout.followers;
    this.#at = layout.at;
    this.row = row;
  }

  /** The sheet with these values, and all that follows them. Columns that it lacks are passed over. */
  with(values: Edits): Sheet {
    const row = this.row.slice();
    const changed = new Set<number>();
    for (const [name, value] of Object.entries(values)) {
      const at = this.#at.get(name);
      if (at === undefined) continue;
      row[at] = codeOf(this.columns[at], value);
      changed.add(at);
    }
    return this.as(follow(row, this.followers, changed));
  }

  /** The same file with another row of it. */
  as(row: Float64Array): Sheet {
    const { columns, width, followers } = this;
    return new Sheet({ columns, width, followers, at: this.#at }, row);
  }

  /** A sheet of values by column; those that are not named are missing. */
  static of(layout: SheetLayout, values: Edits): Sheet {
    const row = Float64Array.from(layout.columns, (column) => codeOf(column, values[column.name] ?? null));
    return new Sheet(layout, row);
  }

  get inputs(): Encoded {
    return { rows: 1, width: this.width, values: this.row.slice(0, this.width) };
  }

  /** Position of a column; undefined where the sheet lacks it. */
  position(name: string): number | undefined {
    return this.#at.get(name);
  }
}

/** New values by column; null takes a value away. */
export type Edits = Readonly<Record<string, CellValue>>;

/** A column with another value than before. */
export interface Following {
  column: string;
  from: CellValue;
  to: CellValue;
}

/** Columns of which two sheets of a layout differ; `isBeyond`: outside the range or the levels that the training knows. */
export function changedCells(before: Sheet, after: Sheet): (Following & { isBeyond: boolean })[] {
  return after.columns.flatMap((declared, at) => {
    const [old, code] = [before.row[at], after.row[at]];
    if (Object.is(old, code)) return [];
    return [
      {
        column: declared.name,
        from: valueOf(declared, old),
        to: valueOf(declared, code),
        isBeyond: isBeyond(declared, code),
      },
    ];
  });
}

function isBeyond({ type, range, levels }: ManifestColumn, code: number): boolean {
  if (Number.isNaN(code)) return false;
  if (type === 'category') return code >= (levels?.length ?? 0);
  return range !== undefined && (code < range[0] || code > range[1]);
}

export interface SheetLayout {
  columns: readonly ModelInput[];
  width: number;
  followers: readonly Follower[];
  at: ReadonlyMap<string, number>;
}

/** How the sheets of a bundle are laid out. @throws derived-cycle, column-unknown: of the declarations */
export function sheetLayout({ manifest, columns: inputs }: Engine): SheetLayout {
  const derived = derivedOrder(manifest.columns);
  const own = new Set(inputs.map(({ name }) => name));
  const others = new Set(derived.flatMap(({ name, derived: rule }) => [...(rule?.of ?? []), name]));
  const more = inputsNamed(
    [...others].filter((name) => !own.has(name)),
    manifest.columns,
    'code',
  );
  const columns = [...inputs, ...more];
  const at = new Map(columns.map(({ name }, i) => [name, i]));
  const followers = derived.map((column): Follower => {
    const of = (column.derived?.of ?? []).map((name) => at.get(name) as number);
    return {
      input: at.get(column.name) as number,
      of,
      rule: derivedRule(
        column,
        of.map((operand) => columns[operand]),
      ),
    };
  });
  return { columns, width: inputs.length, followers, at };
}

/** The sheet of one row of a bundle table. */
export function sheetOf(engine: Engine, table: Table): Sheet {
  const layout = sheetLayout(engine);
  // A derived column that the model does not use may be in no file: it is computed.
  const there = layout.columns.filter(({ name }) => table.columns.has(name));
  const values = encodeInputs(there, table, 0, 1);
  const row = new Float64Array(layout.columns.length).fill(NaN);
  there.forEach(({ name }, i) => (row[layout.at.get(name) as number] = values[i]));
  for (const { input, of, rule } of layout.followers)
    if (!table.columns.has(layout.columns[input].name)) row[input] = rule(of.map((operand) => row[operand]));
  return new Sheet(layout, row);
}

/** A value as the model takes it. */
function codeOf(declared: ModelInput, value: CellValue): number {
  if (declared.type !== 'category') return value === null ? NaN : Number(value);
  if (value === null) return declared.gap;
  return declared.levels?.findIndex((level) => level.value === value) ?? -1;
}

/** The value of a code or number as a page shows it; null where it is missing. */
export function valueOf(declared: ManifestColumn, code: number): CellValue {
  if (declared.type !== 'category') return Number.isNaN(code) ? null : code;
  return declared.levels?.[code]?.value ?? null;
}
