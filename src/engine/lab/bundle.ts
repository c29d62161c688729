import { columnOf, takeRows, type Column, type Table } from '../../core/table/table';
import { writeOnnx } from '../../core/onnx/write/model';
import type { TrainColumn } from '../../core/train/data';
import { predictSome, type Fitted } from '../../core/train/fit';
import type { PackInput } from '../../bundle/packPlan';
import type { Dictionary, ManifestColumn } from '../../bundle/schema';
import type { Target } from '../../bundle/target';
import { ROW_NUMBER, trainColumn, type LabPart } from './rows';
import type { LabWarning } from './warnings';

/** All that a bundle is made of but its name. */
export type TrainedBundle = Pick<
  PackInput,
  | 'model'
  | 'clients'
  | 'idColumn'
  | 'reference'
  | 'test'
  | 'current'
  | 'expected'
  | 'target'
  | 'dictionary'
  | 'features'
>;

/** What a bundle says beside its rows. */
export interface BundleWords {
  target: Target;
  id: string | null;
  dictionary: Dictionary;
}

/** The rows, apart: what is learned from, and what no step sees. */
export interface LabData {
  train: LabPart;
  test: LabPart;
  /** Whom the bundle shows. */
  clients: Table;
  current: Table | undefined;
  declared: ManifestColumn[];
  warnings: LabWarning[];
}

/** Fitted on the columns that it uses, in their order. */
interface Used {
  inputs: number[];
  fitted: Fitted;
}

/** Columns that the steps took out are no inputs of the model. */
export function usedColumns(fitted: Fitted): Used {
  const { pipeline } = fitted;
  const { stages, model, width } = pipeline;
  const [first] = stages;
  const features = first ? first.features : model.features;
  if (!features) return { inputs: Array.from({ length: width }, (_, j) => j), fitted };
  const inputs = [...new Set(features.map(({ input }) => input))].sort((a, b) => a - b);
  const place = new Map(inputs.map((input, at) => [input, at]));
  const moved = features.map((source) => ({ ...source, input: place.get(source.input) as number }));
  if (first) {
    const narrowed = [{ ...first, features: moved }, ...stages.slice(1)];
    return {
      inputs,
      fitted: { ...fitted, pipeline: { ...pipeline, width: inputs.length, stages: narrowed } },
    };
  }
  const isWhole = moved.every(({ input, steps }, j) => input === j && steps.length === 0);
  const whole = {
    ...model,
    width: inputs.length,
    features: isWhole && moved.length === inputs.length ? null : moved,
  };
  return { inputs, fitted: { ...fitted, pipeline: { ...pipeline, width: inputs.length, model: whole } } };
}

/** What a bundle is made of. @param decision the threshold that was chosen, and its costs */
export function bundleOf(
  { target, id, dictionary }: BundleWords,
  { train: learned, test, clients, current, declared }: LabData,
  { inputs, fitted }: Used,
  decision: NonNullable<Dictionary['decision']>,
): TrainedBundle {
  const names = inputs.map((j) => learned.rows.columns[j].name);
  const levels = new Map(declared.map((column) => [column.name, column.levels?.map(({ value }) => value)]));
  const columns = names.map((name) => ({ name, levels: levels.get(name) ?? null }));
  const isInput = new Set(names);
  const inputColumns = names.flatMap((name) => declared.find((column) => column.name === name) ?? []);
  return {
    model: writeOnnx(fitted.pipeline, columns, fitted.covers),
    clients,
    idColumn: id ?? ROW_NUMBER,
    reference: learned.table,
    test: test.table,
    current,
    expected: expectedOf(
      fitted,
      inputColumns.map((column) => trainColumn(clients, column)),
      clients,
      id ?? ROW_NUMBER,
    ),
    target: { column: target.column },
    features: names,
    dictionary: {
      ...dictionary,
      decision: { ...dictionary.decision, ...decision },
      columns: [
        ...declared.map((column) =>
          column.role === 'feature' && !isInput.has(column.name)
            ? { ...column, role: 'extra' as const }
            : column,
        ),
        ...onlyOf(dictionary.columns ?? [], declared, [clients, current]),
      ],
    },
  };
}

/** What the learner itself says of the clients: what any reading of the file has to say too. */
function expectedOf(
  { pipeline }: Fitted,
  columns: readonly TrainColumn[],
  clients: Table,
  id: string,
): Table {
  const scores = predictSome(pipeline, { rows: clients.rows, columns });
  const all = { name: 'the learner’s own scores', rows: clients.rows };
  const ids = columnOf(clients, id);
  const table: Table = {
    ...all,
    columns: new Map<string, Column>([
      [id, ids],
      ['probability', { kind: 'number', values: scores }],
    ]),
  };
  const known = Int32Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row]));
  return takeRows(table, known);
}

/** Columns of the dictionary that the rows learned from lack, and others have: the day of later rows. */
const onlyOf = (
  all: NonNullable<Dictionary['columns']>,
  declared: readonly ManifestColumn[],
  tables: readonly (Table | undefined)[],
) =>
  all.filter(
    ({ name }) =>
      !declared.some((column) => column.name === name) && tables.some((table) => table?.columns.has(name)),
  );
