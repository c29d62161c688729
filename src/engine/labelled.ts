import type { Engine } from './engine';
import { oncePerBundle } from './once';

/** Scores of rows whose outcomes are known. */
export interface Labelled {
  scores: Float64Array;
  /** 1 default, 0 repaid; NaN where it is missing. */
  outcomes: ArrayLike<number>;
}

/** Of the rows that the model never saw; null where the bundle has none, or no outcomes of them. */
export const labelledTest = oncePerBundle((engine) => read(engine, 'test'));

/** Of the rows that trained it: too good. */
export const labelledReference = oncePerBundle((engine) => read(engine, 'reference'));

async function read(engine: Engine, name: 'test' | 'reference'): Promise<Labelled | null> {
  const part = await engine.part(name);
  const outcome = await part?.read(engine.manifest.data[name]?.target ?? '');
  if (!part || part.rows === 0 || outcome?.kind !== 'number') return null;
  const table = name === 'test' ? await engine.test() : await engine.reference();
  return table && { scores: await engine.score(table), outcomes: outcome.values };
}
