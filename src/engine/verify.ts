import { checkStopped, ScoredeskError } from '../core/errors';
import { coversOf, decodeCovers } from '../core/explain/covers';
import { featureRows, probabilities } from '../core/model/evaluate';
import { evenRows } from '../core/stats/evenRows';
import { encodeInputs } from '../bundle/encode';
import type { TableSource } from '../core/table/source';
import { openPart, readFile } from '../bundle/read';
import type { Engine } from './engine';
import { verifyMonotone } from './model/monotone';
import type { Task } from './runtime';

/** Largest difference from `expected`, and between the runtime and core/model, that a bundle may show. */
export const SCORE_TOLERANCE = 1e-5;
const PARITY_ROWS = 200;
const HESSIAN_TOLERANCE = 1e-4;

export interface Verification {
  files: number;
  bytes: number;
  expected: { rows: number; largest: number };
  /** Largest difference of core/model from the runtime; over the tolerance the bundle is "runtime only". */
  parity: { rows: number; largest: number; holds: boolean };
  /** The operator that kept `core/model` from being read; "" when it was. */
  unread: string;
  /** Columns whose declared direction was tried and held. */
  monotone: number;
  runtime: 'onnxruntime' | 'core';
}

/**
 * Everything a bundle promises: each file's size and hash, its rows, `expected`, and the parity of
 * the two evaluators, declared monotone directions.
 *
 * @throws bundle-file-size, bundle-file-hash, bundle-rows, covers-invalid, bundle-expected-missed …
 */
export async function verifyBundle(engine: Engine, { signal, progress }: Task = {}): Promise<Verification> {
  const { manifest } = engine;
  const total = manifest.files.length;
  let done = 0;
  for (const { path } of manifest.files) {
    checkStopped(signal);
    await readFile(engine.files, path);
    progress?.({ done: ++done, total, unit: 'files' });
  }
  for (const part of ['clients', 'reference', 'test', 'current'] as const)
    await readWhole(await openPart(engine.files, part), signal);
  await verifyCovers(engine);
  const monotone = await verifyMonotone(engine, { signal });
  return {
    files: total,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    monotone,
    ...(await verifyScores(engine)),
    unread: engine.onnx.unread,
    runtime: engine.runtime.name,
  };
}

/** Reads every column, one after the other. @throws what reading throws; stopped */
async function readWhole(part: TableSource | null, signal: AbortSignal | undefined): Promise<void> {
  for (const name of part?.names ?? []) {
    checkStopped(signal);
    await part?.read(name);
  }
}

/** Covers said to be counted on the reference are counted again. @throws covers-invalid */
async function verifyCovers(engine: Engine): Promise<void> {
  const { covers: declared } = engine.manifest.model;
  const { model } = engine.onnx;
  if (!declared || model?.predictor.kind !== 'trees') return;
  const covers = decodeCovers(await readFile(engine.files, declared.file), model.predictor);
  if (covers.kind !== declared.kind)
    throw new ScoredeskError('covers-invalid', { reason: `${covers.kind}, declared ${declared.kind}` });
  // The library counted them itself, on rows and weights that are not here.
  if (declared.from === 'library' || declared.kind === 'weights') return;
  const rows = declared.from === 'clients' ? await engine.clients.table() : await engine.reference();
  if (!rows) return;
  const features = featureRows(model, encodeInputs(engine.columns, rows), rows.rows);
  const counted = coversOf(declared.kind, model.predictor, features, rows.rows, features.length / rows.rows);
  // Rows are whole numbers; hessians may have been summed by the library, in float32.
  const allowed = declared.kind === 'rows' ? 0 : HESSIAN_TOLERANCE;
  const differs = (value: number, n: number) =>
    !(Math.abs(value - covers.values[n]) <= allowed * Math.max(1, value));
  const node = counted.values.findIndex(differs);
  if (node >= 0)
    throw new ScoredeskError('covers-invalid', {
      reason: `node ${node}: ${covers.values[node]} rows, the data give ${counted.values[node]}`,
    });
}

/**
 * `expected` and parity, as an install checks them.
 * @throws bundle-expected-missed naming the client, bundle-expected-client
 */
export async function verifyScores(engine: Engine): Promise<Pick<Verification, 'expected' | 'parity'>> {
  return { expected: await verifyExpected(engine), parity: await verifyParity(engine) };
}

/** Recomputes `expected`. @throws bundle-expected-missed naming the client, bundle-expected-client, scores-none without any */
export async function verifyExpected(engine: Engine): Promise<Verification['expected']> {
  const { rows } = engine.manifest.expected;
  if (rows.length === 0) throw new ScoredeskError('scores-none', { clients: engine.clients.count });
  for (const { id } of rows)
    if (!engine.clients.has(id)) throw new ScoredeskError('bundle-expected-client', { id });
  const ids = rows.map(({ id }) => id);
  const scores = await engine.score(await engine.clients.of(ids, engine.inputs));
  let largest = 0;
  rows.forEach(({ id, probability }, i) => {
    const difference = Math.abs(scores[i] - probability);
    if (!(difference <= SCORE_TOLERANCE))
      throw new ScoredeskError('bundle-expected-missed', { id, found: scores[i], expected: probability });
    largest = Math.max(largest, difference);
  });
  return { rows: rows.length, largest };
}

async function verifyParity(engine: Engine): Promise<Verification['parity']> {
  const { model } = engine.onnx;
  if (!model) return { rows: 0, largest: NaN, holds: false };
  const sample = await engine.clients.rows(evenRows(engine.clients.count, PARITY_ROWS), engine.inputs);
  const theirs = await engine.score(sample);
  const ours = probabilities(model, encodeInputs(engine.columns, sample), sample.rows);
  const largest = largestGap(theirs, ours);
  return { rows: sample.rows, largest, holds: largest <= SCORE_TOLERANCE };
}

/** Largest difference of scores, row by row; Infinity where one has a score and the other has none. */
export function largestGap(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let row = 0; row < a.length; row++) {
    if (Number.isNaN(a[row]) && Number.isNaN(b[row])) continue;
    const gap = Math.abs(a[row] - b[row]);
    if (!(gap <= largest)) largest = Number.isNaN(gap) ? Infinity : gap;
  }
  return largest;
}
