import type { Covers } from '../../explain/covers';
import type { LinearModel } from '../../model/linear';
import type { Isotonic } from '../../metrics/isotonic';
import type { Pipeline } from '../../train/pipeline';
import { writeFeatures } from './features';
import { GraphWriter, tensor } from './graph';
import { writeJoint } from './joint';
import { writeTrees } from './trees';

/** An input column of a model that is written. */
export interface WrittenColumn {
  name: string;
  /** Texts by their codes; null of numbers. */
  levels: readonly string[] | null;
}

export const PROBABILITIES = 'probabilities';

/**
 * A pipeline as an ONNX file in double, from the user's columns to `probabilities` float64 [rows, 2]: numbers alone are one input
 * `input` [rows, columns], with texts among them each column is an input of its name.
 */
export function writeOnnx(
  { stages, model, isotonic }: Pipeline,
  columns: readonly WrittenColumn[],
  covers: Covers | null = null,
): Uint8Array {
  const graph = new GraphWriter();
  const staged = stages.reduce(
    (from, { features, joint }) =>
      writeJoint(graph, writeFeatures(graph, from, features), features.length, joint),
    writeInputs(graph, columns),
  );
  const features = model.features ? writeFeatures(graph, staged, model.features) : staged;
  const { predictor } = model;
  const raw =
    predictor.kind === 'trees'
      ? writeTrees(graph, features, predictor, covers)
      : writeLinear(graph, features, predictor);
  const linked = model.link === 'logistic' ? () => graph.op('Sigmoid', [raw]) : () => raw;
  const p = isotonic ? writeIsotonic(graph, raw, isotonic) : linked();
  const rest = graph.op('Sub', [graph.constant(Float64Array.of(1)), p]);
  return graph.finished(graph.op('Concat', [rest, p], { axis: 1 }, PROBABILITIES));
}

/** The first value, and of each line between knots its slope times how much of it lies below the raw output. */
function writeIsotonic(graph: GraphWriter, raw: string, { x, y }: Isotonic): string {
  const lines = Math.max(1, x.length - 1);
  const of = (value: (k: number) => number): Float64Array =>
    Float64Array.from({ length: lines }, (_, k) => (x.length > 1 ? value(k) : 0));
  const beyond = graph.op('Sub', [raw, graph.constant(of((k) => x[k]))]);
  const above = graph.op('Max', [beyond, graph.constant(Float64Array.of(0))]);
  const within = graph.op('Min', [above, graph.constant(of((k) => x[k + 1] - x[k]))]);
  const slopes = of((k) => (y[k + 1] - y[k]) / (x[k + 1] - x[k]));
  const risen = graph.op('MatMul', [within, graph.constant(slopes, { dims: [lines, 1] })]);
  return graph.op('Add', [risen, graph.constant(Float64Array.of(y[0]))]);
}

function writeInputs(graph: GraphWriter, columns: readonly WrittenColumn[]): string {
  if (columns.every(({ levels }) => levels === null)) return graph.input('input', 'number', columns.length);
  const each = columns.map(({ name, levels }) => {
    if (!levels) return graph.input(name, 'number', 1);
    return codes(graph, graph.input(name, 'text', 1), levels);
  });
  return each.length === 1 ? each[0] : graph.op('Concat', each, { axis: 1 });
}

/** A text's position among the levels; -1 of any other, and of none. */
function codes(graph: GraphWriter, input: string, levels: readonly string[]): string {
  return graph.op('LabelEncoder', [input], {
    keys_strings: levels.length > 0 ? levels : [''],
    values_tensor: tensor(Float64Array.from(levels.length > 0 ? levels.keys() : [-1])),
    default_tensor: tensor(Float64Array.of(-1)),
  });
}

function writeLinear(graph: GraphWriter, features: string, { weights, base }: LinearModel): string {
  const sum = graph.op('MatMul', [features, graph.constant(weights, { dims: [weights.length, 1] })]);
  return graph.op('Add', [sum, graph.constant(Float64Array.of(base))]);
}
