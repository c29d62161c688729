import { columnOf, type Table } from '../core/table/table';
import { wholeTable } from '../core/table/source';
import { openPart } from '../bundle/read';
import { rowFindings, scoreFindings, type ComparedRows, type Trained } from '../bundle/training/compare';
import type { Finding } from '../bundle/training/findings';
import { everyRow } from '../core/stats/evenRows';
import type { Engine } from './engine';
import type { Task } from './runtime';

export const trainedOf = (engine: Engine): Trained => ({
  inputs: engine.columns,
  model: engine.onnx.model,
  facts: engine.manifest.training ?? null,
});

/** What a bundle's clients, test and reference rows hold that the rows which trained its model did not. */
export async function bundleFindings(engine: Engine, task: Task = {}): Promise<Finding[]> {
  const trained = trainedOf(engine);
  const found: Finding[] = [];
  for (const part of ['clients', 'test', 'reference'] as const) {
    const source = await openPart(engine.files, part);
    if (!source) continue;
    const table = await wholeTable(source);
    const rows = await comparedRows(engine, table, part === 'reference', task);
    const own = part === trained.facts?.from;
    if (!own) found.push(...rowFindings(trained, rows));
    found.push(...scoreFindings(trained, rows));
  }
  return found;
}

async function comparedRows(
  engine: Engine,
  whole: Table,
  trained: boolean,
  task: Task,
): Promise<ComparedRows> {
  // A part's file is an odd name to a reader: what it is for is its name.
  const table = { ...whole, name: whole.name.replace(/\.parquet$/, '') };
  const probabilities = await engine.score(table, task);
  const declared = engine.manifest.columns.find(({ role }) => role === 'target');
  const column = declared && table.columns.has(declared.name) ? columnOf(table, declared.name) : null;
  return {
    table,
    id: engine.idColumn,
    scores: { rows: everyRow(table.rows), probabilities },
    outcomes: column?.kind === 'number' ? column.values : null,
    trained,
  };
}
