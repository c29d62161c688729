import { exp, ln } from '../../numeric/functions';

/** What a parameter may be: one of some values, or a number between two. */
export type Dimension =
  | { kind: 'values'; values: readonly (number | string)[] }
  | { kind: 'range'; min: number; max: number; scale: 'linear' | 'log'; whole: boolean; n: number };

export type Space = Readonly<Record<string, Dimension>>;

/** A value of each parameter. */
export type Candidate = Readonly<Record<string, number | string>>;

/** A range as the search walks on it: by the logarithm where that is its scale. */
export const walked = ({ scale }: Extract<Dimension, { kind: 'range' }>, value: number): number =>
  scale === 'log' ? ln(value) : value;

/** The value at a place of the range, within its bounds. */
export function valueAt(range: Extract<Dimension, { kind: 'range' }>, place: number): number {
  const value = range.scale === 'log' ? exp(place) : place;
  const inside = Math.min(range.max, Math.max(range.min, value));
  return range.whole ? Math.round(inside) : inside;
}

/** Values of a dimension on a grid. */
function gridOf(dimension: Dimension): readonly (number | string)[] {
  if (dimension.kind === 'values') return dimension.values;
  const { n } = dimension;
  const [low, high] = [walked(dimension, dimension.min), walked(dimension, dimension.max)];
  const all = Array.from({ length: n }, (_, i) =>
    valueAt(dimension, n === 1 ? (low + high) / 2 : low + ((high - low) * i) / (n - 1)),
  );
  return [...new Set(all)];
}

/** Every combination, the last parameter changing first. */
export function gridCandidates(space: Space): Candidate[] {
  return Object.entries(space).reduce<Candidate[]>(
    (before, [name, dimension]) =>
      before.flatMap((candidate) => gridOf(dimension).map((value) => ({ ...candidate, [name]: value }))),
    [{}],
  );
}

/** Each parameter drawn for itself. */
export function randomCandidate(space: Space, random: () => number): Candidate {
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => {
      const u = random();
      if (dimension.kind === 'values')
        return [name, dimension.values[Math.floor(u * dimension.values.length)]];
      const [low, high] = [walked(dimension, dimension.min), walked(dimension, dimension.max)];
      return [name, valueAt(dimension, low + u * (high - low))];
    }),
  );
}
