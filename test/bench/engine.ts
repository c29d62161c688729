/**
 * Rows per second of the engine on a model and inputs in a folder (test/peers/run.py makes one and
 * sets the figures beside its peers'). Prints JSON.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countCovers } from '../../src/core/explain/covers';
import { explainRows } from '../../src/core/explain/explainer';
import { PathShap } from '../../src/core/explain/pathShap';
import { probabilities } from '../../src/core/model/evaluate';
import type { TreeEnsemble } from '../../src/core/model/trees';
import { readOnnx } from '../../src/core/onnx/read';
import { onnxRuntime, scoreInChunks } from '../../src/engine/runtime';

const folder = process.argv[2];
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const file = bytesOf('model.onnx');
const onnx = readOnnx(file);
const { model } = onnx;
const { width } = model;
const trees = model.predictor as TreeEnsemble;
const inputs = new Float32Array(bytesOf('inputs.f32').buffer);
const rows = inputs.length / width;
const theirs = new Float64Array(bytesOf('contributions.f64').buffer);
const shapRows = theirs.length / (width + 1);

const runtime = await onnxRuntime(onnx, file, { name: onnx.output });
const covers = countCovers(trees, inputs, rows, width);
const explainer = new PathShap(trees, covers);
const part = inputs.subarray(0, shapRows * width);

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

const encode = (from: number, to: number) => inputs.subarray(from * width, to * width);
const scoreRuntime = await best(3, () => scoreInChunks(runtime, rows, encode));
const scoreCore = await best(3, () => probabilities(model, inputs, rows));
const explain = await best(3, () => explainRows(model, explainer, part, shapRows));

async function oneClient(ensemble: TreeEnsemble): Promise<number> {
  const own = new PathShap(ensemble, countCovers(ensemble, inputs, 5000, width));
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const row = inputs.subarray(i * width, (i + 1) * width);
    times.push(await seconds(() => (explainRows(model, own, row, 1), probabilities(model, row, 1))));
  }
  return times.sort((a, b) => a - b)[100] * 1000;
}

/** The first `count` trees. */
function firstTrees(count: number): TreeEnsemble {
  const end = trees.roots[count];
  const cut = <T extends { subarray(from: number, to: number): T }>(array: T): T => array.subarray(0, end);
  const { feature, threshold, set, missingYes, no, value } = trees;
  return {
    ...trees,
    roots: trees.roots.subarray(0, count + 1),
    feature: cut(feature),
    threshold: cut(threshold),
    set: cut(set),
    missingYes: cut(missingYes),
    no: cut(no),
    value: cut(value),
  };
}

const ours = explainRows(model, explainer, part, shapRows);
let largestDifference = 0;
for (let i = 0; i < shapRows; i++)
  for (let j = 0; j < width; j++)
    largestDifference = Math.max(
      largestDifference,
      differenceOf(ours.values[i * width + j], theirs[i * (width + 1) + j]),
    );

/** Rows that the export itself moved are NaN in the peer's figures. */
function differenceOf(our: number, their: number): number {
  return Number.isNaN(their) ? 0 : Math.abs(our - their);
}

console.log(
  JSON.stringify({
    node: process.versions.node,
    score: { 'onnxruntime-web': rows / scoreRuntime, 'core/model': rows / scoreCore },
    shap: { 'core/explain path': shapRows / explain },
    oneClient: await oneClient(trees),
    oneClient300: await oneClient(firstTrees(Math.min(300, trees.roots.length - 1))),
    largestDifference,
  }),
);
