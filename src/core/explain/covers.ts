import { ScoredeskError } from '../errors';
import { sigmoid } from '../numeric/functions';
import { eachBlock } from '../model/leaves';
import { nodeCount, sumLeavesUp, type TreeEnsemble } from '../model/trees';

/**
 * Covers: how many training rows (`rows`), how much hessian (`hessian`) or how much weight of rows (`weights`, as
 * libraries count weighted rows) passed each node, in the ensemble's own node order. ONNX files do not carry them; path SHAP needs them.
 */
export interface Covers {
  kind: 'rows' | 'hessian' | 'weights';
  values: Float64Array;
}

/** Counts the rows that pass each node; for LightGBM without bagging these are its internal counts. */
export function countCovers(
  trees: TreeEnsemble,
  features: Float64Array,
  rows: number,
  width: number,
): Covers {
  const values = new Float64Array(nodeCount(trees));
  eachBlock(trees, features, rows, width, (_tree, _from, count, leaves) => {
    for (let i = 0; i < count; i++) values[leaves[i]]++;
  });
  sumLeavesUp(trees, values);
  return { kind: 'rows', values };
}

/**
 * Sums the hessians p(1 - p) of the rows that pass each node, p before that node's tree: XGBoost's
 * covers (NUMBERS.md measured them to 1e-7), which its own path-dependent SHAP values weigh by.
 */
function sumHessians(trees: TreeEnsemble, features: Float64Array, rows: number, width: number): Covers {
  const values = new Float64Array(nodeCount(trees));
  const margin = new Float64Array(rows).fill(trees.base);
  eachBlock(trees, features, rows, width, (_, from, count, leaves) => {
    for (let i = 0; i < count; i++) {
      const p = sigmoid(margin[from + i]);
      values[leaves[i]] += p * (1 - p);
      margin[from + i] += trees.value[leaves[i]];
    }
  });
  sumLeavesUp(trees, values);
  return { kind: 'hessian', values };
}

/** Covers of the kind that the model's library keeps. */
export function coversOf(
  kind: 'rows' | 'hessian',
  trees: TreeEnsemble,
  features: Float64Array,
  rows: number,
  width: number,
): Covers {
  return kind === 'rows'
    ? countCovers(trees, features, rows, width)
    : sumHessians(trees, features, rows, width);
}

const MAGIC = 0x56434453; // "SDCV", little-endian
const VERSION = 1;
const HEADER = 16;
const KINDS = ['rows', 'hessian', 'weights'] as const;

/** covers.bin: magic, version, kind, node count (uint32 each), then uint32 rows, or float64 hessians or weights. */
export function encodeCovers(covers: Covers): Uint8Array {
  const { kind, values } = covers;
  const size = kind === 'rows' ? 4 : 8;
  const bytes = new Uint8Array(HEADER + values.length * size);
  const view = new DataView(bytes.buffer);
  [MAGIC, VERSION, KINDS.indexOf(kind), values.length].forEach((word, i) =>
    view.setUint32(i * 4, word, true),
  );
  values.forEach((value, i) => {
    if (kind === 'rows') view.setUint32(HEADER + i * 4, value, true);
    else view.setFloat64(HEADER + i * 8, value, true);
  });
  return bytes;
}

/**
 * Decodes covers.bin and checks it against the trees: as many values as nodes, none negative, each
 * split's children adding up to it.
 *
 * @throws covers-invalid
 */
export function decodeCovers(bytes: Uint8Array, trees: TreeEnsemble): Covers {
  const refuse = (reason: string) => new ScoredeskError('covers-invalid', { reason });
  if (bytes.length < HEADER) throw refuse(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw refuse('not a covers file');
  if (view.getUint32(4, true) !== VERSION) throw refuse(`version ${view.getUint32(4, true)}`);
  const kind = KINDS[view.getUint32(8, true)];
  if (!kind) throw refuse(`kind ${view.getUint32(8, true)}`);
  const count = view.getUint32(12, true);
  if (count !== nodeCount(trees)) throw refuse(`${count} nodes, the model has ${nodeCount(trees)}`);
  const size = kind === 'rows' ? 4 : 8;
  if (bytes.length !== HEADER + count * size) throw refuse(`${bytes.length} bytes for ${count} nodes`);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++)
    values[i] =
      kind === 'rows' ? view.getUint32(HEADER + i * 4, true) : view.getFloat64(HEADER + i * 8, true);
  checkSums(trees, values, refuse);
  return { kind, values };
}

function checkSums(
  trees: TreeEnsemble,
  values: Float64Array,
  refuse: (reason: string) => ScoredeskError,
): void {
  for (let n = 0; n < values.length; n++) {
    if (!(values[n] >= 0 && values[n] < Infinity)) throw refuse(`cover ${values[n]} of node ${n}`);
    if (trees.feature[n] < 0) continue;
    const sum = values[n + 1] + values[trees.no[n]];
    if (Math.abs(sum - values[n]) > 1e-6 * Math.max(1, values[n]))
      throw refuse(`node ${n}: ${sum} below ${values[n]}`);
  }
  for (const root of trees.roots.subarray(0, -1))
    if (values[root] === 0) throw refuse(`an empty tree at node ${root}`);
}
