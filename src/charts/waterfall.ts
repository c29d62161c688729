/** One step of a waterfall, in percent of the width. */
export interface WaterfallStep {
  left: number;
  width: number;
  /** Where the step ends. */
  end: number;
}

export interface WaterfallLayout {
  steps: WaterfallStep[];
  start: number;
  finish: number;
}

/** Room for labels at both ends, in percent. */
const ROOM = 12;

/** Steps from `base`, each from where the one before ended. */
export function waterfallLayout(base: number, changes: readonly number[]): WaterfallLayout {
  const ends: number[] = [];
  let at = base;
  for (const change of changes) ends.push((at += change));
  const low = Math.min(base, ...ends);
  const high = Math.max(base, ...ends);
  const unit = (100 - 2 * ROOM) / Math.max(high - low, 1e-9);
  const place = (value: number) => ROOM + (value - low) * unit;
  return {
    start: place(base),
    finish: place(ends.at(-1) ?? base),
    steps: changes.map((change, i) => {
      const end = place(ends[i]);
      const begin = place(ends[i] - change);
      return { left: Math.min(begin, end), width: Math.abs(end - begin), end };
    }),
  };
}
