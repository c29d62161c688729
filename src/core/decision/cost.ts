/** What wrong decisions cost: so much a mistake, or shares of each client's amount. */
export type Costs = CountCosts | AmountCosts;

export type CountCosts = {
  kind: 'count';
  /** A default that was accepted. */
  falseNegative: number;
  /** A repayer who was refused. */
  falsePositive: number;
};

export type AmountCosts = {
  kind: 'amount';
  /** Column of the amounts, such as the credit. */
  column: string;
  /** Share of the amount that an accepted default loses. */
  loss: number;
  /** Share of the amount that a refused repayer would have brought. */
  margin: number;
};

/** Where nobody said what a mistake costs, both cost 1: the cost is then the share of wrong decisions. */
export const EVEN_COSTS: CountCosts = { kind: 'count', falseNegative: 1, falsePositive: 1 };

/** Costs of the two mistakes on one unit of a row's weight: its amount, or 1 by count. */
export function unitCosts(costs: Costs): { falseNegative: number; falsePositive: number } {
  if (costs.kind === 'count') return costs;
  return { falseNegative: costs.loss, falsePositive: costs.margin };
}
