import { featureRows } from '../../core/model/evaluate';
import { featureInputs, type Model } from '../../core/model/model';
import { takeRows, type Table } from '../../core/table/table';
import { encodeInputs, type ModelInput } from '../encode';
import type { Finding } from './findings';
import { evenRows } from '../../core/stats/evenRows';

/** Rows that are looked at, splits that a column needs for its absence to tell, and the share of values beyond all of them. */
const ROWS = 2000;
const ENOUGH = { splits: 5, values: 20 };
const BEYOND = 0.9;

/**
 * Number columns of which nearly no value lies between the least and the most threshold that the model's trees have for
 * them: trees split where their training had values, so these are of another unit or another column. It needs no facts.
 */
export function splitFindings(model: Model | null, inputs: readonly ModelInput[], table: Table): Finding[] {
  if (model?.predictor.kind !== 'trees') return [];
  const rows = takeRows(table, evenRows(table.rows, ROWS));
  const given = encodeInputs(inputs, rows);
  const features = featureRows(model, given, rows.rows);
  const width = features.length / Math.max(1, rows.rows);
  const splits = splitsByFeature(model, width);
  const missed = new Map<number, Finding | null>();
  featureInputs(model).forEach((input, feature) => {
    const [least, most] = splits[feature];
    if (inputs[input].type === 'category' || !(least <= most) || !isPlain(model, feature)) return;
    const at = (row: number) => features[row * width + feature];
    const present = evenRows(rows.rows, ROWS).filter(
      (row) => !Number.isNaN(given[row * inputs.length + input]),
    );
    const beyond = (test: (value: number) => boolean) => present.filter((row) => test(at(row)));
    const sides = [beyond((value) => value <= least), beyond((value) => value > most)];
    const [side] = sides.sort((a, b) => b.length - a.length);
    const far = present.length >= ENOUGH.values && side.length >= BEYOND * present.length;
    const example = far ? given[side[0] * inputs.length + input] : NaN;
    const found: Finding = {
      code: 'splits-missed',
      severity: 'warning',
      table: table.name,
      column: inputs[input].name,
      least,
      most,
      example,
    };
    // A column that is right in one way of several is right.
    missed.set(input, far && missed.get(input) !== null ? found : null);
  });
  return [...missed.values()].filter((finding) => finding !== null);
}

/** Whether the feature is the column itself, so that its thresholds are values of the column. */
const isPlain = ({ features }: Model, feature: number): boolean =>
  features?.[feature].steps.every(({ kind }) => kind === 'round' || kind === 'impute') ?? true;

/** Least and most threshold of each feature with enough of them; [Infinity, -Infinity] for others. */
function splitsByFeature(model: Model, width: number): [least: number, most: number][] {
  const { predictor } = model;
  const found = Array.from({ length: width }, () => new Set<number>());
  if (predictor.kind === 'trees')
    predictor.feature.forEach((feature, node) => {
      if (feature >= 0 && predictor.set[node] < 0) found[feature].add(predictor.threshold[node]);
    });
  return found.map((splits) => {
    const finite = [...splits].filter(Number.isFinite);
    if (finite.length < ENOUGH.splits) return [Infinity, -Infinity];
    // A split at -0 is one at 0.
    return [Math.min(...finite) + 0, Math.max(...finite) + 0];
  });
}
