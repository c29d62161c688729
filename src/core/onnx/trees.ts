import { previousDouble } from '../numeric/functions';
import { emptyTreeLists, treesOf } from '../model/treeLists';
import { sumLeavesUp, type TreeEnsemble } from '../model/trees';
import type { Attributes } from './parse';

/** The node attributes of an ONNX tree ensemble (versions 1 and 3 of the operators), one entry a node. */
export interface RawNodes {
  tree: readonly number[];
  id: readonly number[];
  feature: readonly number[];
  mode: readonly string[];
  threshold: readonly number[];
  yes: readonly number[];
  no: readonly number[];
  missingYes: readonly number[];
  /** What passed each node in training, as the exporter says; often absent, or 1 everywhere. */
  hits: readonly number[];
  /** Values of a set node (mode BRANCH_MEMBER). */
  members?: readonly (readonly number[] | null)[];
}

/** A tree deeper than this is a cycle or an attack: no learner grows one. */
const MAX_DEPTH = 2048;
/** Shared subtrees are written out once per parent; more than this many times the file's nodes is refused. */
const MAX_GROWTH = 16;
const MAX_CODE_SPAN = 65536;
/** 16 MB of sets: 10,000 splits on a category of 10,000 levels take 12. */
const MAX_SET_WORDS = 4_000_000;
const MODES = [
  'LEAF',
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
  'BRANCH_MEMBER',
];

export function readNodes(attributes: Attributes): RawNodes {
  const id = attributes.ints('nodes_nodeids');
  const nodes: RawNodes = {
    id,
    tree: attributes.ints('nodes_treeids'),
    feature: attributes.ints('nodes_featureids'),
    mode: attributes.strings('nodes_modes'),
    threshold: attributes.floats('nodes_values'),
    yes: attributes.ints('nodes_truenodeids'),
    no: attributes.ints('nodes_falsenodeids'),
    missingYes: attributes.ints('nodes_missing_value_tracks_true'),
    hits: [],
  };
  const missing = nodes.missingYes.length === 0 ? id.map(() => 0) : nodes.missingYes;
  for (const [name, list] of Object.entries({ ...nodes, missingYes: missing, hits: id }))
    if (list.length !== id.length)
      throw attributes.refuse(name, `${list.length} entries for ${id.length} nodes`);
  return { ...nodes, missingYes: missing, hits: attributes.floats('nodes_hitrates') };
}

/** Position of each node by tree and node id. @throws onnx-attribute when two nodes have the same ids. */
export function indexNodes(nodes: RawNodes, attributes: Attributes): Map<string, number> {
  const index = new Map<string, number>();
  nodes.id.forEach((id, i) => index.set(`${nodes.tree[i]}:${id}`, i));
  if (index.size !== nodes.id.length) throw attributes.refuse('nodes_nodeids', 'two nodes with the same id');
  return index;
}

/**
 * Lays the nodes of a file out as a TreeEnsemble.
 *
 * - Each mode becomes `<=` or "one of a set": `<` is `<=` of the number before; `>` and `>=` swap
 *   the children; `==` is a set of one.
 * - LightGBM's categorical splits come as chains of `==` nodes whose true children are one shared
 *   node. A chain is folded back into one set node, so that covers and SHAP values are LightGBM's.
 *
 * @param leafValues output of each raw node that is a leaf
 * @param width number of features a row has
 */
export function layOutTrees(
  nodes: RawNodes,
  leafValues: Float64Array,
  base: number,
  width: number,
  attributes: Attributes,
): { predictor: TreeEnsemble; given: Float64Array | null } {
  const layout = new Layout(nodes, leafValues, width, attributes);
  for (const root of rootsOf(nodes, layout.children, attributes)) layout.addTree(root);
  const predictor = layout.finish(base);
  return { predictor, given: givenCovers(predictor, layout.hits()) };
}

/** More than any training had: such hits are no covers. */
const MOST_COVER = 1e12;
/** Largest difference of a split's cover from its children's sum, relative: they are float32. */
const COVER_ROUNDING = 1e-4;

/** Covers as the file gives them, summed up from the leaves; null unless they are covers. */
function givenCovers(trees: TreeEnsemble, hits: Float64Array | null): Float64Array | null {
  if (!hits?.every((hit) => hit >= 0 && hit <= MOST_COVER) || hits.every((hit) => hit === hits[0]))
    return null;
  const covers = sumLeavesUp(trees, hits.slice());
  const differs = covers.some((cover, n) => Math.abs(cover - hits[n]) > COVER_ROUNDING * Math.max(1, cover));
  return differs || trees.roots.subarray(0, -1).some((root) => covers[root] === 0) ? null : covers;
}

/** First node of each tree in the order of the file: the one that is nobody's child. */
function rootsOf(nodes: RawNodes, children: Children, attributes: Attributes): number[] {
  const isChild = new Uint8Array(nodes.id.length);
  for (let i = 0; i < isChild.length; i++) {
    if (children.yes[i] < 0) continue;
    isChild[children.yes[i]] = 1;
    isChild[children.no[i]] = 1;
  }
  const roots = new Map<number, number>();
  nodes.tree.forEach((tree, i) => {
    if (isChild[i]) return;
    if (roots.has(tree)) throw attributes.refuse('nodes_treeids', `tree ${tree} has two roots`);
    roots.set(tree, i);
  });
  if (roots.size !== new Set(nodes.tree).size)
    throw attributes.refuse('nodes_treeids', 'a tree without a root');
  return [...roots.values()];
}

/** Raw positions of the children; -1 in leaves. */
interface Children {
  yes: Int32Array;
  no: Int32Array;
}

function childrenOf(nodes: RawNodes, attributes: Attributes): Children {
  const index = indexNodes(nodes, attributes);
  const find = (list: readonly number[], i: number, name: string): number => {
    const found = index.get(`${nodes.tree[i]}:${list[i]}`);
    if (found === undefined) throw attributes.refuse(name, `no node ${list[i]} in tree ${nodes.tree[i]}`);
    return found;
  };
  const yes = new Int32Array(nodes.id.length).fill(-1);
  const no = new Int32Array(nodes.id.length).fill(-1);
  nodes.mode.forEach((mode, i) => {
    const known = MODES.includes(mode) && (mode !== 'BRANCH_MEMBER' || nodes.members);
    if (!known) throw attributes.refuse('nodes_modes', mode.slice(0, 40));
    if (mode === 'LEAF') return;
    yes[i] = find(nodes.yes, i, 'nodes_truenodeids');
    no[i] = find(nodes.no, i, 'nodes_falsenodeids');
  });
  return { yes, no };
}

/** A raw split brought to one of the two rules. */
interface Split {
  threshold: number;
  codes: readonly number[] | null;
  missingYes: boolean;
  yes: number;
  no: number;
}

/** Smallest of many codes, too many to be arguments. */
const least = (codes: readonly number[]): number =>
  codes.reduce((smallest, code) => (code < smallest ? code : smallest), Infinity);

class Layout {
  readonly children: Children;
  readonly #nodes: RawNodes;
  readonly #leafValues: Float64Array;
  readonly #width: number;
  readonly #attributes: Attributes;
  readonly #lists = emptyTreeLists();
  /** Raw node that each node was laid out from. */
  readonly #raw: number[] = [];
  /** Words that all sets take. */
  #setWords = 0;
  /** Nodes of chains folded so far: a chain may be shared as well. */
  #folded = 0;

  constructor(nodes: RawNodes, leafValues: Float64Array, width: number, attributes: Attributes) {
    this.#nodes = nodes;
    this.#leafValues = leafValues;
    this.#width = width;
    this.#attributes = attributes;
    this.children = childrenOf(nodes, attributes);
  }

  /** Writes a tree in preorder, yes child first. */
  addTree(root: number): void {
    this.#lists.roots.push(this.#lists.feature.length);
    const pending = [{ raw: root, parent: -1, depth: 0 }];
    for (let item = pending.pop(); item; item = pending.pop()) {
      const node = this.#lists.feature.length;
      if (item.depth > MAX_DEPTH) throw this.#attributes.refuse('nodes_truenodeids', 'a cycle, or too deep');
      if (node > this.#nodes.id.length * MAX_GROWTH)
        throw this.#attributes.refuse('nodes_truenodeids', 'too many shared nodes');
      if (item.parent >= 0) this.#lists.no[item.parent] = node;
      this.#raw.push(item.raw);
      if (this.children.yes[item.raw] < 0) {
        this.#push(-1, 0, -1, 0, this.#leafValues[item.raw]);
        continue;
      }
      const split = this.#splitOf(item.raw);
      this.#pushSplit(item.raw, split);
      pending.push({ raw: split.no, parent: node, depth: item.depth + 1 });
      pending.push({ raw: split.yes, parent: -1, depth: item.depth + 1 });
    }
  }

  /** What the file says passed each node; null when it says nothing. */
  hits(): Float64Array | null {
    const { hits, id } = this.#nodes;
    return hits.length === id.length ? Float64Array.from(this.#raw, (raw) => hits[raw]) : null;
  }

  finish(base: number): TreeEnsemble {
    return treesOf(this.#lists, base);
  }

  #push(feature: number, threshold: number, set: number, missingYes: number, value: number): void {
    this.#lists.feature.push(feature);
    this.#lists.threshold.push(threshold);
    this.#lists.set.push(set);
    this.#lists.missingYes.push(missingYes);
    this.#lists.no.push(0);
    this.#lists.value.push(value);
  }

  #pushSplit(raw: number, split: Split): void {
    const feature = this.#nodes.feature[raw];
    if (feature < 0 || feature >= this.#width)
      throw this.#attributes.refuse('nodes_featureids', `feature ${feature} of ${this.#width}`);
    let set = -1;
    if (split.codes) set = this.#lists.sets.push(this.#bitsOf(split.codes)) - 1;
    this.#push(feature, split.threshold, set, split.missingYes ? 1 : 0, 0);
  }

  #splitOf(raw: number): Split {
    const { threshold: thresholds, missingYes: tracks } = this.#nodes;
    const yes = this.children.yes[raw];
    const no = this.children.no[raw];
    const threshold = thresholds[raw];
    const missingYes = tracks[raw] === 1;
    const swapped = { missingYes: !missingYes, yes: no, no: yes };
    switch (this.#nodes.mode[raw]) {
      case 'BRANCH_LEQ':
        return { threshold, codes: null, missingYes, yes, no };
      case 'BRANCH_LT':
        return { threshold: previousDouble(threshold), codes: null, missingYes, yes, no };
      case 'BRANCH_GT':
        return { threshold, codes: null, ...swapped };
      case 'BRANCH_GTE':
        return { threshold: previousDouble(threshold), codes: null, ...swapped };
      case 'BRANCH_NEQ':
        // A missing value equals nothing, whatever the node says of it.
        return { threshold, codes: [threshold], ...swapped, missingYes: false };
      case 'BRANCH_MEMBER': {
        const codes = this.#nodes.members?.[raw] ?? [];
        return { threshold: least(codes), codes, missingYes, yes, no };
      }
      default:
        return this.#foldChain(raw, missingYes);
    }
  }

  /** Follows `==` nodes on the same feature down their no side, as long as their yes child is shared. */
  #foldChain(raw: number, missingYes: boolean): Split {
    const { feature, mode, threshold, missingYes: tracks } = this.#nodes;
    const yes = this.children.yes[raw];
    const codes = [threshold[raw]];
    let no = this.children.no[raw];
    const continues = (next: number): boolean =>
      mode[next] === 'BRANCH_EQ' &&
      feature[next] === feature[raw] &&
      this.children.yes[next] === yes &&
      (tracks[next] === 1) === missingYes;
    while (continues(no)) {
      if (++this.#folded > this.#nodes.id.length * MAX_GROWTH)
        throw this.#attributes.refuse('nodes_truenodeids', 'too many shared nodes');
      codes.push(threshold[no]);
      no = this.children.no[no];
    }
    return { threshold: least(codes), codes, missingYes, yes, no };
  }

  #bitsOf(codes: readonly number[]): Uint32Array {
    const low = least(codes);
    const span = -least(codes.map((code) => -code)) - low + 1;
    if (!(span <= MAX_CODE_SPAN) || !codes.every((code) => Number.isInteger(code)))
      throw this.#attributes.refuse(
        'nodes_values',
        `BRANCH_EQ with ${codes.find((c) => !Number.isInteger(c)) ?? span}`,
      );
    const words = (span + 31) >>> 5;
    this.#setWords += words;
    if (this.#setWords > MAX_SET_WORDS)
      throw this.#attributes.refuse('nodes_values', 'sets of too many codes together');
    const bits = new Uint32Array(words);
    for (const code of codes) bits[(code - low) >>> 5] |= 1 << ((code - low) & 31);
    return bits;
  }
}
