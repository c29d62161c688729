import { hasCode, ScoredeskError } from '../errors';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from './schema/onnx_pb';
import { tensorNumbers } from './tensor';

/**
 * What a graph may cost a runtime, bounded before it is run: some hundred bytes can ask for gigabytes, or never end, and
 * nothing stops a runtime on its way.
 */

/** Cells that sizes written in a graph may make of each row, and turns of all its loops together. */
const MOST_CELLS = 1e7;
const MOST_TURNS = 1e6;

/** Operators that make as many cells as an input says, and which input that is. */
const SIZED: Readonly<Record<string, number>> = {
  ConstantOfShape: 0,
  Expand: 1,
  Tile: 1,
  Pad: 1,
  OneHot: 1,
  Range: 1,
  Upsample: 1,
  Resize: 3,
};

/** Of these only the first input is a size on its way; the others say where to look. */
const PICKS = new Set(['Slice', 'Gather', 'Squeeze', 'Unsqueeze', 'Cast', 'Identity', 'Reshape']);
/** What an input's own rows and columns are. */
const MEASURES = new Set(['Shape', 'Size']);

/** @throws onnx-unbounded naming the operator and what it asks for */
export function refuseUnbounded({ graph, functions }: ModelProto): void {
  const own = functions.map(({ node }) => new Scope(node, [], null));
  const scopes = graph ? [...own, ...scopesOf(new Scope(graph.node, graph.initializer, null))] : own;
  let [cells, turns] = [1, 1];
  for (const scope of scopes)
    for (const node of scope.nodes) {
      const sized = SIZED[node.opType];
      if (sized !== undefined) cells *= scope.factor(node.input[sized]);
      if (cells > MOST_CELLS) throw unbounded(node, `${cells} cells a row`);
      // Without a count a loop goes on as long as its own body says.
      if (node.opType === 'Loop') turns *= node.input[0] ? scope.factor(node.input[0], Infinity) : Infinity;
      if (turns > MOST_TURNS)
        throw unbounded(node, turns === Infinity ? 'turns without end' : `${turns} turns`);
    }
}

const unbounded = ({ opType: operator }: NodeProto, found: string) =>
  new ScoredeskError('onnx-unbounded', { operator, found });

/** The graph and all those inside its nodes. */
function scopesOf(scope: Scope): Scope[] {
  const graphs = scope.nodes.flatMap(({ attribute }) =>
    attribute.flatMap(({ g, graphs: more }) => (g ? [g, ...more] : more)),
  );
  return [
    scope,
    ...graphs.flatMap((graph: GraphProto) => scopesOf(new Scope(graph.node, graph.initializer, scope))),
  ];
}

/** Nodes and constants by the names that they give, with those of the graphs around. */
class Scope {
  readonly nodes: readonly NodeProto[];
  readonly #makers = new Map<string, NodeProto>();
  readonly #constants = new Map<string, TensorProto>();
  readonly #around: Scope | null;

  constructor(nodes: readonly NodeProto[], constants: readonly TensorProto[], around: Scope | null) {
    this.nodes = nodes;
    this.#around = around;
    for (const node of nodes) for (const name of node.output) this.#makers.set(name, node);
    for (const tensor of constants) this.#constants.set(tensor.name, tensor);
  }

  /** By how much the numbers that a value is made of can multiply a size; `unknown` where it comes from the rows. */
  factor(name: string | undefined, unknown = 1, seen = new Set<string>()): number {
    if (!name || seen.has(name)) return 1;
    seen.add(name);
    const constant = this.#constants.get(name);
    if (constant) return productOf(sizesIn(constant));
    const node = this.#makers.get(name);
    if (!node) return this.#around?.factor(name, unknown, seen) ?? unknown;
    if (node.opType === 'Constant')
      return productOf(
        node.attribute.flatMap(({ t, i, ints, f, floats }) => [
          ...(t ? sizesIn(t) : []),
          Number(i),
          ...ints.map(Number),
          f,
          ...floats,
        ]),
      );
    if (MEASURES.has(node.opType)) return unknown;
    const inputs = PICKS.has(node.opType) ? node.input.slice(0, 1) : node.input;
    return inputs.reduce((product, input) => product * this.factor(input, unknown, seen), 1);
  }
}

/** Sizes are whole numbers: a constant of any other type is none. */
function sizesIn(tensor: TensorProto): number[] {
  try {
    return tensorNumbers(tensor);
  } catch (error) {
    if (hasCode(error, 'onnx-operator')) return [];
    throw error;
  }
}

const productOf = (numbers: readonly number[]): number =>
  numbers.reduce((product, number) => product * Math.max(1, Math.abs(number)), 1);
