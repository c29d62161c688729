import type { Joint } from '../../train/joint/joint';
import { FAR, type Neighbours } from '../../train/joint/neighbours';
import type { Projection } from '../../train/joint/projection';
import type { GraphWriter } from './graph';

const FLOAT = 1;
const DOUBLE = 11;

/**
 * A joint step in double.
 *
 * @param features name of a tensor float64 [rows, width]
 */
export const writeJoint = (graph: GraphWriter, features: string, width: number, joint: Joint): string =>
  joint.kind === 'neighbours'
    ? writeNeighbours(graph, features, width, joint)
    : writeProjection(graph, features, joint);

const pick = (graph: GraphWriter, from: string, columns: ArrayLike<number>): string =>
  graph.op('Gather', [from, graph.constant(BigInt64Array.from(Array.from(columns), BigInt))], { axis: 1 });

const number = (graph: GraphWriter, value: number): string => graph.constant(Float64Array.of(value));

function writeProjection(
  graph: GraphWriter,
  features: string,
  { columns, others, weights, offsets }: Projection,
): string {
  const turned = Float64Array.from({ length: columns.length * weights.length }, (_, at) => {
    const [j, k] = [Math.floor(at / weights.length), at % weights.length];
    return weights[k][j];
  });
  const numbers = others.length > 0 ? pick(graph, features, columns) : features;
  const matrix = graph.constant(turned, { dims: [columns.length, weights.length] });
  const components = graph.op('Add', [graph.op('MatMul', [numbers, matrix]), graph.constant(offsets)]);
  if (others.length === 0) return components;
  return graph.op('Concat', [components, pick(graph, features, others)], { axis: 1 });
}

/**
 * Squared differences of all pairs of rows and donors by three products: of x - d over the columns that both have,
 * x^2 + d^2 - 2 x d, gaps being 0 and left out by a second table of ones and zeros.
 */
function writeNeighbours(
  graph: GraphWriter,
  features: string,
  width: number,
  { columns, donors, neighbours, means, scale }: Neighbours,
): string {
  const wide = columns.length;
  if (wide === 0) return features;
  const count = donors.length / wide;
  const values = wide === width ? features : pick(graph, features, columns);
  const gaps = graph.op('IsNaN', [values]);
  const known = cast(graph, graph.op('Not', [gaps]));
  const filled = graph.op('Where', [gaps, number(graph, 0), values]);
  const has = (value: number): number => Number(!Number.isNaN(value));
  const table = (of: (value: number) => number): string =>
    graph.constant(
      Float64Array.from({ length: wide * count }, (_, at) =>
        of(donors[(at % count) * wide + Math.floor(at / count)]),
      ),
      { dims: [wide, count] },
    );
  const ones = table(has);
  const square = graph.op('Mul', [filled, filled]);
  const sums = graph.op('Add', [
    graph.op('MatMul', [square, ones]),
    graph.op('MatMul', [known, table((value) => (has(value) ? value * value : 0))]),
  ]);
  const cross = graph.op('MatMul', [filled, table((value) => (has(value) ? value : 0))]);
  const apart = graph.op('Sub', [sums, graph.op('Mul', [cross, number(graph, 2)])]);
  const both = graph.op('MatMul', [known, ones]);
  const met = graph.op('Greater', [both, number(graph, 0)]);
  const mean = graph.op('Where', [met, graph.op('Div', [apart, both]), number(graph, FAR)]);
  const distance = cast(graph, graph.op('Add', [mean, number(graph, scale)]), FLOAT);
  const fills = Array.from({ length: wide }, (_, j) => {
    const own = Float64Array.from({ length: count }, (_row, d) => donors[d * wide + j]);
    return writeFill(graph, distance, own, Math.min(neighbours, count), means[j]);
  });
  const all = wide === 1 ? fills[0] : graph.op('Concat', fills, { axis: 1 });
  const whole = graph.op('Where', [gaps, all, values]);
  if (wide === width) return whole;
  const numbers = new Set(columns);
  const others = Array.from({ length: width }, (_, j) => j).filter((j) => !numbers.has(j));
  const joined = graph.op('Concat', [whole, pick(graph, features, others)], { axis: 1 });
  const order = [...columns, ...others];
  return pick(
    graph,
    joined,
    Array.from({ length: width }, (_, j) => order.indexOf(j)),
  );
}

/** What fills a gap of one column: [rows, 1]. */
function writeFill(
  graph: GraphWriter,
  distance: string,
  donors: Float64Array,
  most: number,
  mean: number,
): string {
  const lacks = Float64Array.from(donors, (value) => (Number.isNaN(value) ? FAR : 0));
  const reachable = graph.op('Add', [distance, cast(graph, graph.constant(lacks), FLOAT)]);
  const [least, where] = graph.opOf(
    'TopK',
    [reachable, graph.constant(BigInt64Array.of(BigInt(most)))],
    { axis: 1, largest: 0, sorted: 1 },
    2,
  );
  const own = graph.constant(donors.map((value) => (Number.isNaN(value) ? 0 : value)));
  const taken = cast(graph, graph.op('Less', [cast(graph, least), number(graph, FAR)]));
  const values = graph.op('Mul', [graph.op('Gather', [own, where], { axis: 0 }), taken]);
  const axis = graph.constant(BigInt64Array.of(1n));
  const [sum, count] = [values, taken].map((x) => graph.op('ReduceSum', [x, axis], { keepdims: 1 }));
  const some = graph.op('Greater', [count, number(graph, 0)]);
  return graph.op('Where', [some, graph.op('Div', [sum, count]), number(graph, mean)]);
}

const cast = (graph: GraphWriter, x: string, to = DOUBLE): string => graph.op('Cast', [x], { to });
