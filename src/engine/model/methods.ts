import { toProbability } from '../../core/explain/points';
import { encoded } from '../../bundle/encode';
import type { Engine } from '../engine';
import type { Method } from '../explanations';
import type { Task } from '../runtime';

/** One client's contributions by one method. */
export interface MethodExplanation {
  method: Method;
  unit: 'margin' | 'probability';
  base: number;
  values: Float64Array;
  /** P(default) it begins and ends at; LIME's may leave [0, 1]. */
  from: number;
  to: number;
  /** Rows of the reference it compares with, or draws from; 0 where it uses none. */
  background: number;
  milliseconds: number;
}

/** Kernel asks for 2 M + 2,048 scores a background row: fewer rows for wide models, so that a page has it in seconds. */
const WIDE = 50;
const backgroundOf = (method: Method, columns: number): number => {
  if (method === 'path') return 0;
  if (method === 'lime') return 5000;
  return method === 'kernel' && columns > WIDE ? 20 : 100;
};

export interface ClientByMethod {
  id: string;
  /** What the model takes of the client, float32 by input column. */
  inputs: Float64Array;
  /** What the methods compare with. */
  compared: 'reference' | 'clients';
  /** None for a client that the model gives no number for. */
  methods: MethodExplanation[];
}

/** A client's contributions by each of the methods. @throws client-unknown; what `explain` throws */
export async function explainByMethod(
  engine: Engine,
  id: string,
  methods: readonly Method[],
  { signal, progress }: Task = {},
): Promise<ClientByMethod> {
  const table = await engine.clients.of([id]);
  const found: MethodExplanation[] = [];
  const reference = await engine.reference();
  const compared = reference ? 'reference' : 'clients';
  const available = reference?.rows ?? engine.clients.count;
  const row = encoded(engine.columns, table);
  const inputs = row.values;
  const [score] = await engine.score(row);
  if (Number.isNaN(score)) return { id, inputs, compared, methods: [] };
  for (const method of methods) {
    const before = performance.now();
    const rows = Math.min(available, backgroundOf(method, engine.columns.length));
    const { base, values } = await engine.explain(row, method, { signal, background: rows || undefined });
    const milliseconds = performance.now() - before;
    const unit = engine.unitOf(method);
    const from = toProbability(base, unit);
    const to = toProbability(
      values.reduce((sum, value) => sum + value, base),
      unit,
    );
    found.push({ method, unit, base, values, from, to, background: rows, milliseconds });
    progress?.({ done: found.length, total: methods.length, unit: 'methods' });
  }
  return { id, inputs, compared, methods: found };
}
