/** Widths in CSS pixels of what a row of the table may show beside the column's name. */
export const WIDTHS = {
  importance: 112,
  effect: 128,
  bar: 84,
  test: 228,
  distribution: 98,
  missing: 150,
  verdict: 124,
} as const;
export type Part = keyof typeof WIDTHS;

/** Least room for a name. */
const NAME = 150;

/** Width of an upright A4 page within usual margins: paper tells no observer of its width. */
export const PAPER = 660;

/** What goes first where there is no room. A test and its value stay: the bar and the small picture are said by numbers too. */
const LEAVING: Record<'tested' | 'index', readonly Part[]> = {
  tested: ['distribution', 'missing', 'importance'],
  index: ['bar', 'missing', 'distribution', 'importance'],
};

/** What there is room for. @param room in CSS pixels @param tested the preset has tests, and no bar of the index */
export function partsFor(room: number, tested: boolean): ReadonlySet<Part> {
  const parts = new Set(Object.keys(WIDTHS) as Part[]);
  parts.delete(tested ? 'bar' : 'test');
  const used = () => [...parts].reduce((sum, part) => sum + WIDTHS[part], NAME);
  for (const part of LEAVING[tested ? 'tested' : 'index']) if (used() > room) parts.delete(part);
  return parts;
}
