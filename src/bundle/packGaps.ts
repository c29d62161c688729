import { probabilities } from '../core/model/evaluate';
import type { OnnxModel } from '../core/onnx/read';
import { TensorProto_DataType as Type } from '../core/onnx/schema/onnx_pb';
import { takeRows, type Table } from '../core/table/table';
import { encodeInputs, type ModelInput } from './encode';
import { scoresEqual } from './packScores';
import type { PackInput } from './packPlan';
import type { Finding } from './training/findings';
import { evenRows } from '../core/stats/evenRows';

/**
 * What a gap becomes where the graph casts numbers to integers: the runtime of a browser makes 0 of it, other builds the
 * least integer, so that a one-hot of codes gives a gap the first category's score here and none there.
 */

const ROWS = 20;
const INTEGERS: ReadonlySet<number> = new Set([
  Type.INT8,
  Type.INT16,
  Type.INT32,
  Type.INT64,
  Type.UINT8,
  Type.UINT32,
  Type.UINT64,
]);

/** What a graph sees gaps by: it has a way of its own with them, which may be a 0. */
const SEES_GAPS: ReadonlySet<string> = new Set(['Imputer', 'IsNaN']);

/** Whether the graph casts anything to integers, and does not look for gaps. */
function mayMiss({ proto, exported }: OnnxModel): boolean {
  const nodes = proto.graph?.node ?? [];
  if (exported || nodes.some(({ opType }) => SEES_GAPS.has(opType))) return false;
  return nodes.some(
    ({ opType, attribute }) =>
      opType === 'Cast' && attribute.some(({ name, i }) => name === 'to' && INTEGERS.has(Number(i))),
  );
}

/** Empties each column of some rows and compares both readings; where there is only the runtime's, with a 0 in its place. */
export async function gapFindings(
  onnx: OnnxModel,
  inputs: readonly ModelInput[],
  clients: Table,
  { runtime, model: bytes }: Pick<PackInput, 'runtime' | 'model'>,
  output: Parameters<NonNullable<PackInput['runtime']>>[2],
): Promise<Finding[]> {
  if (!runtime || !mayMiss(onnx)) return [];
  const { score } = await runtime(onnx, bytes, output);
  const { model } = onnx;
  const sample = takeRows(clients, evenRows(clients.rows, ROWS));
  const rows = encodeInputs(inputs, sample);
  const own = await score(rows, sample.rows);
  const found: Finding[] = [];
  // A whole number can't be missing: such an input refuses a gap by itself.
  const whole = onnx.inputs.flatMap(({ type, width }) => new Array<boolean>(width).fill(type === 'int64'));
  for (const [j, { name: column, gap, type }] of inputs.entries()) {
    if (whole[j] || (!Number.isNaN(gap) && type === 'category')) continue;
    const filled = (value: number) => rows.map((given, at) => (at % inputs.length === j ? value : given));
    const empty = filled(NaN);
    const theirs = await score(empty, sample.rows);
    const expected = model ? probabilities(model, empty, sample.rows) : await score(filled(0), sample.rows);
    const same = scoresEqual(theirs, expected);
    // A column that nothing hangs on tells nothing.
    const wrong = model ? !same : same && !scoresEqual(theirs, own);
    const gaps = rows.some((given, at) => at % inputs.length === j && Number.isNaN(given));
    if (wrong)
      found.push({ code: 'gap-as-zero', severity: gaps ? 'error' : 'warning', table: clients.name, column });
  }
  return found;
}
