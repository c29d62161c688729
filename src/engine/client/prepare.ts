import type { Engine } from '../engine';
import { breathe } from '../runtime';
import { certaintyOf } from './certainty';
import { changesOf } from './changes';
import { sheetOf } from './sheet';
import { similarTo } from './similar';

/** Cells of a reference that are read before anybody asks: more would take long, and room. */
const MOST_CELLS = 5_000_000;

/**
 * Reads what every client's page needs of the reference, and answers for one client: the first one that somebody opens does
 * not wait for it.
 */
export async function prepareAdvice(engine: Engine): Promise<void> {
  const source = (await engine.part('reference')) ?? engine.clients.source;
  if (source.rows * source.names.length > MOST_CELLS || engine.clients.count === 0) return;
  const scores = await engine.scores();
  const refused = scores.findIndex((probability) => engine.decide(probability) === 'refused');
  const row = Math.max(0, refused);
  const id = engine.clients.ids[row];
  const table = await engine.clients.of([id]);
  await changesOf(engine, sheetOf(engine, table));
  await breathe();
  await certaintyOf(engine, table, id, scores[row]);
  await breathe();
  await similarTo(engine, table, { cohort: '', own: [], columns: [], pair: null });
}
