import type { FeatureSource } from '../model/steps';
import { widthAfter } from './joint/joint';
import type { Pipeline } from './pipeline';

/**
 * A weighted sum of components is a weighted sum of the columns that they are made of: the same pipeline without the projection, which
 * a `Model` can hold and whose contributions are the columns' own. Others stay as they are.
 */
export function foldProjection(pipeline: Pipeline): Pipeline {
  const { stages, model } = pipeline;
  const { predictor, features } = model;
  const last = stages.at(-1);
  if (!last || last.joint.kind !== 'projection' || predictor.kind !== 'linear') return pipeline;
  const { columns, others, weights: directions, offsets } = last.joint;
  const given: readonly FeatureSource[] =
    features ?? Array.from(predictor.weights, (_, input) => ({ input, steps: [] }));
  const ofComponent = (j: number): boolean => given[j].input < directions.length;
  if (given.some(({ steps }, j) => ofComponent(j) && steps.length > 0)) return pipeline;
  const weights = new Float64Array(columns.length);
  let { base } = predictor;
  const rest: { source: FeatureSource; weight: number }[] = [];
  predictor.weights.forEach((weight, j) => {
    const { input, steps } = given[j];
    if (ofComponent(j)) {
      base += weight * offsets[input];
      directions[input].forEach((share, k) => (weights[k] += weight * share));
      return;
    }
    const before = last.features[others[input - directions.length]];
    rest.push({ source: { input: before.input, steps: [...before.steps, ...steps] }, weight });
  });
  const sources = [...Array.from(columns, (at) => last.features[at]), ...rest.map(({ source }) => source)];
  const before = stages.slice(0, -1);
  const inner = before.at(-1);
  return {
    ...pipeline,
    stages: before,
    model: {
      ...model,
      width: inner ? widthAfter(inner.joint, inner.features.length) : pipeline.width,
      features: sources,
      predictor: {
        ...predictor,
        base,
        weights: Float64Array.from([...weights, ...rest.map(({ weight }) => weight)]),
      },
    },
  };
}
