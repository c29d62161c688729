import { hasCode } from '../core/errors';
import { bundleView, type BundleView } from '../engine/bundleView';
import type { Progress } from '../engine/runtime';
import type { OperationTask } from '../protocol/host';
import { takeOver } from '../supply/takeOver';
import type { Context } from './context';

/** What onnxruntime found when it came. */
export interface Checked {
  /** The bundle as it is scored from now on. */
  bundle: BundleView;
  largest: number;
  changed: number;
  differs: boolean;
}

/**
 * Lets onnxruntime check a bundle that the app's own evaluator scores so far, and take over.
 *
 * @throws bundle-expected-missed: the bundle is gone then; offline, unreachable … : it is scored as before
 */
export async function check(
  context: Context,
  { fingerprint }: { fingerprint: string },
  { signal, progress }: OperationTask<Progress>,
): Promise<Checked> {
  const before = await context.open(fingerprint);
  if (before.engine.runtime.name === 'onnxruntime')
    return { bundle: bundleView(before.engine, before.overview), largest: 0, changed: 0, differs: false };
  const { basePath, engineFile, hands } = context;
  try {
    const onUse = await context.onUse();
    const task = { db: onUse.db, basePath, onUse, engineFile, hands, signal, progress };
    const { engine, overview, ...found } = await takeOver(before, task);
    context.replace(engine, overview);
    return { bundle: bundleView(engine, overview), ...found };
  } catch (error) {
    if (hasCode(error, 'bundle-expected-missed')) context.close(fingerprint);
    throw error;
  }
}
