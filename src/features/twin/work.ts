import type { Shares } from './draws';
import { facts, sharesBy } from './facts';
import { normalised, scaled, sumOf, without, type Weights } from './weights';

const { shares } = facts;
/** Of people with a job. */
export const OCCUPATION_MISSING = 0.1627;
const FITTING_ROUNDS = 30;

/** Bayes: the share of an occupation among people of a gender. */
export function occupationsByGender(): Record<string, Record<string, number>> {
  const of = (gender: string) =>
    Object.fromEntries(
      Object.entries(shares.OCCUPATION_TYPE).map(([name, share]) => [
        name,
        share * (facts.given.genderByOccupation[name]?.[gender] ?? 0),
      ]),
    );
  return { F: of('F'), M: of('M') };
}

/**
 * The three most frequent ones of an occupation are known; the others are such that all together are as frequent as they are
 * among all applicants (iterative proportional fitting).
 */
export function organisationsByOccupation(): ReadonlyMap<string, Shares> {
  const all = normalised(without(shares.ORGANIZATION_TYPE, 'XNA'));
  const known = normalised(shares.OCCUPATION_TYPE);
  const people = { ...scaled(known, 1 - OCCUPATION_MISSING), '': OCCUPATION_MISSING };
  let others = all;
  for (let round = 0; ; round++) {
    const lists = Object.fromEntries(Object.keys(people).map((name) => [name, completed(name, others)]));
    if (round === FITTING_ROUNDS) return sharesBy(lists);
    const found = (level: string): number =>
      Object.entries(people).reduce((sum, [name, share]) => sum + share * lists[name][level], 0);
    others = Object.fromEntries(
      Object.keys(all).map((name) => [name, (others[name] * all[name]) / found(name)]),
    );
  }
}

function completed(occupation: string, others: Weights): Weights {
  const top = facts.organisationByOccupation[occupation] ?? {};
  const left = 1 - sumOf(top);
  return { ...scaled(normalised(without(others, ...Object.keys(top))), left), ...top };
}
