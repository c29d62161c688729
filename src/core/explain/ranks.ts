import { questionsOf } from '../model/leaves';
import { nodeCount, type TreeEnsemble } from '../model/trees';

/** Sorted bounds that the splits of one feature ask for, those alike that treat missing values alike. */
export interface Scale {
  feature: number;
  /** Whether a missing value says yes to every bound, and a value that equals a bound says no. */
  turned: boolean;
  bounds: Float64Array;
}

/** A split by ranks: a row goes to the yes child where its rank on the scale is at most `most`. */
export interface Ranks {
  scales: Scale[];
  /** Scale of each node; -1 for leaves and for those that ask for one of a set of codes. */
  scale: Int32Array;
  /** 1 and the bound's place on its scale; NEVER or ALWAYS where no bound is asked for (a comparison with NaN says no). */
  most: Uint16Array;
}

const NEVER = 0;
const ALWAYS = 65_535;

/** Ranks end here: no split of a feature with more bounds is asked by rank. */
const MOST_BOUNDS = 65_000;

/**
 * The splits of an ensemble by ranks: a row's value is looked up once a feature, and each split compares two small whole
 * numbers. `questionsOf` says what is asked.
 */
export function ranksOf(trees: TreeEnsemble): Ranks {
  const { feature, sign, bound } = questionsOf(trees);
  const nodes = nodeCount(trees);
  const ranks: Ranks = { scales: [], scale: new Int32Array(nodes).fill(-1), most: new Uint16Array(nodes) };
  const members = new Map<number, number[]>();
  for (let n = 0; n < nodes; n++) {
    if (trees.feature[n] < 0 || trees.set[n] >= 0) continue;
    const key = 2 * feature[n] + Number(sign[n] < 0);
    const known = members.get(key);
    if (known) known.push(n);
    else members.set(key, [n]);
  }
  for (const [key, own] of [...members].sort(([a], [b]) => a - b)) {
    const turned = key % 2 === 1;
    // -x <= bound says no where x < -bound.
    const asked = Float64Array.from(own, (n) => (turned ? -bound[n] : bound[n]));
    const bounds = Float64Array.from(new Set(asked.filter((b) => !Number.isNaN(b)))).sort();
    if (bounds.length > MOST_BOUNDS) continue;
    const places = new Map(Array.from(bounds, (b, place) => [b, place + 1]));
    own.forEach((n, i) => {
      ranks.scale[n] = ranks.scales.length;
      ranks.most[n] = places.get(asked[i]) ?? (turned ? ALWAYS : NEVER);
    });
    ranks.scales.push({ feature: key >> 1, turned, bounds });
  }
  return ranks;
}
