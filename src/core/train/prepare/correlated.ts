import { correlation } from '../../stats/correlation';
import {
  isNumber,
  type NumberPrepared,
  type Preparation,
  type PreparedColumn,
  type StepNote,
} from './prepared';

/**
 * Of two numbers whose Pearson correlation is above a limit one stays: the first in the table's order, or the one that goes
 * more with the outcome. Correlations are of the rows where both are there.
 */
export function withoutCorrelated(
  columns: readonly PreparedColumn[],
  { kind: step, over: limit, keep }: { kind: string; over: number; keep: 'first' | 'associated' },
  target: Uint8Array,
): Preparation {
  const numbers = columns.filter(isNumber);
  const outcome = Float64Array.from(target);
  const strength = new Map(
    numbers.map((prepared) => [prepared, Math.abs(correlation(prepared.column.values, outcome)) || 0]),
  );
  const order =
    keep === 'first'
      ? numbers
      : [...numbers].sort((a, b) => (strength.get(b) as number) - (strength.get(a) as number));
  const kept: NumberPrepared[] = [];
  const out = new Set<PreparedColumn>();
  const notes: StepNote[] = [];
  for (const prepared of order) {
    const { column } = prepared;
    const found = kept.find((other) => Math.abs(correlation(column.values, other.column.values)) > limit);
    if (!found) {
      kept.push(prepared);
      continue;
    }
    out.add(prepared);
    const value = correlation(column.values, found.column.values);
    notes.push({ step, column: column.name, found: value, limit, kept: found.column.name });
  }
  return { columns: columns.filter((column) => !out.has(column)), notes };
}
