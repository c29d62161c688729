import { checkStopped, hasCode } from '../core/errors';
import { openBundle, type Engine } from '../engine/engine';
import type { Overview } from '../engine/overview';
import type { Task } from '../engine/runtime';
import { SCORE_TOLERANCE, verifyScores } from '../engine/verify';
import { amendBundle, removeBundle, storedSource, sweep } from '../storage/bundles';
import { keptOverview } from '../storage/computed';
import type { Db } from '../storage/db';
import type { EngineFile } from './engineFile';
import { stoppable, timeFirstScore } from './install';

export interface TakeOverTask extends Task {
  db: Db;
  basePath: string;
  engineFile: EngineFile;
}

/** onnxruntime in the place of the app's own evaluator, and what it found. */
export interface TakenOver {
  engine: Engine;
  overview: Overview;
  /** Largest difference of any client's probability, and clients whose decision is another now. */
  largest: number;
  changed: number;
  /** The two evaluators differ by more than a bundle may show: it is scored and explained by the runtime alone. */
  differs: boolean;
}

/**
 * Brings onnxruntime to a bundle that the app's own evaluator scores so far: it recomputes `expected` and every client's
 * score, is compared, and takes over. Where it can't start, the app's own evaluator stays (`engine.runtimeFailure`).
 *
 * @param before the bundle as it is open
 * @throws bundle-expected-missed, after which the bundle is no longer installed; offline, unreachable … while the engine
 *   can't be fetched; bundle-not-installed when it was removed meanwhile; stopped
 */
export async function takeOver(
  before: { engine: Engine; overview: Overview },
  { db, basePath, engineFile, signal, progress }: TakeOverTask,
): Promise<TakenOver> {
  const { fingerprint } = before.engine;
  const look = () => progress?.({ done: engineFile.done, total: engineFile.bytes, unit: 'bytes' });
  const loading = engineFile.load(look);
  const wasm = await (signal ? stoppable(loading, signal) : loading);
  const open = async (runtimeOnly: boolean) =>
    openBundle(await storedSource(db, fingerprint), { wasm: () => Promise.resolve(wasm), runtimeOnly });
  const first = await open(false);
  if (first.runtime.name === 'core') return unchanged(first, before.overview);
  const { parity } = await verifyScores(first).catch(async (error: unknown) => {
    if (hasCode(error, 'bundle-expected-missed')) {
      await removeBundle(db, fingerprint);
      await sweep(db, basePath);
    }
    throw error;
  });
  checkStopped(signal);
  const engine = parity.holds ? first : await open(true);
  const firstScore = await timeFirstScore(engine);
  const overview = await keptOverview(db, engine, { signal });
  await amendBundle(db, fingerprint, { firstScore, runtimeOnly: !parity.holds, scoredBy: 'onnxruntime' });
  const { largest, changed } = difference(engine, before.overview.scores, overview.scores);
  return { engine, overview, largest, changed, differs: !parity.holds || largest > SCORE_TOLERANCE };
}

const unchanged = (engine: Engine, overview: Overview): TakenOver => ({
  engine,
  overview,
  largest: 0,
  changed: 0,
  differs: false,
});

function difference(engine: Engine, before: Float64Array, after: Float64Array) {
  let largest = 0;
  let changed = 0;
  for (let row = 0; row < after.length; row++) {
    if (engine.decide(before[row]) !== engine.decide(after[row])) changed++;
    const gap = Math.abs(before[row] - after[row]);
    if (gap > largest) largest = gap;
  }
  return { largest, changed };
}
