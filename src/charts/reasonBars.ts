/** One row of the diverging bars, already worded. */
export interface ReasonRow {
  key: string;
  label: string;
  value: string;
  note: string;
  points: number;
  pointsLabel: string;
  kind: 'reason' | 'others';
}

export interface BarLayout {
  /** Place of zero, in percent. */
  zero: number;
  bars: { left: number; width: number; end: number }[];
}

/** Room kept for a label beyond a bar, in percent of the width. */
const LABEL_ROOM = 14;
/** Small effects look small: the axis spans at least this many points each way together. */
const LEAST = 5;

/**
 * Bars from zero on one scale for both sides: each side as long as its longest bar needs, at least
 * 5 points on the longer one.
 */
export function barLayout(points: readonly number[]): BarLayout {
  const up = Math.max(0, ...points);
  const down = Math.max(0, ...points.map((value) => -value));
  const longest = Math.max(LEAST, up, down);
  const right = Math.max(up, 0.2 * longest);
  const left = Math.max(down, 0.2 * longest);
  const unit = (100 - 2 * LABEL_ROOM) / Math.max(left + right, LEAST);
  const zero = LABEL_ROOM + left * unit;
  return {
    zero,
    bars: points.map((value) => {
      const width = Math.abs(value) * unit;
      return { left: value < 0 ? zero - width : zero, width, end: value < 0 ? zero - width : zero + width };
    }),
  };
}
