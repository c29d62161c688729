import { checkStopped, hasCode } from '../core/errors';
import { openBundle, type Engine } from '../engine/engine';
import type { Hand } from '../engine/hands';
import type { Overview } from '../engine/overview';
import type { Task } from '../engine/runtime';
import { largestGap, SCORE_TOLERANCE, verifyScores } from '../engine/verify';
import { amendBundle, installedBundle, removeBundle, sweep } from '../storage/bundles';
import { keptOverview } from '../storage/computed';
import type { Db } from '../storage/db';
import type { EngineFile } from './engineFile';
import { timeFirstScore } from './install';
import { sourceOnUse, type OnUse } from './onUse';

export interface TakeOverTask extends Task {
  db: Db;
  basePath: string;
  /** How files come later that the bundle is ready without. */
  onUse: OnUse;
  engineFile: EngineFile;
  /** Who else scores the clients. */
  hands: (engine: Engine) => readonly Hand[];
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
  { db, basePath, onUse, engineFile, hands, signal, progress }: TakeOverTask,
): Promise<TakenOver> {
  const { fingerprint } = before.engine;
  const look = () => progress?.({ done: engineFile.done, total: engineFile.bytes, unit: 'bytes' });
  const wasm = await engineFile.load(look, signal);
  // It may have been removed meanwhile.
  await installedBundle(db, fingerprint);
  const { clients } = before.engine;
  const open = async (runtimeOnly: boolean) =>
    openBundle(await sourceOnUse(fingerprint, onUse), {
      wasm: () => Promise.resolve(wasm),
      runtimeOnly,
      clients,
    });
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
  const overview = await keptOverview(db, first, { signal, others: hands(first) });
  const largest = largestGap(before.overview.scores, overview.scores);
  const differs = !parity.holds || largest > SCORE_TOLERANCE;
  const engine = differs ? await open(true) : first;
  engine.useScores(overview.scores);
  const firstScore = await timeFirstScore(engine);
  await amendBundle(db, fingerprint, { firstScore, runtimeOnly: differs, scoredBy: 'onnxruntime' });
  const changed = changedDecisions(engine, before.overview.scores, overview.scores);
  return { engine, overview, largest, changed, differs };
}

const unchanged = (engine: Engine, overview: Overview): TakenOver => ({
  engine,
  overview,
  largest: 0,
  changed: 0,
  differs: false,
});

function changedDecisions(engine: Engine, before: Float64Array, after: Float64Array): number {
  return before.reduce((sum, p, row) => sum + (engine.decide(p) === engine.decide(after[row]) ? 0 : 1), 0);
}
