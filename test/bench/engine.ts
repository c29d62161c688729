/**
 * Rows per second of the engine on models and inputs in a folder (test/peers/run.py makes one and sets
 * the figures beside its peers'). Prints JSON.
 */
import { readWhole } from '../support/onnx';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { countCovers, type Covers } from '../../src/core/explain/covers';
import { explainRows, type FeatureExplainer } from '../../src/core/explain/explainer';
import { selectTrees, treeShap } from '../../src/core/explain/treeShap';
import { probabilities } from '../../src/core/model/evaluate';
import type { Model } from '../../src/core/model/model';
import { treeCount, type TreeEnsemble } from '../../src/core/model/trees';
import { onnxRuntime, scoreInChunks } from '../../src/engine/runtime';

const CHUNK = 1024;
const BACKGROUND = 100;
const folder = isMainThread ? process.argv[2] : (workerData as { folder: string }).folder;
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

const seconds = async (run: () => unknown): Promise<number> => {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
};
const best = async (repeats: number, run: () => unknown): Promise<number> => {
  let least = Infinity;
  for (let i = 0; i < repeats; i++) least = Math.min(least, await seconds(run));
  return least;
};

function load(name: string) {
  const file = bytesOf(name);
  const onnx = readWhole(file);
  return { file, onnx, model: onnx.model, trees: onnx.model.predictor as TreeEnsemble };
}

/** Explains rows [from, to) as the app does: a chunk after the other, each given away. */
function explainAll(
  model: Model,
  explainer: FeatureExplainer,
  inputs: Float64Array,
  from: number,
  to: number,
): void {
  const { width } = model;
  for (let start = from; start < to; start += CHUNK) {
    const end = Math.min(to, start + CHUNK);
    explainRows(model, explainer, inputs.subarray(start * width, end * width), end - start);
  }
}

const pathOf = (trees: TreeEnsemble, width: number, covers: Covers, rows: number) =>
  treeShap(trees, width, { kind: 'path', covers }, rows);

function interventionalOf(trees: TreeEnsemble, width: number, inputs: Float64Array, rows: number) {
  const players = Int32Array.from({ length: width }, (_, j) => j);
  const background = inputs.subarray(0, BACKGROUND * width);
  return treeShap(trees, width, { kind: 'interventional', background, rows: BACKGROUND, players }, rows);
}

/** A worker's part: it makes its own tables, and says when it is ready and when it is done. */
function work(): void {
  const { model, trees } = load('model.onnx');
  const inputs = new Float64Array((workerData as { inputs: SharedArrayBuffer }).inputs);
  const { width } = model;
  const covers = countCovers(trees, inputs, 5000, width);
  parentPort?.on('message', ({ from, to }: { from: number; to: number }) => {
    explainAll(model, pathOf(trees, width, covers, to - from), inputs, from, to);
    parentPort?.postMessage('done');
  });
  parentPort?.postMessage('ready');
}

/** Node 20 does not carry the TypeScript loader into workers. */
function startWorker(inputs: SharedArrayBuffer): Worker {
  const start = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(import.meta.url)})))`;
  return new Worker(start, { eval: true, workerData: { folder, inputs } });
}

/** Seconds of `count` workers for all rows. */
async function withWorkers(count: number, inputs: Float64Array, rows: number): Promise<number> {
  const shared = new SharedArrayBuffer(inputs.byteLength);
  new Float64Array(shared).set(inputs);
  const answer = (worker: Worker) =>
    new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const workers = Array.from({ length: count }, () => startWorker(shared));
  await Promise.all(workers.map(answer));
  const took = await best(3, () =>
    Promise.all(
      workers.map((worker, k) => {
        const done = answer(worker);
        worker.postMessage({
          from: Math.floor((k * rows) / count),
          to: Math.floor(((k + 1) * rows) / count),
        });
        return done;
      }),
    ),
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
  return took;
}

async function oneClient({ model, trees }: ReturnType<typeof load>, inputs: Float64Array): Promise<number> {
  const { width } = model;
  const own = pathOf(trees, width, countCovers(trees, inputs, 5000, width), 1);
  const part: Model = { ...model, predictor: trees };
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const row = inputs.subarray(i * width, (i + 1) * width);
    times.push(await seconds(() => (explainRows(part, own, row, 1), probabilities(part, row, 1))));
  }
  return times.sort((a, b) => a - b)[100] * 1000;
}

function largestDifference(ours: Float64Array, theirs: Float64Array, width: number): number {
  let largest = 0;
  for (let i = 0; i < theirs.length / (width + 1); i++)
    for (let j = 0; j < width; j++) {
      const their = theirs[i * (width + 1) + j];
      // Rows that the export itself moved are NaN in the peer's figures.
      if (!Number.isNaN(their)) largest = Math.max(largest, Math.abs(ours[i * width + j] - their));
    }
  return largest;
}

/** Most memory in use while explaining, in MB above what was there before. */
function memoryOf(run: () => void): number {
  const before = process.memoryUsage();
  run();
  const after = process.memoryUsage();
  return (after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed) / 1e6;
}

async function measure(): Promise<void> {
  const loaded = load('model.onnx');
  const { file, onnx, model, trees } = loaded;
  const { width } = model;
  const inputs = Float64Array.from(new Float32Array(bytesOf('inputs.f32').buffer));
  const rows = inputs.length / width;
  const theirs = new Float64Array(bytesOf('contributions.f64').buffer);
  const runtime = await onnxRuntime(onnx, file, { name: onnx.output });
  const covers = countCovers(trees, inputs, rows, width);
  const encode = (from: number, to: number) => inputs.subarray(from * width, to * width);

  const scoreRuntime = await best(3, () => scoreInChunks(runtime, rows, encode));
  const scoreCore = await best(3, () => probabilities(model, inputs, rows));
  const path = await best(3, () => explainAll(model, pathOf(trees, width, covers, rows), inputs, 0, rows));
  const beside = await best(3, () =>
    explainAll(model, interventionalOf(trees, width, inputs, rows), inputs, 0, rows),
  );
  const single = pathOf(trees, width, covers, 1);
  const rowByRow = await best(1, () => explainAll(model, single, inputs, 0, 2000));
  const compared = theirs.length / (width + 1);
  const part = inputs.subarray(0, compared * width);
  const many = explainRows(model, pathOf(trees, width, covers, rows), part, compared).values;
  const few = explainRows(model, single, part.subarray(0, 500 * width), 500).values;
  const explainer = pathOf(trees, width, covers, rows);
  const deep = load('deep.onnx');
  const deepCovers = countCovers(deep.trees, inputs, rows, width);
  const deepRows = 8192;

  console.log(
    JSON.stringify({
      node: process.versions.node,
      score: { 'onnxruntime-web': rows / scoreRuntime, 'core/model': rows / scoreCore },
      path: { 'core/explain path': rows / path },
      rowByRow: 2000 / rowByRow,
      interventional: { 'core/explain interventional': rows / beside },
      workers: { one: await withWorkers(1, inputs, rows), two: await withWorkers(2, inputs, rows) },
      deep: {
        'core/explain path':
          deepRows /
          (await best(1, () =>
            explainAll(deep.model, pathOf(deep.trees, width, deepCovers, deepRows), inputs, 0, deepRows),
          )),
        'core/explain path, row by row':
          500 /
          (await best(1, () =>
            explainAll(deep.model, pathOf(deep.trees, width, deepCovers, 1), inputs, 0, 500),
          )),
      },
      deepDifference: largestDifference(
        explainRows(
          deep.model,
          pathOf(deep.trees, width, deepCovers, deepRows),
          part.subarray(0, 500 * width),
          500,
        ).values,
        new Float64Array(bytesOf('deep.f64').buffer),
        width,
      ),
      oneClient: await oneClient(loaded, inputs),
      oneClient300: await oneClient(
        { ...loaded, trees: selectTrees(trees, (tree) => tree < Math.min(300, treeCount(trees))).ensemble },
        inputs,
      ),
      largestDifference: largestDifference(many, theirs, width),
      algorithmsDiffer: few.reduce((most, value, k) => Math.max(most, Math.abs(value - many[k])), 0),
      memory: {
        half: memoryOf(() => explainAll(model, explainer, inputs, 0, rows / 2)),
        all: memoryOf(() => explainAll(model, explainer, inputs, 0, rows)),
      },
    }),
  );
}

if (isMainThread) await measure();
else work();
