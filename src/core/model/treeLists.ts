import type { TreeEnsemble } from './trees';

/** Nodes of an ensemble while they are found, as a `TreeEnsemble` has them. */
export interface TreeLists {
  /** First nodes of the trees. */
  roots: number[];
  feature: number[];
  threshold: number[];
  set: number[];
  missingYes: number[];
  no: number[];
  value: number[];
  sets: Uint32Array[];
}

export const emptyTreeLists = (): TreeLists => ({
  roots: [],
  feature: [],
  threshold: [],
  set: [],
  missingYes: [],
  no: [],
  value: [],
  sets: [],
});

export const treesOf = (lists: TreeLists, base: number): TreeEnsemble => ({
  kind: 'trees',
  roots: Int32Array.from([...lists.roots, lists.feature.length]),
  feature: Int32Array.from(lists.feature),
  threshold: Float64Array.from(lists.threshold),
  set: Int32Array.from(lists.set),
  missingYes: Uint8Array.from(lists.missingYes),
  no: Int32Array.from(lists.no),
  value: Float64Array.from(lists.value),
  sets: lists.sets,
  base,
});
