import { checkStopped, ScoredeskError } from '../core/errors';
import { isRefused, type DecisionRule } from '../core/decision/decision';
import { coversOf, encodeCovers, type Covers } from '../core/explain/covers';
import { featureRows } from '../core/model/evaluate';
import { sampleRows } from '../core/numeric/random';
import type { OnnxModel } from '../core/onnx/read';
import { presentRows } from '../core/stats/present';
import { columnOf, takeRows, texts, type Table } from '../core/table/table';
import { algorithmOf } from './algorithm';
import { encodeInputs, type ModelInput } from './encode';
import { sha256Hex } from './hash';
import { addPart, inputSections } from './packFiles';
import { gapFindings } from './packGaps';
import { packedTraining } from './packTraining';
import { planPack, type PackInput, type PackPlan, type PackStep } from './packPlan';
import { expectedRows, metricsOf, scorerOf, scoreTable } from './packScores';
import { FORMAT, FORMAT_VERSION, type Manifest } from './schema';
import type { Finding } from './training/findings';
import { parseManifest } from './validate';

export interface Packed {
  manifest: Manifest;
  /** Every file by path; bundle.json last. */
  files: Map<string, Uint8Array>;
  /** Index columns that the model has no room for. */
  leftOut: string[];
  /** What the tables hold that the rows which trained the model did not. */
  findings: Finding[];
}

/**
 * Makes a bundle from a model and tables: first a plan, then the files. Same input, same bytes.
 *
 * @throws what `planPack` throws; prediction-missing, predictions-missed, scores-none
 */
export async function pack(input: PackInput): Promise<Packed> {
  const step = (name: PackStep) => {
    checkStopped(input.signal);
    input.progress?.(name);
  };
  return assemble(planPack(input, step), input, step);
}

async function assemble(plan: PackPlan, input: PackInput, step: (name: PackStep) => void): Promise<Packed> {
  const { onnx, index, inputs, columns, clients, test, dictionary, decision } = plan;
  step('covers');
  const covers = packedCovers(onnx, inputs, plan.reference, clients);

  step('expected');
  const output = { ...dictionary.model?.output, index, name: onnx.output };
  const score = await scorerOf(onnx, output, input);
  const scores = await scoreTable(score, inputs, clients);
  const expected = expectedRows(plan, scores, input);
  const { facts, findings } = await packedTraining(plan, input, score, scores);
  const gaps = await gapFindings(onnx, inputs, clients, input, output);

  step('files');
  const files = new Map<string, Uint8Array>([['model.onnx', input.model]]);
  if (covers) files.set('covers.bin', covers.bytes);
  const target = input.target?.column;
  const data = addParts(files, plan, input);
  const algorithm = dictionary.model?.algorithm ?? input.describe?.(algorithmOf(onnx));
  const manifest: Manifest = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    ...dictionary,
    id: input.id ?? dictionary.id ?? 'bundle',
    version: input.version ?? dictionary.version ?? '1.0.0',
    ...(input.title !== undefined ? { title: input.title } : {}),
    model: {
      file: 'model.onnx',
      ...(algorithm === undefined ? {} : { algorithm }),
      inputs: inputSections(onnx, plan.features, columns),
      output,
      ...(covers ? { covers: { file: 'covers.bin', kind: covers.kind, from: covers.from } } : {}),
    },
    decision,
    columns,
    data,
    suggest: dictionary.suggest ?? suggested(texts(columnOf(clients, input.idColumn)), scores, decision),
    expected,
    training: facts,
    ...(test && target
      ? { metrics: { test: metricsOf(await scoreTable(score, inputs, test), test, target) } }
      : {}),
    files: [...files].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256Hex(bytes) })),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest, null, 1) + '\n');
  files.set('bundle.json', bytes);
  return {
    manifest: parseManifest(bytes),
    files,
    leftOut: plan.leftOut,
    findings: [...guesses(plan, input), ...gaps, ...findings],
  };
}

/** Predictions of the library's own prove the codes. */
function guesses({ guessedLevels: columns, clients }: PackPlan, { expected }: PackInput): Finding[] {
  if (columns.length === 0 || expected) return [];
  return [{ code: 'levels-guessed', severity: 'warning', table: clients.name, columns }];
}

/** Writes each part's rows. @returns what the manifest says of them */
function addParts(files: Map<string, Uint8Array>, plan: PackPlan, input: PackInput): Manifest['data'] {
  const data: Manifest['data'] = { clients: { files: [], id: input.idColumn } };
  addPart(files, data, 'clients', plan.clients, plan.columns, undefined);
  for (const name of ['reference', 'test', 'current'] as const) {
    const table = name === 'reference' ? keptReference(plan.reference, input.referenceRows) : plan[name];
    if (table) addPart(files, data, name, table, plan.columns, input.target?.column);
  }
  if (input.currentOnUse) {
    if (!data.current) throw new ScoredeskError('part-lacking', {});
    data.current.files = data.current.files.map((file) => ({ ...file, optional: true }));
  }
  return data;
}

const LOT = 1;

function keptReference(reference: Table | undefined, rows = Infinity): Table | undefined {
  if (!reference || reference.rows <= rows) return reference;
  return takeRows(reference, sampleRows(reference.rows, rows, LOT));
}

/** The library's own covers where the file carries them, else counted on the rows that trained the model. */
function packedCovers(
  { model, covers, given }: OnnxModel,
  inputs: readonly ModelInput[],
  reference: Table | undefined,
  clients: Table,
): { bytes: Uint8Array; kind: Covers['kind']; from: 'library' | 'training' | 'clients' } | null {
  if (model?.predictor.kind !== 'trees') return null;
  if (given) {
    const kind = covers === 'hessian' ? covers : given.every(isCount) ? 'rows' : 'weights';
    return { bytes: encodeCovers({ kind, values: given }), kind, from: 'library' };
  }
  const table = reference ?? clients;
  const features = featureRows(model, encodeInputs(inputs, table), table.rows);
  const width = features.length / table.rows;
  const counted = coversOf(covers, model.predictor, features, table.rows, width);
  return { bytes: encodeCovers(counted), kind: covers, from: reference ? 'training' : 'clients' };
}

const isCount = (value: number): boolean => Number.isInteger(value) && value <= 0xffffffff;

/** Three clients for a newcomer: a clear yes, a near miss, a clear no. */
function suggested(ids: readonly string[], p: Float64Array, rule: DecisionRule): string[] {
  const order = [...presentRows(p)].sort((a, b) => p[a] - p[b] || a - b);
  if (order.length === 0) return [];
  const away = (row: number) => Math.abs(p[row] - rule.threshold);
  const near = order.reduce(
    (best, row) => (isRefused(p[row], rule) && away(row) < away(best) ? row : best),
    order[order.length - 1],
  );
  const picked = [order[Math.floor(order.length * 0.05)], near, order[Math.floor(order.length * 0.95)]];
  return [...new Set(picked.map((row) => ids[row]))];
}
