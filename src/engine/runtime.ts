import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { checkStopped, reasonOf, ScoredeskError } from '../core/errors';
import { probabilities } from '../core/model/evaluate';
import type { OnnxInput, OnnxModel } from '../core/onnx/read';
import { runtimeModel } from '../core/onnx/runtimeModel';
import type { Manifest } from '../bundle/schema';
import { withinMemory } from './runtimeMemory';

export interface Progress {
  done: number;
  total: number;
  unit: 'rows' | 'bytes' | 'files' | 'columns' | 'methods' | 'models' | 'runs';
}

export interface Task {
  signal?: AbortSignal | undefined;
  progress?: ((progress: Progress) => void) | undefined;
}

/** What turns rows of inputs into P(default). */
export interface Runtime {
  name: 'onnxruntime' | 'core';
  /** @param inputs row-major float64 [rows, inputs] @returns float64 [rows] */
  score(inputs: Float64Array, rows: number): Promise<Float64Array>;
}

/** By how much rounding may take a probability beyond 0 or 1. */
const PROBABILITY_ROUNDING = 1e-5;
/** By how much two classes' probabilities may miss 1. */
const SUM_ROUNDING = 1e-3;

/** Rows given to the runtime at once: enough to be fast, few enough to stay flat in memory. */
const CHUNK_ROWS = 5000;

/** Scores chunk by chunk, so that it can be stopped and reported between two chunks. */
export async function scoreInChunks(
  runtime: Runtime,
  rows: number,
  encode: (from: number, to: number) => Float64Array,
  { signal, progress }: Task = {},
): Promise<Float64Array> {
  const out = new Float64Array(rows);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    checkStopped(signal);
    const to = Math.min(rows, from + CHUNK_ROWS);
    out.set(await runtime.score(encode(from, to), to - from), from);
    progress?.({ done: to, total: rows, unit: 'rows' });
    if ((signal || progress) && to < rows) await breathe();
  }
  return out;
}

/** Lets waiting messages in: a stop, another question. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Between the parts of long work: lets waiting messages in every 16 ms. The pause throws `stopped` once it is wanted. */
export function pausing(signal: AbortSignal | undefined): () => Promise<void> {
  let breathed = performance.now();
  return async () => {
    checkStopped(signal);
    if (performance.now() - breathed < BREATH_MS) return;
    await breathe();
    breathed = performance.now();
  };
}

const BREATH_MS = 16;

/** The app's own evaluator, until onnxruntime is here and where it can't start; null for a model that it can't read. */
export function coreRuntime({ model }: OnnxModel): Runtime | null {
  return model && { name: 'core', score: async (inputs, rows) => probabilities(model, inputs, rows) };
}

/** Brings the bytes of onnxruntime's wasm. */
export type BringWasm = () => Promise<ArrayBuffer>;

/** The runtime starts once a worker, and then has no more use for its file. */
let started = false;

let tell: (runs: boolean) => void = () => undefined;

/** Tells when the runtime begins a step that nothing in this thread can end, and when it has ended it. */
export function watchRuntime(listener: (runs: boolean) => void): void {
  tell = listener;
}

/** Ends with the runtime's last step. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * One step of the runtime after the other: it keeps its place on the wasm's stack while it waits, so that a second one that begins
 * then writes over the first one's inputs.
 */
function watched<T>(step: () => Promise<T>): Promise<T> {
  const own = turn.then(async () => {
    tell(true);
    try {
      return await step();
    } finally {
      tell(false);
    }
  });
  turn = own.catch(() => undefined);
  return own;
}

/**
 * onnxruntime-web on one thread, on the file as exported (less its ZipMap).
 *
 * @param wasm brings the runtime's wasm in a browser; Node finds it in the package
 * @throws runtime-failed: a failed start is final for this worker; what `wasm` throws
 */
export async function onnxRuntime(
  onnx: OnnxModel,
  bytes: Uint8Array,
  output: Manifest['model']['output'],
  wasm?: BringWasm,
): Promise<Runtime> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const file = runtimeModel(onnx, bytes);
  let session: InferenceSession;
  // A file that could not be brought says nothing of the model: its error is told as what it is.
  if (wasm && !started) ort.env.wasm.wasmBinary = await wasm();
  try {
    session = await watched(() =>
      withinMemory(() =>
        ort.InferenceSession.create(file.bytes, { executionProviders: ['wasm'], logSeverityLevel: 3 }),
      ),
    );
  } catch (error) {
    throw new ScoredeskError('runtime-failed', { reason: reasonOf(error) }, { cause: error });
  }
  started = true;
  delete ort.env.wasm.wasmBinary;
  return {
    name: 'onnxruntime',
    score: async (inputs, rows) => {
      const feeds = feedsOf(
        onnx.inputs,
        inputs,
        rows,
        (type, data, dims) => new ort.Tensor(type, data, dims),
      );
      try {
        const results = await watched(() => session.run(feeds, [file.output]));
        const scores = pickColumn(results[file.output], rows, output);
        if (!onnx.model) refuseMargins(scores, results[file.output]);
        return scores;
      } catch (error) {
        if (error instanceof ScoredeskError) throw error;
        throw new ScoredeskError('runtime-failed', { reason: reasonOf(error) }, { cause: error });
      }
    },
  };
}

type MakeTensor = (
  type: OnnxInput['type'],
  data: Float32Array | Float64Array | BigInt64Array | string[],
  dims: [number, number],
) => Tensor;

/** One tensor of all columns, or one an input, in the types the graph wants. */
function feedsOf(
  graphInputs: readonly OnnxInput[],
  inputs: Float64Array,
  rows: number,
  make: MakeTensor,
): Record<string, Tensor> {
  const width = graphInputs.reduce((sum, input) => sum + input.width, 0);
  let first = 0;
  // Any name may be an input's, also that of an object's own parts.
  const feeds = Object.create(null) as Record<string, Tensor>;
  for (const input of graphInputs) {
    const { name, width: columns, type } = input;
    const part = columns === width ? inputs : slice(inputs, rows, width, first, columns);
    feeds[name] = make(type, converted(part, input), [rows, columns]);
    first += columns;
  }
  return feeds;
}

function slice(
  inputs: Float64Array,
  rows: number,
  width: number,
  first: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    out.set(inputs.subarray(i * width + first, i * width + first + columns), i * columns);
  return out;
}

/** A text that no encoder knows, for a level that nobody knows. */
const NO_WORD = '\u0001';

/** @throws onnx-whole-numbers where an integer input would lose a gap or a fraction */
function converted(values: Float64Array, { name: input, type, width, texts, absent }: OnnxInput) {
  if (type === 'float32') return new Float32Array(values);
  if (type === 'float64') return values;
  if (type === 'string')
    return Array.from(values, (code, i) => {
      const gap = absent?.[i % width] ?? '';
      return texts?.[i % width]?.[code] ?? (code === code ? NO_WORD : gap);
    });
  if (!values.every((value) => Number.isInteger(value)))
    throw new ScoredeskError('onnx-whole-numbers', { input });
  return BigInt64Array.from(values, (value) => BigInt(value));
}

/** What no probability is: a graph that was not read may give anything. @throws onnx-margin-only */
function refuseMargins(scores: Float64Array, tensor: Tensor | undefined): void {
  const both = tensor?.data as Float32Array | Float64Array;
  const adrift = (_: number, i: number) => Math.abs(both[2 * i] + both[2 * i + 1] - 1) > SUM_ROUNDING;
  if (both.length === 2 * scores.length && scores.some(adrift))
    throw new ScoredeskError('runtime-failed', { reason: 'class probabilities that do not add up to 1' });
  if (scores.some((p) => p < -PROBABILITY_ROUNDING || p > 1 + PROBABILITY_ROUNDING))
    throw new ScoredeskError('onnx-margin-only', {});
}

/** P(default) from an output of shape [rows, 2], [rows, 1] or [rows]. @throws runtime-failed on another shape */
function pickColumn(
  tensor: Tensor | undefined,
  rows: number,
  output: Manifest['model']['output'],
): Float64Array {
  const data = tensor?.data;
  if (
    !(data instanceof Float32Array || data instanceof Float64Array) ||
    (data.length !== rows && data.length !== 2 * rows)
  )
    throw new ScoredeskError('runtime-failed', {
      reason: `output of shape [${tensor?.dims.join(', ') ?? ''}]`,
    });
  const two = data.length === 2 * rows;
  const index = output.index ?? 1;
  const flip = (output.of === 'repaid') !== (!two && index === 0);
  return Float64Array.from({ length: rows }, (_, i) => {
    const p = two ? data[2 * i + index] : data[i];
    return flip ? 1 - p : p;
  });
}
