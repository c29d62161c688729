import { ScoredeskError } from '../../errors';
import type { Call, SourceColumn, Value } from '../value';
import { anyColumnsOf, asSingle, matrixOf, withSteps } from './shared';

/** More levels of one column than any table has. */
const MAX_LEVELS = 100_000;

/** Code of a text that the bundle's levels lack: no row has it. */
const NO_ROW = -2;

/** The column's code of each text. */
function codesOf(column: SourceColumn, texts: readonly string[]): number[] {
  for (const text of texts) column.words?.add(text);
  const index = new Map(column.texts?.map((text, code) => [text, code]));
  return texts.map((text) => index.get(text) ?? (text === column.absent ? NaN : NO_ROW));
}

/** Keys of a lookup as numbers of the column: codes of texts, or the numbers themselves. */
function keysOf(column: SourceColumn, texts: readonly string[], numbers: readonly number[]): number[] {
  return column.texts ? codesOf(column, texts) : [...numbers];
}

/**
 * ai.onnx.ml OneHotEncoder: one column a category of each input column, in the order of the file; a
 * category that is not listed is zero everywhere.
 */
export function oneHotEncoder(call: Call): readonly Value[] {
  const { attributes } = call;
  const texts = attributes.strings('cats_strings');
  const numbers = attributes.ints('cats_int64s');
  const all = anyColumnsOf(call, 0).length * (texts.length + numbers.length);
  if (all > MAX_LEVELS) throw attributes.refuse('cats_strings', `${all} categories`);
  const columns = asSingle(anyColumnsOf(call, 0)).flatMap((column) =>
    keysOf(column, texts, numbers).flatMap((key) =>
      withSteps(call, [column], () => ({
        kind: 'map',
        to: new Map(Number.isNaN(key) || (key === NO_ROW && column.texts) ? [] : [[key, 1]]),
        otherwise: 0,
        missing: Number.isNaN(key) ? 1 : 0,
      })),
    ),
  );
  return matrixOf(call, columns);
}

/** ai.onnx.ml LabelEncoder from texts or numbers to numbers, as scikit-learn's OrdinalEncoder exports. */
export function labelEncoder(call: Call): readonly Value[] {
  const { attributes } = call;
  const double = attributes.tensor('values_tensor');
  const values = [...attributes.ints('values_int64s'), ...attributes.floats('values_floats'), ...double];
  const texts = attributes.strings('keys_strings');
  const numbers = [
    ...attributes.ints('keys_int64s'),
    ...attributes.floats('keys_floats'),
    ...attributes.tensor('keys_tensor'),
  ];
  const keys = texts.length ? texts.length : numbers.length;
  if (values.length !== keys || keys === 0 || keys > MAX_LEVELS)
    throw attributes.refuse('values_int64s', `${values.length} values for ${keys} keys`);
  const whole = attributes.ints('values_int64s').length > 0;
  const otherwise = double.length
    ? (attributes.tensor('default_tensor')[0] ?? -0)
    : whole
      ? attributes.int('default_int64', -1)
      : attributes.float('default_float', -0);
  return [
    {
      kind: 'columns',
      columns: anyColumnsOf(call, 0).map((column) => {
        if (texts.length > 0 !== (column.texts !== undefined))
          throw new ScoredeskError('onnx-operator', { operator: 'LabelEncoder', node: call.name });
        const found = keysOf(column, texts, numbers).map((key, i) => [key, values[i]] as const);
        const known = found.filter(([key]) => !column.texts || key !== NO_ROW);
        const missing = found.findIndex(([key]) => Number.isNaN(key));
        const [mapped] = withSteps(call, [column], () => ({
          kind: 'map',
          to: new Map(known),
          otherwise,
          missing: missing >= 0 ? values[missing] : otherwise,
        }));
        return mapped;
      }),
    },
  ];
}

/** Reshape and Flatten that leave the columns of a row as they are: the last dimension says how many. */
export function reshape(call: Call): readonly Value[] {
  const [value, shape] = call.inputs;
  // One class alone stays one class, as a column or flat.
  if (value?.kind === 'probabilities' && value.only !== undefined) return [value];
  const last = shape?.kind === 'constant' ? shape.numbers.at(-1) : undefined;
  const kept = value?.kind === 'columns' && (call.operator === 'Flatten' || last === value.columns.length);
  if (!kept) throw new ScoredeskError('onnx-operator', { operator: call.operator, node: call.name });
  return [value];
}
