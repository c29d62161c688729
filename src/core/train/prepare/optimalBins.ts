import { ln } from '../../numeric/functions';

/** Repaid and defaults of each bin. */
export interface BinCounts {
  good: Float64Array;
  bad: Float64Array;
}

/** Bins as the last of the fine bins that each holds, with what they are worth. */
export interface Binning {
  ends: number[];
  informationValue: number;
}

/**
 * Joins neighbouring bins so that the information value is largest while the share of defaults only rises, or only falls: by
 * dynamic programming over the last bin, which gives the optimum that optbinning solves for by integer programming
 * (Navas-Palencia 2020).
 *
 * @param least rows of a bin
 * @returns one bin of all where nothing else holds both outcomes and enough rows
 */
export function optimalBins(counts: BinCounts, least: number): Binning {
  const [rising, falling] = [monotoneBins(counts, least, 1), monotoneBins(counts, least, -1)];
  return falling.informationValue > rising.informationValue ? falling : rising;
}

function monotoneBins({ good, bad }: BinCounts, least: number, direction: 1 | -1): Binning {
  const fine = good.length;
  const [goods, bads] = [added(good), added(bad)];
  const of = (from: number, to: number) => ({ g: goods[to + 1] - goods[from], b: bads[to + 1] - bads[from] });
  const value = (from: number, to: number): number => {
    const { g, b } = of(from, to);
    if (g === 0 || b === 0 || g + b < least) return -Infinity;
    const [shareGood, shareBad] = [g / goods[fine], b / bads[fine]];
    return (shareGood - shareBad) * ln(shareGood / shareBad);
  };
  // Whether defaults are no rarer in the second (or no more frequent): compared without division.
  const follows = (a: { g: number; b: number }, c: { g: number; b: number }): boolean =>
    direction * (c.b * (a.g + a.b) - a.b * (c.g + c.b)) >= 0;
  const best = Array.from({ length: fine }, () => new Float64Array(fine).fill(-Infinity));
  const before = Array.from({ length: fine }, () => new Int32Array(fine).fill(-1));
  for (let to = 0; to < fine; to++)
    for (let from = 0; from <= to; from++) {
      const own = value(from, to);
      if (own === -Infinity) continue;
      if (from === 0) best[to][0] = own;
      for (let start = 0; start < from; start++) {
        const total = best[from - 1][start] + own;
        if (total <= best[to][from] || !follows(of(start, from - 1), of(from, to))) continue;
        best[to][from] = total;
        before[to][from] = start;
      }
    }
  let from = 0;
  for (let start = 1; start < fine; start++) if (best[fine - 1][start] > best[fine - 1][from]) from = start;
  const informationValue = best[fine - 1][from];
  if (informationValue === -Infinity) return { ends: [fine - 1], informationValue: 0 };
  const ends: number[] = [];
  for (let to = fine - 1; to >= 0;) {
    ends.unshift(to);
    const start = before[to][from];
    to = from - 1;
    from = start;
  }
  return { ends, informationValue };
}

function added(counts: Float64Array): Float64Array {
  const out = new Float64Array(counts.length + 1);
  counts.forEach((count, i) => (out[i + 1] = out[i] + count));
  return out;
}
