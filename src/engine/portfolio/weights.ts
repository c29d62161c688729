import { checkStopped } from '../../core/errors';
import { toPoints } from '../../core/explain/points';
import type { Engine } from '../engine';
import { oncePerBundle } from '../once';
import { breathe, type Task } from '../runtime';

/** How much each input moves the scores of some clients. */
export interface Weights {
  clients: number;
  /** Mean of the contributions' sizes, in points; of each input of the model, in its order. */
  points: Float64Array;
}

/** Clients explained between two looks at the stop. */
const PART = 4096;
/** Contributions that stay: of larger bundles they are computed each time. */
const KEPT_BYTES = 128e6;

/** Contributions of clients in single precision, row after row, and which of them are here. */
interface Kept {
  values: Float32Array;
  known: Uint8Array;
}

const keptOf = oncePerBundle(async ({ clients, columns }: Engine): Promise<Kept | null> => {
  const cells = clients.count * columns.length;
  return 4 * cells > KEPT_BYTES
    ? null
    : { values: new Float32Array(cells), known: new Uint8Array(clients.count) };
});

/**
 * Mean |SHAP| of some clients by the bundle's own method. What was explained before is not explained again.
 *
 * @param positions of the clients
 * @throws stopped; method-unsupported where only the runtime reads the model
 */
export async function weightsOf(
  engine: Engine,
  positions: Int32Array,
  { signal, progress }: Task = {},
): Promise<Weights> {
  const width = engine.columns.length;
  const sums = new Float64Array(width);
  const kept = await keptOf(engine);
  for (let from = 0; from < positions.length; from += PART) {
    checkStopped(signal);
    const part = positions.subarray(from, from + PART);
    const own = await contributionsOf(engine, part, kept);
    for (let i = 0; i < part.length; i++)
      for (let j = 0; j < width; j++) sums[j] += Math.abs(own[i * width + j]);
    progress?.({ done: from + part.length, total: positions.length, unit: 'rows' });
    await breathe();
  }
  const points = sums.map((sum) => toPoints(sum / Math.max(1, positions.length), engine.unit));
  return { clients: positions.length, points };
}

/** Contributions of clients, row after row. */
async function contributionsOf(
  engine: Engine,
  positions: Int32Array,
  kept: Kept | null,
): Promise<ArrayLike<number>> {
  const width = engine.columns.length;
  const unknown = kept ? positions.filter((row) => kept.known[row] === 0) : positions;
  const explained =
    unknown.length > 0 ? await engine.explain(await engine.clients.rows(unknown, engine.inputs)) : null;
  if (!kept) return explained?.values ?? [];
  unknown.forEach((row, i) => {
    if (!explained) return;
    kept.values.set(explained.values.subarray(i * width, (i + 1) * width), row * width);
    kept.known[row] = 1;
  });
  const own = new Float32Array(positions.length * width);
  positions.forEach((row, i) => own.set(kept.values.subarray(row * width, (row + 1) * width), i * width));
  return own;
}
