/**
 * An order in which columns that go together stand together: the leaves of average linkage, from left to right
 * (scipy.cluster.hierarchy: `leaves_list(linkage(condensed, method="average"))`), found by chains of nearest neighbours
 * (Murtagh 1983) in time of the square of the count.
 *
 * @param distances row by row, count squared, symmetric, none NaN; they are not kept
 */
export function leafOrder(distances: Float64Array, count: number): number[] {
  if (count < 2) return Array.from({ length: count }, (_, i) => i);
  const merges = averageLinkage(distances, count);
  const clusters: (readonly number[])[] = Array.from({ length: count }, (_, i) => [i]);
  // As scipy labels them: a merge's cluster has the next number, and the smaller of two stands left.
  const label = Array.from({ length: count }, (_, i) => i);
  const find = (leaf: number): number => (label[leaf] === leaf ? leaf : (label[leaf] = find(label[leaf])));
  for (const { a, b } of merges) {
    const [left, right] = [find(a), find(b)].sort((x, y) => x - y);
    const next = clusters.length;
    label[left] = label[right] = next;
    label.push(next);
    clusters.push([...clusters[left], ...clusters[right]]);
  }
  return [...clusters[clusters.length - 1]];
}

interface Merge {
  /** A leaf of either side. */
  a: number;
  b: number;
  at: number;
}

function averageLinkage(distances: Float64Array, count: number): Merge[] {
  const sizes = new Float64Array(count).fill(1);
  const merges: Merge[] = [];
  const chain: number[] = [];
  while (merges.length < count - 1) {
    if (chain.length === 0) chain.push(sizes.findIndex((size) => size > 0));
    for (;;) {
      const last = chain[chain.length - 1];
      const before = chain.length > 1 ? chain[chain.length - 2] : -1;
      const nearest = nearestOf(distances, sizes, last, before);
      if (nearest === before) break;
      chain.push(nearest);
    }
    const [x, y] = chain.splice(-2).sort((p, q) => p - q);
    merges.push({ a: x, b: y, at: distances[x * count + y] });
    // What was x goes on as y.
    for (let i = 0; i < count; i++) {
      if (sizes[i] === 0 || i === x || i === y) continue;
      const mean =
        (sizes[x] * distances[i * count + x] + sizes[y] * distances[i * count + y]) / (sizes[x] + sizes[y]);
      distances[i * count + y] = distances[y * count + i] = mean;
    }
    sizes[y] += sizes[x];
    sizes[x] = 0;
  }
  return merges.map((merge, i) => ({ ...merge, i })).sort((p, q) => p.at - q.at || p.i - q.i);
}

/** The nearest one; of equals the one before in the chain, so that it ends. */
function nearestOf(distances: Float64Array, sizes: Float64Array, of: number, before: number): number {
  const count = sizes.length;
  let nearest = before;
  let least = before < 0 ? Infinity : distances[of * count + before];
  for (let i = 0; i < count; i++) {
    if (sizes[i] === 0 || i === of || distances[of * count + i] >= least) continue;
    least = distances[of * count + i];
    nearest = i;
  }
  return nearest;
}
