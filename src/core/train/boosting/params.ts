/** How trees are grown; the names and defaults are LightGBM's, in plain words. */
export interface TreeParams {
  /** `leaf`: the leaf that gains most is split next, up to `leaves`. `depth`: all that gain are, down to `maxDepth`. */
  grow: 'leaf' | 'depth';
  leaves: number;
  /** 0: no limit. */
  maxDepth: number;
  minChildRows: number;
  minChildWeight: number;
  l1: number;
  l2: number;
  minGain: number;
  bins: number;
  minBinRows: number;
  /** Levels up to which one is told apart from the rest; of more, sets by their order. */
  maxOneHot: number;
  categorySmoothing: number;
  categoryL2: number;
  maxCategories: number;
  minCategoryRows: number;
  /** Of each column: 1 where more means more risk, -1 less, 0 either; as the columns say unless given. */
  monotone: readonly number[];
}

export const TREE_DEFAULTS: TreeParams = {
  grow: 'leaf',
  leaves: 31,
  maxDepth: 0,
  minChildRows: 20,
  minChildWeight: 1e-3,
  l1: 0,
  l2: 0,
  minGain: 0,
  bins: 255,
  minBinRows: 3,
  maxOneHot: 4,
  categorySmoothing: 10,
  categoryL2: 10,
  maxCategories: 32,
  minCategoryRows: 100,
  monotone: [],
};
