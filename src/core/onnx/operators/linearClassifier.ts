import { ScoredeskError } from '../../errors';
import type { LinearModel } from '../../model/linear';
import type { Call, Value } from '../value';
import { throughMix } from './scores';
import { classLabels, columnsOf, notRead } from './shared';

/**
 * ai.onnx.ml LinearClassifier, binary: one row of coefficients a class, [2, n], or a single row.
 * LOGISTIC squashes each class's score alone, SOFTMAX the difference of the two.
 */
export function linearClassifier(call: Call): readonly Value[] {
  const { attributes } = call;
  const mix = call.inputs[0]?.kind === 'mix' ? call.inputs[0] : null;
  const columns = mix ? mix.columns : columnsOf(call, 0);
  const n = mix ? mix.weights.length : columns.length;
  const labels = classLabels(attributes);
  if (labels.length !== 2) throw new ScoredeskError('onnx-classes', { found: labels.length });
  const transform = attributes.string('post_transform', 'NONE');
  if (transform === 'NONE') return [{ kind: 'label' }, { kind: 'margin' }];
  if (transform !== 'LOGISTIC' && transform !== 'SOFTMAX') throw notRead(call, transform.slice(0, 40));

  const coefficients = attributes.floats('coefficients');
  const intercepts = attributes.floats('intercepts');
  const rows = coefficients.length / n;
  if (rows !== 1 && rows !== 2)
    throw attributes.refuse('coefficients', `${coefficients.length} for ${n} columns`);
  if (intercepts.length !== 0 && intercepts.length !== rows)
    throw attributes.refuse('intercepts', `${intercepts.length} for ${rows} rows`);
  if (![...coefficients, ...intercepts].every(Number.isFinite))
    throw attributes.refuse('coefficients', 'not finite');

  const first = rows - 1;
  const minus = transform === 'SOFTMAX' && rows === 2 ? 1 : 0;
  const at = (row: number, j: number) => coefficients[row * n + j];
  const own: LinearModel = {
    kind: 'linear',
    weights: Float64Array.from({ length: n }, (_, j) => at(first, j) - minus * at(0, j)),
    base: (intercepts[first] ?? 0) - minus * (intercepts[0] ?? 0),
  };
  const predictor = mix ? throughMix(own, mix) : own;
  return [
    { kind: 'label' },
    {
      kind: 'probabilities',
      model: { predictor, link: 'logistic', features: columns },
      labels,
      covers: 'rows',
      given: null,
    },
  ];
}
