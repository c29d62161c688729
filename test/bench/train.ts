/**
 * Boosting of rows in a folder, for test/peers/train.py: `train.f64` and `test.f64` by column, `train.u8` the outcomes. Writes the
 * probabilities of the test rows and the model; prints CPU seconds of binning and of training.
 *
 *   npx tsx test/bench/train.ts FOLDER COLUMNS TREES RATE [boosting|forest]    of a forest RATE are the rows of a leaf
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnnx } from '../../src/core/onnx/write/model';
import { Boosting } from '../../src/core/train/boosting/boost';
import type { TrainColumn } from '../../src/core/train/data';
import { Forest } from '../../src/core/train/learners/forest';
import { predict } from '../../src/core/train/fit';
import { pipelineOf } from '../../src/core/train/pipeline';

const [folder, columns, trees, rate, kind = 'boosting'] = process.argv.slice(2);
const width = Number(columns);

function columnsOf(file: string): { rows: number; columns: TrainColumn[] } {
  const { buffer } = new Uint8Array(readFileSync(join(folder, file)));
  const all = new Float64Array(buffer);
  const rows = all.length / width;
  return {
    rows,
    columns: Array.from({ length: width }, (_, j) => ({
      name: `c${j}`,
      kind: 'number',
      values: all.subarray(j * rows, (j + 1) * rows),
    })),
  };
}

const seconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

const learned = columnsOf('train.f64');
const target = new Uint8Array(readFileSync(join(folder, 'train.u8')));
const before = process.cpuUsage();
const learner =
  kind === 'forest'
    ? new Forest({ ...learned, target }, { minChildRows: Number(rate), trees: Number(trees) })
    : new Boosting({ ...learned, target }, { learningRate: Number(rate) });
const binning = seconds(before);
const begun = process.cpuUsage();
for (let t = 0; t < Number(trees); t++) learner.next();
const training = seconds(begun);
const { trees: predictor, covers } = learner.ensemble();
const model = pipelineOf({
  width,
  features: null,
  predictor,
  link: kind === 'forest' ? 'identity' : 'logistic',
});
writeFileSync(join(folder, 'ours.f64'), predict(model, columnsOf('test.f64')));
const names = Array.from({ length: width }, (_, j) => ({ name: `c${j}`, levels: null }));
writeFileSync(join(folder, 'ours.onnx'), writeOnnx(model, names, covers));
console.log(binning, training);
