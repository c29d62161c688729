import { presentRows } from '../core/stats/present';
import { ScoredeskError } from '../core/errors';
import { auc, brier, logLoss } from '../core/metrics/binary';
import { probabilities } from '../core/model/evaluate';
import type { OnnxModel } from '../core/onnx/read';
import { columnOf, texts, type Table } from '../core/table/table';
import { encodeInputs, type ModelInput } from './encode';
import { idsOf } from './columns';
import { refuseMissed } from './packMissed';
import type { PackPlan } from './packPlan';
import type { Manifest } from './schema';

/** The scores that `pack` puts into a bundle: who computes them, what is promised, how good they are. */

/** P(default) of rows of inputs [rows, width]. */
export type Score = (inputs: Float64Array, rows: number) => Promise<Float64Array>;
export type StartRuntime = (
  onnx: OnnxModel,
  bytes: Uint8Array,
  output: Manifest['model']['output'],
) => Promise<{ score: Score }>;

/** Rows of `expected`: enough to catch a model that is not the one that was packed. */
const EXPECTED_ROWS = 50;

/** How this model is scored here: by `core/model` where it was read. @throws onnx-operator without a runtime */
export async function scorerOf(
  onnx: OnnxModel,
  output: Manifest['model']['output'],
  { model: bytes, runtime }: { model: Uint8Array; runtime?: StartRuntime | undefined },
): Promise<Score> {
  const { model, unread } = onnx;
  if (model) return async (inputs, rows) => probabilities(model, inputs, rows);
  if (!runtime) throw new ScoredeskError('onnx-operator', { operator: unread, node: '' });
  return (await runtime(onnx, bytes, output)).score;
}

const SCORED_ROWS = 5000;

export async function scoreTable(
  score: Score,
  inputs: readonly ModelInput[],
  table: Table,
): Promise<Float64Array> {
  const out = new Float64Array(table.rows);
  for (let from = 0; from < table.rows; from += SCORED_ROWS) {
    const to = Math.min(table.rows, from + SCORED_ROWS);
    out.set(await score(encodeInputs(inputs, table, from, to), to - from), from);
  }
  return out;
}

/** As far as two readings of a score may lie apart. */
const SAME = 1e-5;

/** Whether all scores are the same to what a bundle may show of a difference; none is the same as none. */
export const scoresEqual = (a: Float64Array, b: Float64Array): boolean =>
  a.every((p, row) => Math.abs(p - b[row]) <= SAME || (Number.isNaN(p) && Number.isNaN(b[row])));

/**
 * Clients spread evenly over the file with the probability the library gave, or ours.
 * @throws scores-none, prediction-missing, predictions-missed
 */
export function expectedRows(
  { clients, onnx, inputs, guessedLevels: guessed }: PackPlan,
  ours: Float64Array,
  { idColumn, expected }: { idColumn: string; expected?: Table | undefined },
): Manifest['expected'] {
  const ids = texts(columnOf(clients, idColumn));
  const theirs = expected && predictionsById(expected, idColumn);
  const scored = presentRows(ours);
  if (scored.length === 0) throw new ScoredeskError('scores-none', { clients: clients.rows });
  const count = Math.min(EXPECTED_ROWS, scored.length);
  const rows = Array.from({ length: count }, (_, k) => {
    const row = scored[count === 1 ? 0 : Math.round((k * (scored.length - 1)) / (count - 1))];
    const probability = theirs ? theirs.get(ids[row]) : ours[row];
    if (probability === undefined)
      throw new ScoredeskError('prediction-missing', { file: expected?.name ?? '', id: ids[row] });
    return { id: ids[row], probability };
  });
  if (theirs)
    refuseMissed({ ids, ours, theirs: ids.map((id) => theirs.get(id)), onnx, inputs, clients, guessed });
  return { from: theirs ? 'library' : 'pack', rows };
}

function predictionsById(table: Table, idColumn: string): Map<string, number> {
  const ids = idsOf(table, idColumn);
  const values = columnOf(table, 'probability');
  if (values.kind !== 'number')
    throw new ScoredeskError('column-not-number', {
      column: 'probability',
      file: table.name,
      row: 1,
      value: values.dictionary[0] ?? '',
    });
  return new Map(ids.map((id, row) => [id, values.values[row]]));
}

/** Of the rows with an outcome and a score. */
export function metricsOf(scores: Float64Array, test: Table, target: string): Record<string, number> {
  const column = columnOf(test, target);
  const outcomes = column.kind === 'number' ? column.values : new Float64Array(0);
  const known = presentRows(scores).filter((row) => !Number.isNaN(outcomes[row]));
  const y = Float64Array.from(known, (row) => outcomes[row]);
  const p = Float64Array.from(known, (row) => scores[row]);
  const area = auc(y, p);
  const all = { auc: area, gini: 2 * area - 1, logLoss: logLoss(y, p), brier: brier(y, p) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)));
}
