import type { Column, Table } from '../../core/table/table';
import type { Cells } from './application';

/** A column as Kaggle's CSV has it: whole numbers, numbers with a decimal point, or text. Levels may be met later. */
export type TwinColumn = { name: string } & (
  { kind: 'whole' | 'decimal' } | { kind: 'text'; levels: string[] }
);

/** Rows of one table, one after the other. */
export class TableRows {
  private rows = 0;
  private cells: Float64Array[];
  private readonly codes: (Map<string, number> | null)[];

  constructor(
    readonly name: string,
    private readonly columns: readonly TwinColumn[],
  ) {
    this.cells = columns.map(() => new Float64Array(1024));
    this.codes = columns.map((column) =>
      column.kind === 'text' ? new Map(column.levels.map((level, code) => [level, code])) : null,
    );
  }

  /** A row in the order of the columns: numbers, NaN where one is missing, of texts their level's place. */
  add(...row: readonly number[]): void {
    this.makeRoom();
    for (let i = 0; i < row.length; i++) this.cells[i][this.rows] = row[i];
    this.rows++;
  }

  /** A row by the names of its columns. */
  addCells(row: Cells): void {
    this.makeRoom();
    this.columns.forEach((column, i) => {
      this.cells[i][this.rows] = this.cellOf(column, i, row[column.name] ?? null);
    });
    this.rows++;
  }

  /** What was added since the last time. */
  take(): Table {
    const { rows } = this;
    const columns = this.columns.map((column, i): [string, Column] => {
      const own = this.cells[i].subarray(0, rows);
      if (column.kind === 'text')
        return [column.name, { kind: 'text', codes: Int32Array.from(own), dictionary: [...column.levels] }];
      const values = column.kind === 'whole' ? Int32Array.from(own) : own.slice();
      return [column.name, { kind: 'number', values, written: column.kind }];
    });
    this.rows = 0;
    return { name: this.name, rows, columns: new Map(columns) };
  }

  private cellOf(column: TwinColumn, i: number, cell: number | string | null): number {
    if (column.kind !== 'text') return cell === null ? NaN : (cell as number);
    if (cell === null) return -1;
    const codes = this.codes[i] as Map<string, number>;
    const known = codes.get(cell as string);
    if (known !== undefined) return known;
    codes.set(cell as string, column.levels.length);
    return column.levels.push(cell as string) - 1;
  }

  private makeRoom(): void {
    if (this.rows < this.cells[0].length) return;
    this.cells = this.cells.map((cells) => {
      const larger = new Float64Array(2 * cells.length);
      larger.set(cells);
      return larger;
    });
  }
}
