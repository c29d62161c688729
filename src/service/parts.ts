import type { RowRange } from '../core/table/source';
import type { Progress } from '../engine/runtime';
import type { OperationTask } from '../protocol/host';
import { handOver } from '../protocol/transfer';
import type { OpenedAs } from './crew';
import type { Context } from './context';

/** What a worker does for another one: parts of what goes over all clients of a bundle that both have open. */

export async function scorePart(
  context: Context,
  { opened, range }: { opened: OpenedAs; range: RowRange },
  task: OperationTask<Progress>,
): Promise<Float64Array> {
  const engine = await context.helping(opened);
  const scores = await engine.scoreRange(range, task);
  return handOver(scores, [scores]);
}

/** @throws method-unsupported */
export async function explainPart(
  context: Context,
  { opened, positions, of }: { opened: OpenedAs; positions: Int32Array; of: number },
  task: OperationTask<Progress>,
): Promise<Float32Array> {
  const engine = await context.helping(opened);
  const values = await engine.explainAt(positions, of, task);
  return handOver(values, [values]);
}
