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
  const { rows, width, values } = await engine.explain(await engine.clients.of(ids, engine.inputs));
  return Array.from({ length: rows }, (_, row) => {
    let most = 0;
    for (let j = 1; j < width; j++)
      if (Math.abs(values[row * width + j]) > Math.abs(values[row * width + most])) most = j;
    return {
      column: engine.columns[most].name,
      points: toPoints(values[row * width + most], engine.unit),
    };
  });
}
