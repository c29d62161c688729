import { EVEN_COSTS } from '../../core/decision/cost';
import { byGroup, LEAST_ROWS, type GroupFigures } from '../../core/metrics/fairness';
import { validate, type Validation } from '../../core/metrics/validation';
import { quantileSorted } from '../../core/stats/quantile';
import { lowerBound } from '../../core/stats/search';
import { readNumbers } from '../../core/table/source';
import type { Column } from '../../core/table/table';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import { pausing } from '../runtime';
import { labelledReference, labelledTest } from '../labelled';
import { stabilityOf, type Stability } from './stability';

/** Whether a model may be trusted, by rows with outcomes. */
export interface ValidationView {
  /** Rows that the model never saw; without them those that trained it, which are too good. */
  on: 'test' | 'reference';
  /** Rows without a score or an outcome. */
  leftOut: number;
  validation: Validation;
  /** Beta of the F-beta among the figures. */
  beta: number;
  fairness: FairnessColumn[];
  /** By time; null without rows that have times and outcomes. */
  stability: Stability | null;
}

export interface FairnessColumn {
  column: string;
  /** Ends of the bands of a number, in the order of the groups' names "0", "1" …; null of levels. */
  bands: [number, number][] | null;
  groups: GroupFigures[];
  /** Rows whose value is missing, or a level that nobody declared: in no group. */
  unknown: number;
  /** Groups too small to say anything of. */
  leftOut: string[];
}

/** Why there is nothing to validate by. */
export type NoValidation = 'outcomes' | 'oneClass';

const BETA = 3;
const SAMPLES = 500;
const SEED = 23;
/** Bands that a number is cut into. */
const BANDS = 4;

/** @throws stopped */
export async function validationOf(
  engine: Engine,
  signal?: AbortSignal,
): Promise<ValidationView | NoValidation> {
  const tested = await labelledTest(engine);
  const on = tested ? 'test' : 'reference';
  const labelled = tested ?? (await labelledReference(engine));
  if (!labelled) return 'outcomes';
  const { scores, outcomes } = labelled;
  const rows = Int32Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row] + outcomes[row]));
  const target = Uint8Array.from(rows, (row) => outcomes[row]);
  const score = Float64Array.from(rows, (row) => scores[row]);
  const defaults = target.reduce((sum, outcome) => sum + outcome, 0);
  if (defaults === 0 || defaults === rows.length) return 'oneClass';
  const { threshold, costs = EVEN_COSTS } = engine.manifest.decision;
  const amounts = costs.kind === 'amount' ? await numbersOf(engine, on, costs.column, rows) : undefined;
  const task = {
    threshold,
    costs,
    amounts,
    beta: BETA,
    samples: SAMPLES,
    seed: SEED,
    pause: pausing(signal),
  };
  return {
    on,
    leftOut: scores.length - rows.length,
    validation: await validate(target, score, task),
    beta: BETA,
    fairness: await fairnessOf(engine, on, rows, { target, score }),
    stability: await stabilityOf(engine),
  };
}

async function numbersOf(engine: Engine, on: 'test' | 'reference', name: string, rows: Int32Array) {
  const source = await engine.part(on);
  // Without the amounts there is no cost; all else can be had.
  const values = source?.names.includes(name) ? await readNumbers(source, name) : null;
  return Float64Array.from(rows, (row) => (values ? values[row] : NaN));
}

async function fairnessOf(
  engine: Engine,
  on: 'test' | 'reference',
  rows: Int32Array,
  labelled: { target: Uint8Array; score: Float64Array },
): Promise<FairnessColumn[]> {
  const source = await engine.part(on);
  const found: FairnessColumn[] = [];
  for (const column of engine.manifest.columns.filter((declared) => declared.protected)) {
    const values = await source?.read(column.name);
    if (!values) continue;
    const { groups, names, bands } = groupsIn(values, column, rows);
    const rule = { threshold: engine.manifest.decision.threshold, least: LEAST_ROWS };
    const unknown = groups.reduce((sum, group) => sum + (group < 0 ? 1 : 0), 0);
    found.push({ column: column.name, bands, unknown, ...byGroup(labelled, groups, names, rule) });
  }
  return found;
}

interface Groups {
  groups: Int32Array;
  names: string[];
  bands: FairnessColumn['bands'];
}

/** Levels as they are declared, flags and few numbers by value, other numbers in four bands of about equal count. */
function groupsIn(column: Column, { levels, type }: ManifestColumn, rows: Int32Array): Groups {
  if (column.kind === 'text') {
    const names = levels?.map(({ value }) => value) ?? [...column.dictionary];
    const groups = Int32Array.from(rows, (row) =>
      column.codes[row] < names.length ? column.codes[row] : -1,
    );
    return { groups, names, bands: null };
  }
  const values = Float64Array.from(rows, (row) => column.values[row]);
  const sorted = values.filter(Number.isFinite).sort();
  const distinct = [...new Set(sorted)];
  if (type === 'flag' || distinct.length <= BANDS) {
    const groups = Int32Array.from(values, (value) => distinct.indexOf(value));
    return { groups, names: distinct.map(String), bands: null };
  }
  const edges = [...new Set([1, 2, 3].map((quarter) => quantileSorted(sorted, quarter / BANDS)))];
  const groups = Int32Array.from(values, (value) => (Number.isFinite(value) ? lowerBound(edges, value) : -1));
  const bands = Array.from({ length: edges.length + 1 }, (_, band): [number, number] => {
    const own = values.filter((_value, i) => groups[i] === band);
    return [own.reduce((a, b) => Math.min(a, b), Infinity), own.reduce((a, b) => Math.max(a, b), -Infinity)];
  });
  return { groups, names: bands.map((_, band) => String(band)), bands };
}
