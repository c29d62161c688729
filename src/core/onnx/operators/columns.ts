import { ScoredeskError } from '../../errors';
import { complement } from '../../model/model';
import type { Call, Probabilities, Value } from '../value';
import { oneProbability } from './scores';
import {
  anyColumnsOf,
  asSingle,
  columnsOf,
  matrixOf,
  MOST_COLUMNS,
  notRead,
  perColumn,
  withSteps,
} from './shared';

/** ai.onnx.ml Scaler: (x - offset) * scale, in float32. */
export function scaler(call: Call): readonly Value[] {
  const columns = asSingle(columnsOf(call, 0));
  const offset = perColumn(call.attributes, 'offset', columns.length, 0);
  const scale = perColumn(call.attributes, 'scale', columns.length, 1);
  const moved = withSteps(call, columns, (j) => ({ kind: 'add', by: -offset(j) }));
  return [{ kind: 'columns', columns: withSteps(call, moved, (j) => ({ kind: 'multiply', by: scale(j) })) }];
}

/** ai.onnx.ml Imputer over floats: `replaced_value_float` (NaN unless said) becomes the column's value. */
export function imputer(call: Call): readonly Value[] {
  const columns = asSingle(columnsOf(call, 0));
  const value = perColumn(call.attributes, 'imputed_value_floats', columns.length, 0);
  const missing = call.attributes.float('replaced_value_float', NaN);
  return [
    {
      kind: 'columns',
      columns: withSteps(call, columns, (j) => ({ kind: 'impute', missing, value: value(j) })),
    },
  ];
}

/** Concat along the columns, and ai.onnx.ml FeatureVectorizer; of both classes' probabilities as well. */
export function concat(call: Call): readonly Value[] {
  const [first, second] = call.inputs.map(oneProbability);
  if (first && second && call.inputs.length === 2) {
    if (first.model !== second.model || first.only === second.only) throw notRead(call, 'classes');
    // Class 1 first: what is second is class 0.
    const turned = first.only === 1;
    const model = turned ? complement({ ...first.model, width: 0 }) : first.model;
    const labels = turned ? [...first.labels].reverse() : first.labels;
    return [{ ...first, model, labels, only: undefined }];
  }
  const columns = call.inputs.map((_, i) => anyColumnsOf(call, i));
  // Sizes first: a matrix joined to itself again and again would fill the memory.
  const width = columns.reduce((sum, { length }) => sum + length, 0);
  if (width > MOST_COLUMNS)
    throw new ScoredeskError('onnx-graph', { reason: `${call.operator} of ${width} columns` });
  return matrixOf(call, columns.flat());
}

/** ai.onnx.ml ArrayFeatureExtractor, and Gather along the columns: columns, or one class, by position. */
export function arrayFeatureExtractor(call: Call): readonly Value[] {
  const [value, positions] = call.inputs;
  if (positions?.kind !== 'constant') throw notRead(call, positions?.kind ?? 'nothing');
  if (call.operator === 'Gather' && Math.abs(call.attributes.int('axis', 0)) !== 1)
    throw notRead(call, 'rows');
  if (value?.kind === 'probabilities') return [oneClass(call, value, positions.numbers)];
  const columns = anyColumnsOf(call, 0);
  return [
    {
      kind: 'columns',
      columns: positions.numbers.map((position) => {
        const column = columns[position];
        if (!column)
          throw new ScoredeskError('onnx-graph', { reason: `column ${position} of ${columns.length}` });
        return column;
      }),
    },
  ];
}

/** Slice of class probabilities along the columns down to one class. */
export function slice(call: Call): readonly Value[] {
  const [value, starts, ends, axes] = call.inputs;
  const numbers = (input: Value | undefined) => (input?.kind === 'constant' ? input.numbers : []);
  const from = numbers(starts)[0];
  const along = numbers(axes);
  const one = from !== undefined && (numbers(ends)[0] === from + 1 || (from === 1 && numbers(ends)[0] > 1));
  if (
    value?.kind !== 'probabilities' ||
    numbers(starts).length !== 1 ||
    !one ||
    Math.abs(along[0] ?? 0) !== 1
  )
    throw notRead(call, value?.kind);
  return [oneClass(call, value, [from])];
}

function oneClass(call: Call, value: Probabilities, positions: readonly number[]): Probabilities {
  const [only] = positions;
  if (value.only !== undefined || positions.length !== 1 || (only !== 0 && only !== 1))
    throw notRead(call, 'classes');
  return { ...value, only };
}
