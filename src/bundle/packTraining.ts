import { asCoded } from '../core/errors';
import type { OnnxModel } from '../core/onnx/read';
import { columnOf, takeRows, texts, type Column, type Table } from '../core/table/table';
import { scoreTable, type Score } from './packScores';
import type { PackInput, PackPlan } from './packPlan';
import { lateOutcomesOf, outcomeColumn, type Target } from './target';
import { rowFindings, scoreFindings, type ComparedRows, type Trained } from './training/compare';
import { factsOf, type Scored } from './training/facts';
import type { Finding } from './training/findings';
import { evenRows, everyRow } from '../core/stats/evenRows';
import { splitFindings } from './training/splits';
import { readFacts, type TrainingFacts } from './training/schema';

/** What `pack` knows of the rows that trained the model, and what the packed tables hold that they did not. */

/** Rows of the reference that are scored for its facts. */
const SCORED = 20_000;

export interface PackedTraining {
  facts: TrainingFacts;
  findings: Finding[];
}

/** @param clients the scores of all clients */
export async function packedTraining(
  plan: PackPlan,
  input: PackInput,
  score: Score,
  clients: Float64Array,
): Promise<PackedTraining> {
  const { idColumn: id, target } = input;
  const { onnx, inputs, reference, test } = plan;
  const scored = (table: Table, rows: Int32Array) => scoredRows(score, inputs, table, rows);
  const outcomesOf = (table: Table) => (target ? outcomes(table, target.column) : null);
  const outcome = target ? input.clients.columns.get(target.column) : undefined;
  const own: ComparedRows = {
    table: plan.clients,
    id,
    scores: all(clients),
    outcomes: outcome && target ? clientOutcomes(outcome, target) : null,
    // Nobody says whether they trained the model.
    trained: true,
  };
  const seen: ComparedRows | null = reference
    ? {
        table: reference,
        id,
        trained: true,
        outcomes: outcomesOf(reference),
        scores: await scored(reference, evenRows(reference.rows, SCORED)),
      }
    : null;
  const unseen: ComparedRows | null = test
    ? {
        table: test,
        id,
        outcomes: outcomesOf(test),
        scores: await scored(test, evenRows(test.rows, SCORED)),
      }
    : null;
  const facts = trainingFacts(onnx, inputs, seen, own);
  const trained: Trained = { inputs, model: onnx.model, facts };
  const compared = [own, unseen, facts.from === 'export' ? seen : null].filter((rows) => rows !== null);
  return {
    facts,
    findings: [
      ...compared.flatMap((rows) => rowFindings(trained, rows)),
      // Rows that trained the model lie between its splits, or its columns are not these.
      ...(seen && facts.from === 'reference' ? splitFindings(onnx.model, inputs, seen.table) : []),
      ...orderFindings(plan, input),
      ...seenFindings(plan, id),
      ...[own, unseen, seen].flatMap((rows) => (rows ? scoreFindings(trained, rows) : [])),
    ],
  };
}

/** The test's rows that are among those which trained the model. */
function seenFindings({ test, reference }: PackPlan, id: string): Finding[] {
  const [asked, known] = [test?.columns.get(id), reference?.columns.get(id)];
  if (!test || !asked || !known) return [];
  const trained = new Set(texts(known));
  const rows = texts(asked).filter((text) => trained.has(text)).length;
  return rows > 0
    ? [{ code: 'test-seen', severity: 'warning', table: test.name, rows, share: rows / test.rows }]
    : [];
}

/** Where only the clients' order of columns says which is which input, that of the rows that trained the model is the same. */
function orderFindings({ onnx, features }: PackPlan, { clients, reference, ...input }: PackInput): Finding[] {
  const told = input.features !== undefined || onnx.exported !== null || onnx.inputs.length > 1;
  if (told || !reference) return [];
  const order = [...reference.columns.keys()].filter((name) => features.includes(name));
  const at = features.findIndex((name, i) => order[i] !== name);
  if (at < 0) return [];
  const [table, column, other] = [clients.name, features[at], reference.name];
  return [{ code: 'column-order', severity: 'warning', table, column, other }];
}

/** Those that the model's file carries; else of the rows that trained it; else of the clients. */
function trainingFacts(
  { exported }: OnnxModel,
  inputs: PackPlan['inputs'],
  seen: ComparedRows | null,
  own: ComparedRows,
): TrainingFacts {
  const { table, scores, outcomes: labels } = seen ?? own;
  return (
    readFacts(exported?.training) ??
    factsOf({
      from: seen ? 'reference' : 'clients',
      table,
      inputs,
      scores: scores ?? undefined,
      outcomes: labels ?? undefined,
    })
  );
}

async function scoredRows(
  score: Score,
  inputs: PackPlan['inputs'],
  table: Table,
  rows: Int32Array,
): Promise<Scored> {
  const taken = rows.length === table.rows ? table : takeRows(table, rows);
  return { rows, probabilities: await scoreTable(score, inputs, taken) };
}

const all = (probabilities: Float64Array): Scored => ({
  rows: everyRow(probabilities.length),
  probabilities,
});

/** Outcomes of clients, where they are there: of no use to the bundle, but they tell how good its scores are. */
function clientOutcomes(column: Column, target: Target): ArrayLike<number> | null {
  try {
    const labels = lateOutcomesOf(column, target);
    return labels && outcomeColumn(labels).values;
  } catch (error) {
    // Nothing is made of them: what can't be read is no reason not to pack.
    if (asCoded(error)) return null;
    throw error;
  }
}

/** 1, 0, NaN where there is none. */
function outcomes(table: Table, target: string): ArrayLike<number> | null {
  const column = columnOf(table, target);
  return column.kind === 'number' ? column.values : null;
}
