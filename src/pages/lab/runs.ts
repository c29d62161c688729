import type { RunFigures } from '../../core/train/figures';
import type { ImportedRun, LabRun } from '../../protocol/lab';
import { parametersOf } from '../../report/recipeText';

/** Runs side by side. */

export type Metric = keyof RunFigures;
export type SortKey =
  'startedAt' | 'name' | 'seconds' | 'threshold' | 'cost' | 'auc' | 'recall' | 'precision';

/** Less is better: smallest first; all others largest first. */
const SMALLEST_FIRST: readonly SortKey[] = ['cost', 'seconds', 'threshold'];

/** Runs without a result last. */
export function sorted(runs: readonly LabRun[], by: SortKey): LabRun[] {
  if (by === 'name') return [...runs].sort((a, b) => a.name.localeCompare(b.name));
  const sign = SMALLEST_FIRST.includes(by) ? 1 : -1;
  const keyed = runs.map((run) => ({ run, key: keyOf(run, by) }));
  const last = (key: number): number => (Number.isNaN(key) ? Infinity : sign * key);
  return keyed
    .sort((a, b) => {
      const [x, y] = [last(a.key), last(b.key)];
      return x < y ? -1 : x > y ? 1 : 0;
    })
    .map(({ run }) => run);
}

function keyOf({ startedAt, seconds, result }: LabRun, by: Exclude<SortKey, 'name'>): number {
  if (by === 'startedAt') return startedAt;
  if (by === 'seconds') return seconds;
  if (by === 'threshold') return result?.threshold.threshold ?? NaN;
  return result?.metrics.test[by] ?? NaN;
}

/** Parameters by run, those that differ first; the rest are the same for all. */
export function differing(runs: readonly LabRun[]): {
  differ: [string, string[]][];
  same: [string, string[]][];
} {
  const each = runs.map(({ recipe, result }) => {
    const found = parametersOf(recipe);
    for (const [name, value] of Object.entries(result?.search?.best.params ?? {}))
      found.set(name, typeof value === 'number' ? String(Number(value.toPrecision(4))) : value);
    found.set('inputs', String(result?.columns.length ?? '—'));
    return found;
  });
  const names = [...new Set(each.flatMap((found) => [...found.keys()]))];
  const rows = names.map((name): [string, string[]] => [name, each.map((found) => found.get(name) ?? '—')]);
  const isSame = ([, values]: [string, string[]]): boolean => values.every((value) => value === values[0]);
  return { differ: rows.filter((row) => !isSame(row)), same: rows.filter(isSame) };
}

/** Names the rows that figures were measured on: data, outcome, split and seed. */
export const rowsKey = ({ data, recipe: { split, seed }, result }: LabRun): string =>
  JSON.stringify([data.rows, data.target, data.labelledOnly ?? false, split, seed, result?.rows.test]);

export const onSameRows = (runs: readonly LabRun[]): boolean =>
  runs.every((run) => rowsKey(run) === rowsKey(runs[0]));

/** The best figures of each rows that more than one run was measured on. */
export function bestByRows(runs: readonly LabRun[]): ReadonlyMap<string, { cost: number; auc: number }> {
  const best = new Map<string, { cost: number; auc: number; runs: number }>();
  for (const run of runs) {
    if (!run.result) continue;
    const { cost, auc } = run.result.metrics.test;
    const before = best.get(rowsKey(run)) ?? { cost: Infinity, auc: -Infinity, runs: 0 };
    best.set(rowsKey(run), {
      cost: Math.min(before.cost, cost),
      auc: Math.max(before.auc, auc),
      runs: before.runs + 1,
    });
  }
  return new Map([...best].filter(([, { runs: count }]) => count > 1));
}

/** Names of the metrics that most runs have; of as many, those of a test first. */
export function commonMetrics(runs: readonly Pick<ImportedRun, 'metrics'>[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of runs)
    for (const name of Object.keys(metrics)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ofTest = (name: string): number => Number(name.startsWith('test'));
  const names = [...counts].sort(([a, x], [b, y]) => y - x || ofTest(b) - ofTest(a));
  return names.slice(0, most).map(([name]) => name);
}
