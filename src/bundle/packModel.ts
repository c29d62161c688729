import { ScoredeskError } from '../core/errors';
import { readOnnx, type OnnxModel } from '../core/onnx/read';
import type { ModelProto } from '../core/onnx/schema/onnx_pb';
import { nearestName } from '../core/table/names';
import type { Table } from '../core/table/table';
import { levelsOf } from './columns';
import { defaultOf } from './outcomeWords';
import type { Dictionary, ManifestColumn } from './schema';
import type { Target } from './target';

/** How `pack` reads a user's model: which class is default, which column feeds which input. */

/**
 * The model, so that its probability is P(default): by the dictionary, else by the classes' names.
 * @throws onnx-labels when neither tells
 */
export function readModel(
  proto: ModelProto,
  features: readonly string[],
  dictionary: Dictionary,
  target: Target | undefined,
) {
  const { index: declared, of, name } = dictionary.model?.output ?? {};
  const options = { width: features.length, of, output: name };
  const index = declared ?? defaultIndex(readOnnx(proto, options), target);
  const onnx = readOnnx(proto, { ...options, index });
  return {
    onnx,
    index,
    /** The model once the levels of its text inputs are known. @throws text-input */
    withLevels: (columns: readonly ManifestColumn[]): OnnxModel => {
      if (onnx.inputs.every((input) => input.type !== 'string')) return onnx;
      refuseNumbersAsText(onnx, columns);
      return readOnnx(proto, { ...options, index, levels: columns.map(levelsOf) });
    },
  };
}

/** A text input wants a category: numbers have no one way to be written. */
function refuseNumbersAsText({ inputs }: OnnxModel, columns: readonly ManifestColumn[]): void {
  let first = 0;
  for (const { type, width } of inputs) {
    const own = columns.slice(first, (first += width));
    const number = type === 'string' ? own.find((column) => !levelsOf(column)) : undefined;
    if (number) throw new ScoredeskError('text-input', { column: number.name });
  }
}

function defaultIndex({ labels, exported }: OnnxModel, target: Target | undefined): 0 | 1 {
  const named = target?.value === undefined ? -1 : labels.indexOf(target.value);
  // A graph that names no classes: the second of two, or the only one.
  if (labels.length === 0) return 1;
  const found = named >= 0 ? named : exported ? 1 : defaultOf(labels);
  if (found < 0) throw new ScoredeskError('onnx-labels', { labels: labels.join(', ').slice(0, 120) });
  return found as 0 | 1;
}

/** Names as exporters write them: every odd character is "_". */
const plainName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');

/**
 * One input a column: the file's own names say which. An exporter may have written every odd character as "_", so that a
 * name may stand for several columns: then nobody guesses. Names that are no column's at all (`f0`, `float_input` …) leave
 * the order as it is.
 *
 * @throws onnx-input-name when only some of them are columns; onnx-input-ambiguous when one is several
 */
export function byInputName(
  onnx: OnnxModel,
  candidates: readonly string[],
  clients: Table,
  features: readonly string[] | undefined,
): string[] {
  const pool = features ?? [...clients.columns.keys()];
  const names = onnx.inputs.map(({ name: input }) => {
    if (plainName(input) !== input) return pool.find((name) => name === input);
    const candidates = pool.filter((name) => plainName(name) === input);
    if (candidates.length > 1)
      throw new ScoredeskError('onnx-input-ambiguous', { input, columns: candidates.join(', ') });
    return candidates.at(0);
  });
  if (names.every((name) => name === undefined)) return [...candidates];
  return names.map((name, i) => {
    if (name !== undefined) return name;
    const input = onnx.inputs[i].name;
    throw new ScoredeskError('onnx-input-name', { input, nearest: nearestName(input, pool) });
  });
}

/**
 * @param known columns that a dictionary or the training's rows name, where they do: which are missing here and which too many
 * @throws feature-repeated; feature-count with both counts
 */
export function refuseCount(
  { width }: OnnxModel,
  features: readonly string[],
  known: readonly string[] = [],
): void {
  const repeated = features.find((name, i) => features.indexOf(name) !== i);
  if (repeated !== undefined) throw new ScoredeskError('feature-repeated', { column: repeated });
  if (width === features.length) return;
  const list = (names: readonly string[]) => names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  throw new ScoredeskError('feature-count', {
    model: width,
    data: features.length,
    columns: list(features),
    missing: list(known.filter((name) => !features.includes(name))),
    extra: known.length ? list(features.filter((name) => !known.includes(name))) : '',
  });
}
