import type { FeatureSource, Step } from '../../model/steps';
import { tensor, type GraphWriter } from './graph';

/** ONNX's numbers of element types. */
const FLOAT = 1;
const DOUBLE = 11;

/** Operators that give truth values: as numbers they are 0 and 1. */
const TRUTH = new Set([
  'Less',
  'LessOrEqual',
  'Greater',
  'GreaterOrEqual',
  'Equal',
  'And',
  'Or',
  'Not',
  'IsNaN',
]);
/** Their operands are truth values too. */
const LOGIC = new Set(['And', 'Or', 'Not']);

/**
 * Features of columns, in double: what is done to several in the same way is done to all of them at once.
 *
 * @param inputs name of a tensor float64 [rows, columns]
 * @returns the name of the features, float64 [rows, features.length]
 */
export function writeFeatures(
  graph: GraphWriter,
  inputs: string,
  features: readonly FeatureSource[],
): string {
  const groups: FeatureSource[][] = [];
  for (const feature of features) {
    const last = groups.at(-1);
    if (last && shapeOf(last[0].steps) === shapeOf(feature.steps)) last.push(feature);
    else groups.push([feature]);
  }
  const written = groups.map((group) => {
    const picked = graph.constant(BigInt64Array.from(group, ({ input }) => BigInt(input)));
    const columns = graph.op('Gather', [inputs, picked], { axis: 1 });
    return asNumber(
      graph,
      through(
        graph,
        { name: columns, isTruth: false },
        group.map(({ steps }) => steps),
      ),
    );
  });
  return written.length === 1 ? written[0] : graph.op('Concat', written, { axis: 1 });
}

/** The same of lists of steps that differ in numbers only; a lookup is like no other. */
const shapeOf = (steps: readonly Step[]): string => steps.map(shapeOfStep).join(' ');

function shapeOfStep(step: Step): string {
  switch (step.kind) {
    case 'impute':
      return Number.isNaN(step.missing) ? 'impute' : 'replace';
    case 'unary':
      return step.op;
    case 'combine':
      return `${step.op}(${shapeOf(step.left)},${shapeOf(step.right)})`;
    case 'choose':
      return `choose(${shapeOf(step.when)},${shapeOf(step.yes)},${shapeOf(step.no)})`;
    case 'map':
      return `map ${[...step.to].join()} ${step.otherwise} ${step.missing}`;
    case 'add':
    case 'multiply':
    case 'divide':
    case 'round':
      return step.kind;
  }
}

/** A tensor [rows, columns] on its way: of doubles, or of truth values. */
interface Written {
  name: string;
  isTruth: boolean;
}

const asNumber = (graph: GraphWriter, { name, isTruth }: Written): string =>
  isTruth ? cast(graph, name, DOUBLE) : name;

function asTruth(graph: GraphWriter, { name, isTruth }: Written): string {
  if (isTruth) return name;
  return graph.op('Not', [graph.op('Equal', [name, graph.constant(Float64Array.of(0))])]);
}

/** Columns through steps of one shape, each column through its own numbers. */
function through(graph: GraphWriter, columns: Written, lists: readonly (readonly Step[])[]): Written {
  let value = columns;
  for (let k = 0; k < lists[0].length; k++)
    value = throughStep(
      graph,
      value,
      lists.map((steps) => steps[k]),
    );
  return value;
}

type Kind<K extends Step['kind']> = Extract<Step, { kind: K }>;

function throughStep(graph: GraphWriter, written: Written, steps: readonly Step[]): Written {
  const as = <K extends Step['kind']>(kind: K): readonly Kind<K>[] =>
    steps.filter((step): step is Kind<K> => step.kind === kind);
  const constant = (numbers: readonly number[]): string => graph.constant(Float64Array.from(numbers));
  const number = (name: string): Written => ({ name, isTruth: false });
  const way = (lists: readonly (readonly Step[])[]): Written => through(graph, written, lists);
  const [first] = steps;
  if (first.kind === 'unary') return operation(graph, first.op, [written]);
  if (first.kind === 'combine') {
    const all = as('combine');
    return operation(graph, first.op, [way(all.map(({ left }) => left)), way(all.map(({ right }) => right))]);
  }
  if (first.kind === 'choose') {
    const all = as('choose');
    const when = asTruth(graph, way(all.map((step) => step.when)));
    const [yes, no] = [way(all.map((step) => step.yes)), way(all.map((step) => step.no))];
    return number(graph.op('Where', [when, asNumber(graph, yes), asNumber(graph, no)]));
  }
  const x = asNumber(graph, written);
  switch (first.kind) {
    case 'impute': {
      const all = as('impute');
      const gaps = Number.isNaN(first.missing)
        ? graph.op('IsNaN', [x])
        : graph.op('Equal', [x, constant(all.map(({ missing }) => missing))]);
      return number(graph.op('Where', [gaps, constant(all.map(({ value }) => value)), x]));
    }
    case 'add':
      return number(graph.op('Add', [x, constant(as('add').map(({ by }) => by))]));
    case 'multiply':
      return number(graph.op('Mul', [x, constant(as('multiply').map(({ by }) => by))]));
    case 'divide':
      return number(graph.op('Div', [x, constant(as('divide').map(({ by }) => by))]));
    case 'round':
      return number(cast(graph, cast(graph, x, FLOAT), DOUBLE));
    case 'map':
      return number(lookup(graph, x, first));
  }
}

const cast = (graph: GraphWriter, x: string, to: number): string => graph.op('Cast', [x], { to });

function operation(graph: GraphWriter, operator: string, operands: readonly Written[]): Written {
  const given = operands.map((x) => (LOGIC.has(operator) ? asTruth(graph, x) : asNumber(graph, x)));
  return { name: graph.op(operator, given), isTruth: TRUTH.has(operator) };
}

function lookup(graph: GraphWriter, x: string, { to, otherwise, missing }: Kind<'map'>): string {
  return graph.op('LabelEncoder', [x], {
    keys_tensor: tensor(Float64Array.of(...to.keys(), NaN)),
    values_tensor: tensor(Float64Array.of(...to.values(), missing)),
    default_tensor: tensor(Float64Array.of(otherwise)),
  });
}
