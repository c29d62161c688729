import { median } from '../core/stats/quantile';
import { readColumn } from '../core/table/source';
import { texts, type Column } from '../core/table/table';
import type { ManifestColumn } from '../bundle/schema';
import type { CellValue } from './client/cells';
import type { Engine, ScoresTask } from './engine';

/** Number of what is computed here; a change of any value makes it one more. */
export const OVERVIEW_VERSION = 1;

/** The part of the bundle that holds a client with an outcome. */
export type SeenIn = 'reference' | 'test' | null;

/** Order of `seen`: test rows first, then clients without outcome, then those that trained the model. */
export const SEEN: readonly SeenIn[] = ['test', null, 'reference'];
export const UNSEEN = SEEN.indexOf(null);

/** What of a bundle takes a look at every row: computed once, then kept with it. Plain data. */
export interface Overview {
  /** Which evaluator gave the scores. */
  runtime: 'onnxruntime' | 'core';
  /** P(default) of every client, float64 [clients]. */
  scores: Float64Array;
  /** Position in SEEN of every client, [clients]. */
  seen: Uint8Array;
  /** Median (numbers) or most frequent text (categories) of the comparison rows, by column. */
  typical: Record<string, CellValue>;
}

/** Looks at every client once. @throws stopped; what reading and the runtime throw */
export async function overviewOf(engine: Engine, task: ScoresTask = {}): Promise<Overview> {
  const scores = await engine.scores(task);
  return {
    runtime: engine.runtime.name,
    scores,
    seen: await seenOf(engine),
    typical: await typicalOf(engine),
  };
}

/** The same with the scores of another evaluator: nothing else hangs on it. */
export const rescored = async (
  before: Overview,
  engine: Engine,
  task: ScoresTask = {},
): Promise<Overview> => ({
  ...before,
  runtime: engine.runtime.name,
  scores: await engine.scores(task),
});

async function seenOf(engine: Engine): Promise<Uint8Array> {
  const { clients, manifest } = engine;
  const seen = new Uint8Array(clients.count).fill(UNSEEN);
  for (const part of ['reference', 'test'] as const) {
    const idColumn = manifest.data[part]?.id;
    const source = idColumn ? await engine.part(part) : null;
    if (!idColumn || !source) continue;
    for (const id of texts(await readColumn(source, idColumn)))
      if (clients.has(id)) seen[clients.rowOf(id)] = SEEN.indexOf(part);
  }
  return seen;
}

/** Median (numbers) or most frequent text (categories) of the comparison rows, by column. */
export async function typicalOf(engine: Engine): Promise<Overview['typical']> {
  const source = (await engine.part('reference')) ?? engine.clients.source;
  // Any name may be a column's, also that of an object's own parts.
  const out = Object.create(null) as Record<string, CellValue>;
  for (const { name, role, type } of engine.manifest.columns) {
    if (NOT_TYPICAL.has(role) || type === 'text' || type === 'date') continue;
    const column = await source.read(name);
    if (column)
      out[name] = column.kind === 'number' ? finiteOrNull(median(column.values)) : mostFrequent(column);
  }
  return out;
}

const NOT_TYPICAL: ReadonlySet<ManifestColumn['role']> = new Set(['id', 'name', 'target']);

const finiteOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function mostFrequent(column: Extract<Column, { kind: 'text' }>): string | null {
  const counts = new Uint32Array(column.dictionary.length);
  for (const code of column.codes) if (code >= 0) counts[code]++;
  let best = -1;
  counts.forEach((count, code) => {
    if (count > 0 && (best < 0 || count > counts[best])) best = code;
  });
  return best < 0 ? null : column.dictionary[best];
}
