import { ScoredeskError } from '../core/errors';
import type { Model } from '../core/model/model';
import type { OnnxModel } from '../core/onnx/read';
import { textAt, type Column, type Table } from '../core/table/table';
import { encodeInputs, type ModelInput } from './encode';

/** The library's predictions against the scores of the packed model: all of them, and why they differ where they do. */

const TOLERANCE = 1e-5;

export interface Compared {
  ids: readonly string[];
  /** Our scores, and the library's where it gave one (else undefined). */
  ours: Float64Array;
  theirs: readonly (number | undefined)[];
  onnx: OnnxModel;
  inputs: readonly ModelInput[];
  clients: Table;
  /** Text columns whose codes were guessed. */
  guessed: readonly string[];
}

/** Why they differ, as found in these rows. */
type Cause = 'margins' | 'turned' | 'digits' | 'gaps' | 'level' | 'rounded' | 'guessed' | 'unknown';
interface Found {
  cause: Cause;
  column?: string;
  value?: string;
}

/** @throws predictions-missed with how many, the furthest, and the cause */
export function refuseMissed(compared: Compared): void {
  const { ids, ours, theirs } = compared;
  const rows = ids.flatMap((_, row) => (theirs[row] === undefined ? [] : [row]));
  const away = (row: number): number => {
    const off = Math.abs((theirs[row] as number) - ours[row]);
    return Number.isNaN(off) ? Infinity : off;
  };
  const off = rows.filter((row) => away(row) > TOLERANCE);
  if (off.length === 0) return;
  const worst = off.reduce((most, row) => (away(row) > away(most) ? row : most));
  const { cause, column = '', value = '' } = causeOf(compared, rows, off);
  throw new ScoredeskError('predictions-missed', {
    off: off.length,
    rows: rows.length,
    id: ids[worst],
    found: ours[worst],
    expected: theirs[worst] as number,
    cause,
    column,
    value,
  });
}

function causeOf(compared: Compared, rows: readonly number[], off: readonly number[]): Found {
  const { ours, inputs, clients, onnx, guessed } = compared;
  const theirs = (row: number) => compared.theirs[row] as number;
  if (rows.some((row) => theirs(row) < 0 || theirs(row) > 1)) return { cause: 'margins' };
  if (rows.every((row) => Math.abs(1 - theirs(row) - ours[row]) <= TOLERANCE)) return { cause: 'turned' };
  const digits = Math.max(...rows.map((row) => decimals(theirs(row))));
  if (digits < 7 && off.every((row) => Math.abs(theirs(row) - ours[row]) <= 0.51 * Number(`1e-${digits}`)))
    return { cause: 'digits', value: String(digits) };
  const shared = sharedValue(inputs, clients, rows, off);
  if (shared) return shared;
  const column = onnx.exported || !onnx.model ? null : roundedColumn(onnx.model, inputs, clients, off);
  if (column !== null) return { cause: 'rounded', column };
  return guessed.length > 0 ? { cause: 'guessed', column: guessed[0] } : { cause: 'unknown' };
}

const decimals = (p: number): number => String(p).split('.')[1]?.length ?? 0;

/** A gap or a level that these rows have, and nearly no other. */
function sharedValue(
  inputs: readonly ModelInput[],
  clients: Table,
  rows: readonly number[],
  off: readonly number[],
): Found | null {
  for (const { name, type } of inputs) {
    const column = clients.columns.get(name) as Column;
    const value = textAt(column, off[0]);
    if (type !== 'category' && value !== '') continue;
    const has = (row: number) => textAt(column, row) === value;
    const holders = rows.filter(has).length;
    if (off.every(has) && off.length >= 0.9 * holders && holders < rows.length)
      return value === '' ? { cause: 'gaps', column: name } : { cause: 'level', column: name, value };
  }
  return null;
}

/** The column whose values stand on a threshold once they are float32, in most of these rows; null where none does. */
function roundedColumn(
  { predictor, features }: Model,
  inputs: readonly ModelInput[],
  clients: Table,
  off: readonly number[],
): string | null {
  if (predictor.kind !== 'trees') return null;
  const splits = inputs.map(() => new Set<number>());
  predictor.feature.forEach((feature, node) => {
    const input = feature < 0 ? -1 : (features?.[feature].input ?? feature);
    if (input >= 0) splits[input].add(Math.fround(predictor.threshold[node]));
  });
  const counts = inputs.map(() => 0);
  for (const row of off)
    encodeInputs(inputs, clients, row, row + 1).forEach((value, j) => {
      const single = Math.fround(value);
      if (single !== value && splits[j].has(single)) counts[j]++;
    });
  const most = counts.indexOf(Math.max(...counts));
  return 2 * counts[most] >= off.length ? inputs[most].name : null;
}
