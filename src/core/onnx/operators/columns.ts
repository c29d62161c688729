import { ScoredeskError } from '../../errors';
import type { Call, Value } from '../value';
import { anyColumnsOf, columnsOf, perColumn, withSteps } from './shared';

/** ai.onnx.ml Scaler: (x - offset) * scale. */
export function scaler(call: Call): readonly Value[] {
  const columns = columnsOf(call, 0);
  const offset = perColumn(call.attributes, 'offset', columns.length, 0);
  const scale = perColumn(call.attributes, 'scale', columns.length, 1);
  return [
    {
      kind: 'columns',
      columns: withSteps(columns, (j) => ({ kind: 'scale', offset: offset(j), scale: scale(j) })),
    },
  ];
}

/** ai.onnx.ml Imputer over floats: `replaced_value_float` (NaN unless said) becomes the column's value. */
export function imputer(call: Call): readonly Value[] {
  const columns = columnsOf(call, 0);
  const value = perColumn(call.attributes, 'imputed_value_floats', columns.length, 0);
  const missing = call.attributes.float('replaced_value_float', NaN);
  return [
    { kind: 'columns', columns: withSteps(columns, (j) => ({ kind: 'impute', missing, value: value(j) })) },
  ];
}

/** Concat along the columns, and ai.onnx.ml FeatureVectorizer. */
export function concat(call: Call): readonly Value[] {
  return [{ kind: 'columns', columns: call.inputs.flatMap((_, i) => anyColumnsOf(call, i)) }];
}

/** ai.onnx.ml ArrayFeatureExtractor: columns by position. */
export function arrayFeatureExtractor(call: Call): readonly Value[] {
  const columns = anyColumnsOf(call, 0);
  const positions = call.inputs[1];
  if (positions?.kind !== 'constant')
    throw new ScoredeskError('onnx-graph', { reason: 'ArrayFeatureExtractor without positions' });
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
