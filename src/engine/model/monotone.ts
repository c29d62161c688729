import { checkStopped, ScoredeskError } from '../../core/errors';
import { quantileSorted } from '../../core/stats/quantile';
import { columnOf, type Table } from '../../core/table/table';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import type { Task } from '../runtime';

/** Clients that a declared direction is tried on, and values of the reference that each is given. */
const TRIED_ROWS = 200;
const TRIED_VALUES = 21;
/** A step down that float32 rounding alone can make. */
const ROUNDING = 1e-6;

/**
 * Tries each declared monotone direction: clients spread over the reference get values between its
 * least and greatest, all else unchanged, and the score may only go the declared way.
 *
 * @returns number of columns tried
 * @throws monotone-broken naming the column, a client and the two values
 */
export async function verifyMonotone(engine: Engine, task: Task = {}): Promise<number> {
  const reference = (await engine.reference()) ?? (await engine.clients.table());
  const declared = engine.columns.filter((column) => column.monotone);
  for (const column of declared) {
    checkStopped(task.signal);
    const grid = gridOf(reference, column);
    if (grid.length > 1) await tryColumn(engine, column, grid, task);
  }
  return declared.length;
}

/** Values between the least and the greatest of the reference, by its quantiles. */
function gridOf(reference: Table, { name }: ManifestColumn): Float64Array {
  const column = columnOf(reference, name);
  if (column.kind !== 'number') return new Float64Array(0);
  const finite = Float64Array.from(column.values).filter(Number.isFinite).sort();
  if (finite.length === 0) return finite;
  const values = Array.from({ length: TRIED_VALUES }, (_, k) =>
    quantileSorted(finite, k / (TRIED_VALUES - 1)),
  );
  return Float64Array.from(new Set(values));
}

async function tryColumn(
  engine: Engine,
  { name, monotone }: ManifestColumn,
  grid: Float64Array,
  task: Task,
): Promise<void> {
  const { count, ids } = engine.clients;
  const rows = Math.min(TRIED_ROWS, count);
  const tried = Int32Array.from({ length: rows }, (_, k) => Math.floor((k * count) / rows));
  const table = await engine.clients.rows(tried, engine.inputs);
  let before: Float64Array | null = null;
  for (let k = 0; k < grid.length; k++) {
    const values = new Float64Array(rows).fill(grid[k]);
    const columns = new Map(table.columns).set(name, { kind: 'number', values });
    const scores = await engine.score({ ...table, columns }, task);
    const earlier = before;
    const broken = earlier ? scores.findIndex((p, i) => (monotone ?? 0) * (p - earlier[i]) < -ROUNDING) : -1;
    if (earlier && broken >= 0)
      throw new ScoredeskError('monotone-broken', {
        column: name,
        id: ids[tried[broken]],
        from: grid[k - 1],
        to: grid[k],
        before: earlier[broken],
        after: scores[broken],
      });
    before = scores;
  }
}
