import type { Decision, DecisionRule } from '../../core/decision/decision';
import type { Lever } from '../../core/explain/counterfactual/lever';
import {
  flipsOf,
  MOST_LEVERS,
  mostMoving,
  pathsTo,
  type Goal,
  type Path,
  type Paths,
  type Situation,
} from '../../core/explain/counterfactual/paths';
import { flipsByScores, pathsByScores } from '../../core/explain/counterfactual/scored';
import type { Model } from '../../core/model/model';
import { logit } from '../../core/numeric/functions';
import type { Engine } from '../engine';
import type { CellValue } from './cells';
import { leversFor, type Levers } from './levers';
import { changedCells, valueOf, type Following, type Sheet } from './sheet';
import { distanceBetween } from './view';

/** What would change a client's decision. */
export interface ChangesView {
  /** What the paths lead to; null where the client is accepted: then only `flips` say what would turn it. */
  towards: Decision | null;
  /** At most three, the least effort first; each was rescored by the evaluator that scores. */
  paths: PathView[];
  /** Of each column alone the nearest value that turns the decision. */
  flips: PathView[];
  /** Columns that may change, in the model's order. */
  levers: string[];
  /** Searched in the model itself; else by the scores of values that were tried. */
  exact: boolean;
  /** Whether no path means that there is none within the levers' values. */
  proved: boolean;
  /** Pairs that one input follows: no path changes both. */
  apart: [string, string][];
  /** Least and greatest value of each number in the reference. */
  ranges: { column: string; least: number; most: number }[];
}

export interface PathView {
  changes: ChangeView[];
  /** Columns that follow the changes. */
  follows: Following[];
  probability: number;
  decision: Decision;
  /** Points from the client's score. */
  points: number;
  effort: number;
}

export interface ChangeView {
  column: string;
  from: CellValue;
  to: CellValue;
  /** `on`: true of every further value too, as far as the reference goes; `until`: up to this one; `exactly`: of this one. */
  reach: { kind: 'on' | 'until' | 'exactly'; value: CellValue };
}

/** Kept from the threshold, in the unit of the raw output: a third of a point, .2 % of probability. */
const MARGINS = { logistic: 0.02, identity: 0.002 } as const;

/**
 * Paths and flips of a client: searched exactly in the app's own reading of the model, by scores within a budget where only
 * the runtime reads it; each rescored by the evaluator that scores.
 *
 * @param sheet the client's file, edits in it
 */
export async function changesOf(engine: Engine, sheet: Sheet): Promise<ChangesView> {
  const [probability] = await engine.score(sheet.inputs);
  const decision = engine.decide(probability);
  const { levers, aim } = await aimedAt(engine, sheet, decision);
  const found = await search(engine, { sheet, decision, levers, aim });
  const rescore = (paths: readonly Path[], of: readonly Lever[]) =>
    rescored(engine, { sheet, probability, decision }, paths, of);
  const paths = await rescore(found.paths, levers.actionable);
  const nameOf = (lever: number) => sheet.columns[levers.actionable[lever].input].name;
  return {
    towards: aim.towards,
    paths,
    flips: await rescore(
      found.flips.filter((path) => path !== null),
      levers.all,
    ),
    levers: levers.actionable.map((_, i) => nameOf(i)),
    exact: found.exact,
    proved: found.exact && paths.length === found.paths.length && !levers.thinned,
    apart: found.apart.map(([a, b]) => [nameOf(a), nameOf(b)]),
    ranges: levers.all.flatMap(({ input, ordered, least, most }) =>
      ordered ? [{ column: sheet.columns[input].name, least, most }] : [],
    ),
  };
}

/** What is looked for: one decision better for who is not accepted; for who is, the nearest that is not. */
interface Aim {
  /** Probability that has to be passed. */
  limit: number;
  side: Goal['side'];
  towards: Decision | null;
}

function aimOf({ manifest }: Engine, decision: Decision): Aim {
  const rule: DecisionRule = manifest.decision;
  const lowest = Math.min(rule.reviewFrom ?? rule.threshold, rule.threshold);
  const limit = decision === 'refused' ? rule.threshold : lowest;
  if (decision === 'accepted' || decision === 'unscored') return { limit, side: 'atLeast', towards: null };
  return { limit, side: 'below', towards: limit === lowest ? 'accepted' : 'review' };
}

interface Question {
  sheet: Sheet;
  decision: Decision;
  levers: Levers;
  aim: Aim;
}

interface Found {
  paths: Path[];
  flips: (Path | null)[];
  apart: Paths['apart'];
  /** No path means that there is none. */
  exact: boolean;
}

const NOTHING: Found = { paths: [], flips: [], apart: [], exact: false };

function search(engine: Engine, question: Question): Found | Promise<Found> {
  const { decision, levers, aim } = question;
  if (decision === 'unscored') return NOTHING;
  if (!engine.onnx.model) return searchByScores(engine, question);
  const { situation, goal } = questionOf(engine, question);
  const { paths, apart } = aim.towards ? pathsTo(situation(levers.actionable), goal) : NOTHING;
  return { paths, apart, flips: flipsOf(situation(levers.all), goal), exact: true };
}

/** What is searched exactly for a client, and in what. @throws method-unsupported where only the runtime reads the model */
export function questionOf(engine: Engine, { sheet, aim: { side, limit } }: Pick<Question, 'sheet' | 'aim'>) {
  const model = engine.modelFor('path');
  const whole = widened(model, sheet);
  const { row, followers } = sheet;
  const situation = (levers: readonly Lever[]): Situation => ({ model: whole, row, levers, followers });
  const { link } = model;
  const goal: Goal = { side, limit: link === 'logistic' ? logit(limit) : limit, margin: MARGINS[link] };
  return { situation, goal };
}

async function searchByScores(engine: Engine, { sheet, levers, aim }: Question): Promise<Found> {
  const { limit, side } = aim;
  const { width, followers, row } = sheet;
  const score = (rows: Float64Array, count: number) => {
    const values = new Float64Array(count * width);
    for (let i = 0; i < count; i++)
      values.set(rows.subarray(i * row.length, i * row.length + width), i * width);
    return engine.score({ rows: count, width, values });
  };
  const wanted = (probability: number) =>
    side === 'below' ? probability < limit - MARGINS.identity : probability >= limit + MARGINS.identity;
  const of = (own: readonly Lever[]) => ({ row, followers, levers: own });
  const paths = aim.towards ? await pathsByScores(of(levers.actionable), wanted, 'lower', score) : [];
  return { ...NOTHING, paths, flips: await flipsByScores(of(levers.all), wanted, score) };
}

/** The levers of a client, and what it is aimed at; of too many levers those that move the score most. */
export async function aimedAt(
  engine: Engine,
  sheet: Sheet,
  decision: Decision,
): Promise<Pick<Question, 'sheet' | 'levers' | 'aim'>> {
  const levers = await leversFor(engine, sheet);
  const aim = aimOf(engine, decision);
  if (levers.actionable.length <= MOST_LEVERS) return { sheet, levers, aim };
  const chosen = engine.onnx.model
    ? strongest(engine, sheet, levers, aim)
    : levers.actionable.slice(0, MOST_LEVERS);
  return { sheet, aim, levers: { ...levers, actionable: chosen, thinned: true } };
}

function strongest(engine: Engine, sheet: Sheet, { actionable }: Levers, aim: Aim): Lever[] {
  const { situation, goal } = questionOf(engine, { sheet, aim });
  return mostMoving(situation(actionable), goal, MOST_LEVERS).map((lever) => actionable[lever]);
}

/** The model on whole sheets: what its inputs are derived from comes after them. */
function widened(model: Model, { row }: Sheet): Model {
  if (row.length === model.width) return model;
  const features =
    model.features ?? Array.from({ length: model.width }, (_, input) => ({ input, steps: [] }));
  return { ...model, width: row.length, features };
}

interface Client {
  sheet: Sheet;
  probability: number;
  decision: Decision;
}

/** Paths with the score of the evaluator that scores; one whose decision that does not turn is left out. */
async function rescored(
  engine: Engine,
  { sheet, probability, decision }: Client,
  paths: readonly Path[],
  levers: readonly Lever[],
): Promise<PathView[]> {
  const { width, columns } = sheet;
  const values = new Float64Array(paths.length * width);
  paths.forEach(({ row }, i) => values.set(row.subarray(0, width), i * width));
  const scores = await engine.score({ rows: paths.length, width, values });
  const view = ({ changes, row, effort }: Path, i: number): PathView => {
    const moved = new Set(changes.map(({ lever }) => columns[levers[lever].input].name));
    const shown = (at: number, code: number) => valueOf(columns[at], code);
    return {
      changes: changes.map(({ lever, value, reach }) => {
        const { input, current } = levers[lever];
        const end = reach.kind === 'until' ? reach.value : value;
        return {
          column: columns[input].name,
          from: shown(input, current),
          to: shown(input, value),
          reach: { kind: reach.kind, value: shown(input, end) },
        };
      }),
      follows: changedCells(sheet, sheet.as(row)).filter(({ column }) => !moved.has(column)),
      probability: scores[i],
      decision: engine.decide(scores[i]),
      points: distanceBetween(scores[i], probability, engine.unit),
      effort,
    };
  };
  return paths.map(view).filter((path) => path.decision !== decision);
}
