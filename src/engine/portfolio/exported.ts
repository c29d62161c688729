import { freeName } from '../../core/table/names';
import { textColumn, type Table } from '../../core/table/table';
import type { Engine } from '../engine';

/** Clients as a file: all that the bundle holds of them, their scores and decisions. */
export async function exportedClients(
  engine: Engine,
  scores: Float64Array,
  positions: Int32Array,
): Promise<Table> {
  const table = await engine.clients.rows(positions);
  const own = Float64Array.from(positions, (row) => scores[row]);
  const columns = new Map(table.columns);
  const add = (name: string) => freeName(name, (taken) => columns.has(taken));
  columns.set(add('probability'), { kind: 'number', values: own });
  columns.set(add('decision'), textColumn(Array.from(own, (p) => engine.decide(p))));
  return { ...table, columns };
}
