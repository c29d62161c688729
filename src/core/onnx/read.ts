import { hasCode, ScoredeskError } from '../errors';
import { complement, type Model } from '../model/model';
import type { FeatureSource } from '../model/steps';
import { OPERATORS } from './operators';
import { classLabels, MOST_COLUMNS } from './operators/shared';
import { refuseUnbounded } from './bounds';
import { exportMetadata, type ExportMetadata } from './metadata';
import { Attributes, parseOnnx } from './parse';
import {
  TensorProto_DataType as Type,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './schema/onnx_pb';
import { tensorNumbers } from './tensor';
import type { SourceColumn, Value } from './value';

/** One input of the graph: how many of the user's columns it takes, and the element type it wants. */
export interface OnnxInput {
  name: string;
  width: number;
  type: 'float32' | 'float64' | 'int64' | 'string';
  /** Texts of the codes of each of its columns, for a text input. */
  texts?: readonly (readonly string[])[];
  /** Of each of its columns: what a missing text is fed as, the category that the encoders have for it. */
  absent?: readonly string[];
  /** Of each of its columns: the texts that the encoders know, as written. */
  words?: readonly (readonly string[])[];
}

export interface OnnxModel {
  /** Null when the graph does what no `Model` can hold: the runtime alone can score it. */
  model: Model | null;
  /** The operator that could not be read then; "" otherwise. */
  unread: string;
  /** Number of the user's columns it takes. */
  width: number;
  inputs: readonly OnnxInput[];
  /** Name of the graph output that holds the probabilities. */
  output: string;
  /** What the two classes are called, in the order of the probabilities. */
  labels: readonly string[];
  /** What the model's library weighs its nodes by: XGBoost by hessians, all others by rows. */
  covers: 'rows' | 'hessian';
  /** The library's own covers, where the file carries them (`nodes_hitrates`). */
  given: Float64Array | null;
  /** What the export script says of it; null for a file of anybody else. */
  exported: ExportMetadata | null;
  proto: ModelProto;
}

export interface ReadOptions {
  /** Number of input columns, for files whose input has no declared width. */
  width?: number | undefined;
  /** Graph output with the probabilities; found when absent. */
  output?: string | undefined;
  /** Column of the probabilities that is P(default): 1 unless said. */
  index?: number | undefined;
  /** Texts of the codes of each input column, where it has some: what a text input is fed. */
  levels?: readonly (readonly string[] | undefined)[] | undefined;
  /** `repaid` when that column is P(repaid). */
  of?: 'default' | 'repaid' | undefined;
}

/**
 * Reads a binary classifier from an ONNX file, so that its probability is P(default). A graph with an operator
 * that can't be read comes back without a model: what it gives is known when the runtime has run it.
 *
 * @throws onnx-unreadable, onnx-attribute, onnx-graph, onnx-unbounded, onnx-label-only, onnx-margin-only, onnx-classes
 */
export function readOnnx(file: Uint8Array | ModelProto, options: ReadOptions = {}): OnnxModel {
  const proto = file instanceof Uint8Array ? parseOnnx(file) : file;
  refuseUnbounded(proto);
  const graph = proto.graph as GraphProto;
  const inputs = withTexts(graph, readInputs(graph, options.width), options);
  const width = inputs.reduce((sum, input) => sum + input.width, 0);
  const { output, value } = findProbabilities(graph, inputs, options.output);
  const exported = exportMetadata(proto);
  const common = { width, inputs, output, exported, proto };
  if ('unread' in value)
    return {
      ...common,
      model: null,
      unread: value.unread,
      labels: exported?.classes ?? declaredLabels(graph),
      covers: 'rows',
      given: null,
    };
  const read: Model = { ...value.model, width, features: plainOrSources(value.model.features, width) };
  // One class alone is taken for P(default), whichever it is, unless said.
  const turned = (value.only === 0) !== ((options.index === 0) !== (options.of === 'repaid'));
  const named = value.only === 0 ? [...value.labels].reverse() : value.labels;
  const labels = exported?.classes ?? named;
  const { covers, given } = value;
  return { ...common, model: turned ? complement(read) : read, unread: '', labels, covers, given };
}

/** Columns that a model takes as texts, or whose levels it names: they are to be read as written. @throws onnx-unreadable */
export function columnsAsWritten(bytes: Uint8Array): string[] {
  const proto = parseOnnx(bytes);
  const isText = ({ type }: ValueInfoProto) =>
    type?.value.case === 'tensorType' && type.value.value.elemType === Type.STRING;
  const inputs = proto.graph?.input.filter(isText).map(({ name }) => name) ?? [];
  return [...inputs, ...(exportMetadata(proto)?.levels.keys() ?? [])];
}

/** Class names that any node of the graph declares: two of them, or none. */
function declaredLabels(graph: GraphProto): readonly string[] {
  const lists = graph.node.map((node) => classLabels(new Attributes(node)));
  return lists.find((labels) => labels.length === 2) ?? [];
}

const INPUT_TYPES = new Map<number, OnnxInput['type']>([
  [Type.FLOAT, 'float32'],
  [Type.DOUBLE, 'float64'],
  [Type.INT64, 'int64'],
  [Type.STRING, 'string'],
]);

function readInputs(graph: GraphProto, width: number | undefined): OnnxInput[] {
  const constants = new Set(graph.initializer.map((tensor) => tensor.name));
  const infos = graph.input.filter((info) => !constants.has(info.name));
  let total = 0;
  return infos.map((info) => {
    const tensor = info.type?.value.case === 'tensorType' ? info.type.value.value : undefined;
    const type = INPUT_TYPES.get(tensor?.elemType ?? 0);
    if (!type)
      throw new ScoredeskError('onnx-graph', {
        reason: `input ${info.name} of type ${tensor?.elemType ?? 'unknown'}`,
      });
    const first = tensor?.shape?.dim[0]?.value;
    if (first?.case === 'dimValue' && first.value > 0n && (tensor?.shape?.dim.length ?? 0) > 1)
      throw new ScoredeskError('onnx-graph', {
        reason: `input ${info.name} takes ${first.value} rows only: export it with None rows`,
      });
    const last = tensor?.shape?.dim.at(-1)?.value;
    const declared = last?.case === 'dimValue' ? Number(last.value) : 0;
    const columns = declared > 0 ? declared : infos.length > 1 ? 1 : width;
    total += columns ?? 0;
    if (!columns || total > MOST_COLUMNS)
      throw new ScoredeskError('onnx-graph', {
        reason: `input ${info.name} with ${declared || 'unknown'} columns`,
      });
    return { name: info.name, width: columns, type };
  });
}

/** Predictor features that are just the inputs in order need no steps at all. */
function plainOrSources(
  sources: readonly FeatureSource[] | null,
  width: number,
): readonly FeatureSource[] | null {
  const plain =
    sources?.length === width && sources.every((source, j) => source.input === j && !source.steps.length);
  return plain ? null : sources;
}

const candidatesOf = (graph: GraphProto, wanted: string | undefined): ValueInfoProto[] =>
  wanted ? graph.output.filter((info) => info.name === wanted) : graph.output.filter((o) => !isLabel(o));

function findProbabilities(graph: GraphProto, inputs: readonly OnnxInput[], wanted: string | undefined) {
  const candidates = candidatesOf(graph, wanted);
  if (wanted && candidates.length === 0)
    throw new ScoredeskError('onnx-graph', { reason: `no output ${wanted}` });
  if (candidates.length === 0) throw new ScoredeskError('onnx-label-only', {});
  const { found, kinds } = firstProbabilities(new Walk(graph, inputs), candidates);
  if (found) return found;
  throw kinds.has('margin')
    ? new ScoredeskError('onnx-margin-only', {})
    : new ScoredeskError('onnx-label-only', {});
}

/** The first output that holds probabilities or can't be read; null where none does, and what they are instead. */
function firstProbabilities(walk: Walk, candidates: readonly ValueInfoProto[]) {
  const kinds = new Set<string>();
  for (const { name } of candidates) {
    const value = readOr(() => walk.value(name));
    if ('unread' in value || value.kind === 'probabilities') return { found: { output: name, value }, kinds };
    kinds.add(value.kind);
  }
  return { found: null, kinds };
}

/** The value, or the operator that could not be read. */
function readOr(read: () => Value): Value | { unread: string } {
  try {
    return read();
  } catch (error) {
    if (!hasCode(error, 'onnx-operator')) throw error;
    return { unread: (error as ScoredeskError<'onnx-operator'>).params.operator };
  }
}

function isLabel(info: ValueInfoProto): boolean {
  if (info.type?.value.case !== 'tensorType') return false;
  const type = info.type.value.value.elemType;
  return type === Type.INT64 || type === Type.STRING || type === Type.INT32 || type === Type.BOOL;
}

/** Words that encoders learn for a gap, the first that one knows counts; without any an unknown text will do. */
const GAPS = ['nan', 'None', '', '<NA>'];

/**
 * Text inputs with the texts of the codes that each column is fed from (none known is none listed), and what the encoders
 * behind each column know: reading the graph once finds them.
 */
function withTexts(
  graph: GraphProto,
  inputs: readonly OnnxInput[],
  { levels, output }: ReadOptions,
): OnnxInput[] {
  if (inputs.every(({ type }) => type !== 'string')) return [...inputs];
  const walk = new Walk(graph, inputs);
  firstProbabilities(walk, candidatesOf(graph, output));
  let first = 0;
  return inputs.map((input) => {
    const start = first;
    first += input.width;
    if (input.type !== 'string') return input;
    const columns = Array.from({ length: input.width }, (_, j) => [...(walk.words.get(start + j) ?? [])]);
    const absent = columns.map((words) => GAPS.find((word) => words.includes(word)) ?? '');
    return {
      ...input,
      texts: columns.map((_, j) => levels?.[start + j] ?? []),
      absent,
      words: columns.map((words, j) => words.filter((word) => word !== absent[j])),
    };
  });
}

function constantOf(tensor: TensorProto): Value {
  const numbers = tensor.dataType === Type.STRING ? [] : tensorNumbers(tensor);
  return { kind: 'constant', numbers, dims: tensor.dims.map(Number) };
}

/** Reads only the nodes that a wanted output depends on, each once. */
class Walk {
  /** What the encoders read so far know of each column of a text input. */
  readonly words = new Map<number, Set<string>>();
  readonly #values = new Map<string, Value>();
  readonly #makers = new Map<string, NodeProto>();
  /** Read when somebody needs them: one of a type that only the runtime knows may be nobody's. */
  readonly #constants = new Map<string, TensorProto>();

  constructor(graph: GraphProto, inputs: readonly OnnxInput[]) {
    let first = 0;
    for (const { name, width, type, texts, absent } of inputs) {
      const start = first;
      this.#values.set(name, {
        kind: 'columns',
        columns: Array.from({ length: width }, (_, j) => ({
          input: start + j,
          steps: type === 'float32' ? [{ kind: 'round' }] : [],
          single: type === 'float32',
          ...(type === 'string' ? this.#textColumn(start + j, texts?.[j], absent?.[j]) : {}),
        })),
      });
      first += width;
    }
    for (const tensor of graph.initializer) this.#constants.set(tensor.name, tensor);
    for (const node of graph.node)
      for (const output of node.output) if (output) this.#makers.set(output, node);
  }

  #textColumn(input: number, texts: readonly string[] = [], absent = ''): Partial<SourceColumn> {
    const words = new Set<string>();
    this.words.set(input, words);
    return { texts, absent, words };
  }

  value(name: string): Value {
    const pending = [name];
    const expanded = new Set<string>();
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      if (this.#values.has(top)) {
        pending.pop();
        continue;
      }
      const constant = this.#constants.get(top);
      if (constant) {
        this.#values.set(top, constantOf(constant));
        continue;
      }
      const node = this.#makers.get(top);
      if (!node) throw new ScoredeskError('onnx-graph', { reason: `nothing makes ${top.slice(0, 60)}` });
      const absent = node.input.filter((input) => input && !this.#values.has(input));
      if (absent.length === 0) this.#read(node);
      else if (expanded.has(top))
        throw new ScoredeskError('onnx-graph', { reason: `a cycle at ${top.slice(0, 60)}` });
      else pending.push(...absent);
      expanded.add(top);
    }
    return this.#values.get(name) as Value;
  }

  #read(node: NodeProto): void {
    const operator = OPERATORS[node.opType];
    if (!operator || !Object.hasOwn(OPERATORS, node.opType))
      throw new ScoredeskError('onnx-operator', {
        operator: node.opType.slice(0, 60),
        node: node.name.slice(0, 60),
      });
    const inputs = node.input.filter(Boolean).map((input) => this.#values.get(input) as Value);
    const outputs = operator({
      operator: node.opType,
      name: node.name,
      attributes: new Attributes(node),
      inputs,
      constant: (name) => {
        const value = this.#values.has(name) || this.#constants.has(name) ? this.value(name) : null;
        return value?.kind === 'constant' ? value.numbers : [];
      },
    });
    node.output.forEach((name, i) => {
      if (name) this.#values.set(name, outputs[i] ?? { kind: 'label' });
    });
  }
}
