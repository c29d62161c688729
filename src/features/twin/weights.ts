/** How frequent levels are, in any unit. */
export type Weights = Readonly<Record<string, number>>;

export function without(weights: Weights, ...names: string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(weights).filter(([name]) => !names.includes(name)));
}

export const sumOf = (weights: Weights): number =>
  Object.values(weights).reduce((sum, weight) => sum + weight, 0);

export const scaled = (weights: Weights, factor: number): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight * factor]));

export const normalised = (weights: Weights): Weights => scaled(weights, 1 / sumOf(weights));
