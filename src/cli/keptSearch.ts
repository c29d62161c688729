import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as v from 'valibot';
import { ScoredeskError } from '../core/errors';
import { parseJson } from '../bundle/validate';
import type { Tried } from '../core/train/search/search';
import type { Recipe } from '../engine/lab/recipe';
import { readBytes } from './files';

/** What a search has tried, kept in a file after each candidate. */
export interface KeptSearch {
  tried: readonly Tried[];
  keep: (tried: readonly Tried[]) => void;
}

/** What the candidates' figures hang on. */
interface Asked {
  recipe: Recipe;
  /** Of the data. */
  sha256: string;
}

const FORMAT = 'scoredesk-search';
/** JSON has no NaN. */
const figure = v.nullable(v.number());
const schema = v.object({
  format: v.literal(FORMAT),
  asked: v.string(),
  tried: v.array(
    v.object({
      params: v.record(v.string(), v.union([v.number(), v.string()])),
      value: figure,
      error: figure,
    }),
  ),
});

/**
 * Goes on from what a file holds; one that is not there begins.
 *
 * @throws search-other where it is of other data or another recipe, json-unreadable
 */
export async function keptSearch(path: string, { recipe, sha256 }: Asked): Promise<KeptSearch> {
  // How many are tried may grow; which parts of the recipe come after the search does not matter to it.
  const { seed, folds, split, leaveOut, weights, steps, learner, imbalance, search, threshold } = recipe;
  const how = search && { ...search, trials: 0 };
  const asked = JSON.stringify({
    ...{ sha256, seed, folds, split, leaveOut, weights, steps, learner, imbalance, how, threshold },
  });
  const keep = (tried: readonly Tried[]): void => {
    writeFileSync(`${path}.partial`, `${JSON.stringify({ format: FORMAT, asked, tried }, null, 1)}\n`);
    renameSync(`${path}.partial`, path);
  };
  if (!existsSync(path)) return { tried: [], keep };
  const json = parseJson(
    await readBytes(path),
    ({ found }) => new ScoredeskError('json-unreadable', { file: basename(path), reason: found }),
  );
  const kept = v.safeParse(schema, json);
  if (!kept.success)
    throw new ScoredeskError('json-unreadable', { file: basename(path), reason: 'not a kept search' });
  if (kept.output.asked !== asked) throw new ScoredeskError('search-other', { file: basename(path) });
  const known = (value: number | null): number => value ?? NaN;
  const tried = kept.output.tried.map(({ params, value, error }) => ({
    params,
    value: known(value),
    error: known(error),
  }));
  return { tried, keep };
}
