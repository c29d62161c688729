import { checkStopped } from '../../core/errors';
import { PathInteractions } from '../../core/explain/pathInteractions';
import { featureRows } from '../../core/model/evaluate';
import { featureInputs, type Model } from '../../core/model/model';
import { sampleRows } from '../../core/numeric/random';
import { takeRows, type Table } from '../../core/table/table';
import { encodeInputs } from '../../bundle/encode';
import type { Engine } from '../engine';
import { pausing, type Task } from '../runtime';
import { coversOf, rowsToExplain, scoredRows, type ModelImportance } from './importance';

/** Rows of the sample: some milliseconds each. */
const ROWS = 200;
const SEED = 1;

/** Which inputs act together, by path-dependent SHAP interaction values. In raw output; both halves of a pair together. */
export interface Interactions {
  part: ModelImportance['part'];
  rows: number;
  /** Mean size of each pair's joint effect over the sample, row-major [inputs, inputs], the same both ways, 0 with itself. */
  mean: Float64Array;
  /** The same of one client, with its sign; null where the client is not in the bundle or has no score. */
  client: Float64Array | null;
}

/** @returns null of a model that is no trees, or has no covers. @throws stopped */
export async function interactionsOf(
  engine: Engine,
  client: string,
  { signal, progress }: Task = {},
): Promise<Interactions | null> {
  const { model } = engine.onnx;
  const covers = await coversOf(engine);
  if (model?.predictor.kind !== 'trees' || !covers) return null;
  const explainer = new PathInteractions(model.predictor, covers, featureInputs(model).length);
  const { part, table } = await rowsToExplain(engine);
  const sample = await scoredRows(engine, takeRows(table, sampleRows(table.rows, ROWS, SEED)));
  const mean = new Float64Array(model.width * model.width);
  const pause = pausing(signal);
  const features = featuresOf(engine, model, sample);
  for (let row = 0; row < sample.rows; row++) {
    checkStopped(signal);
    pairsOf(explainer, model, features, row).forEach(
      (value, k) => (mean[k] += Math.abs(value) / sample.rows),
    );
    progress?.({ done: row + 1, total: sample.rows, unit: 'rows' });
    await pause();
  }
  return { part, rows: sample.rows, mean, client: await ofClient(engine, client, { explainer, model }) };
}

const featuresOf = (engine: Engine, model: Model, table: Table): Float64Array =>
  featureRows(model, encodeInputs(engine.columns, table), table.rows);

async function ofClient(
  engine: Engine,
  id: string,
  { explainer, model }: { explainer: PathInteractions; model: Model },
): Promise<Float64Array | null> {
  if (!engine.clients.has(id)) return null;
  const row = await scoredRows(engine, await engine.clients.of([id]));
  return row.rows > 0 ? pairsOf(explainer, model, featuresOf(engine, model, row), 0) : null;
}

/** The joint effects of a row by input column: features that are made of one column are that column. */
function pairsOf(
  explainer: PathInteractions,
  model: Model,
  features: Float64Array,
  row: number,
): Float64Array {
  const { width } = explainer;
  const own = new Float64Array(width * width);
  explainer.addRow(features, row * width, own);
  const columnOf = featureInputs(model);
  const pairs = new Float64Array(model.width * model.width);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      if (columnOf[i] !== columnOf[j])
        pairs[columnOf[i] * model.width + columnOf[j]] += 2 * own[i * width + j];
  return pairs;
}
