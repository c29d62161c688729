import { isLoss } from '../core/train/search/search';
import { EVEN_COSTS } from '../core/decision/cost';
import { memorySource } from '../bundle/memory';
import { pack } from '../bundle/pack';
import type { Dictionary } from '../bundle/schema';
import { zipBlob } from '../bundle/zip';
import { openBundle } from '../engine/engine';
import { objectiveOf } from '../engine/lab/threshold';
import { RUN_FILE, runFile } from '../engine/lab/runFile';
import { train, type Run, type ScoredRows, type Trained } from '../engine/lab/train';
import type { Recipe } from '../engine/lab/recipe';
import { onnxRuntime, type BringWasm } from '../engine/runtime';
import { verifyBundle } from '../engine/verify';
import { algorithmTexts, cardTexts, type CardFacts } from '../i18n/bundleTexts';
import type { LabProgress, LabRun } from '../protocol/lab';
import type { LabInput } from './labRows';
import { bundleId } from './own';

declare const __APP_VERSION__: string;

interface TrainingTask {
  signal: AbortSignal;
  progress: (state: LabProgress) => void;
  wasm: BringWasm;
  /** The search may end with what it has. */
  enough: () => boolean;
  /** Keeps the candidates tried so far. */
  keep: (tried: LabRun['tried']) => Promise<unknown>;
}

/** Cells of the training rows that a bundle keeps: more are drawn by lot. */
const MOST_KEPT_CELLS = 100_000_000;

/** Trains a run from where it stopped. @returns what was found, and the bundle as a zip. @throws as `train` and `pack` */
export async function trainedBundle(
  run: LabRun,
  input: LabInput,
  task: TrainingTask,
): Promise<{ result: Run; aside: ScoredRows; zip: Blob }> {
  const began = performance.now();
  const trained = await learned(run, input, task);
  task.progress({ done: 0, total: 1, phase: 'bundle', best: null });
  const { run: result, aside } = trained;
  return { result, aside, zip: await zipped(run, trained, { began, wasm: task.wasm }) };
}

async function learned(run: LabRun, input: LabInput, task: TrainingTask): Promise<Trained> {
  const { recipe } = run;
  let phase: LabProgress['phase'] = recipe.search ? 'search' : 'model';
  let best: number | null = null;
  let before = 0;
  const trained = await train({
    ...input,
    dictionary: keptBy(recipe, input.dictionary),
    recipe,
    signal: task.signal,
    enough: task.enough,
    resume: run.tried,
    onTried: (tried) => {
      best = bestValue(tried, recipe);
      return task.keep([...tried]);
    },
    progress: ({ done, total }) => {
      // The count of the model's own folds begins anew after the search's.
      if (done < before) phase = 'model';
      before = done;
      task.progress({ done, total, phase, best });
    },
  });
  return trained;
}

/** Boosting alone keeps to declared directions: a model of another learner does not promise them. */
function keptBy({ learner }: Recipe, dictionary: Dictionary): Dictionary {
  if (learner.kind === 'boosting') return dictionary;
  return {
    ...dictionary,
    columns: dictionary.columns?.map((column) => ({ ...column, monotone: undefined })),
  };
}

function bestValue(tried: LabRun['tried'], { search, threshold }: Recipe): number | null {
  const values = tried.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  if (!search || values.length === 0) return null;
  const isLess = isLoss(search.metric, objectiveOf(threshold, threshold.costs ?? EVEN_COSTS));
  return isLess ? Math.min(...values) : Math.max(...values);
}

const cardFacts = ({ experiment, data }: LabRun, { rows, metrics, warnings, columns }: Run): CardFacts => ({
  ...{ experiment, data: data.rows.name, rows, auc: metrics.test.auc },
  doubted: warnings.map(({ column }) => column).filter((column) => columns.includes(column)),
});

async function zipped(
  run: LabRun,
  { run: found, bundle }: Trained,
  { began, wasm }: { began: number; wasm: BringWasm },
): Promise<Blob> {
  const { name } = run;
  const { files } = await pack({
    ...bundle,
    dictionary: {
      ...bundle.dictionary,
      card: bundle.dictionary?.card ?? (await cardTexts(cardFacts(run, found))),
    },
    referenceRows: Math.floor(MOST_KEPT_CELLS / (bundle.reference?.columns.size ?? 1)),
    id: bundleId(name),
    title: name,
    describe: await algorithmTexts(),
    runtime: (onnx, bytes, output) => onnxRuntime(onnx, bytes, output, wasm),
  });
  // As the command does: a bundle that breaks what it says is none.
  await verifyBundle(await openBundle(memorySource(name, files), { wasm }));
  const { rows } = run.data;
  const facts = {
    scoredesk: __APP_VERSION__,
    data: {
      file: rows.name,
      rows: found.rows.train + found.rows.test,
      sha256: rows.kind === 'file' ? rows.sha256 : rows.fingerprint,
    },
    timings: {
      at: new Date(run.startedAt).toISOString(),
      seconds: run.seconds + (performance.now() - began) / 1000,
    },
  };
  return zipBlob([...files, [RUN_FILE, runFile(found, facts)]]);
}
