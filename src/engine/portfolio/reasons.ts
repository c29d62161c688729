import type { Contributions } from '../../core/explain/explainer';
import { toPoints } from '../../core/explain/points';
import type { Engine } from '../engine';

/** The input that moves a client's score most, in points that are not rounded: above 0 it raises the risk. */
export interface MainReason {
  column: string;
  points: number;
}

/** Of each of these clients, in their order; empty where only the runtime reads the model. @throws client-unknown */
export async function mainReasons(engine: Engine, ids: readonly string[]): Promise<MainReason[]> {
  if (!engine.onnx.model || ids.length === 0) return [];
  const found = await engine.explain(await engine.clients.of(ids, engine.inputs));
  const [most] = mostOf(found, 1);
  return Array.from(most, (j, row) => ({
    column: engine.columns[j].name,
    points: toPoints(found.values[row * found.width + j], engine.unit),
  }));
}

/** Of each row the inputs of its `count` largest contributions, whatever their sign: the largest of all rows first. */
export function mostOf({ rows, width, values }: Contributions, count: number): Int32Array[] {
  const most = Array.from({ length: count }, () => new Int32Array(rows));
  const order = Int32Array.from({ length: width }, (_, j) => j);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * width, (row + 1) * width);
    order.sort((a, b) => Math.abs(own[b]) - Math.abs(own[a]) || a - b);
    for (let k = 0; k < count; k++) most[k][row] = order[k];
  }
  return most;
}
