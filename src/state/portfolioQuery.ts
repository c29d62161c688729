import type { DecisionRule } from '../core/decision/decision';
import type { Objective } from '../core/decision/thresholds';

/** What is proposed for a portfolio, and what it is measured by: an address's query. */
export interface PortfolioQuery {
  /** null where nothing else than the rule in force is looked at. */
  proposed: DecisionRule | null;
  objective: Objective;
}

/** NaN of nothing: no number was said. */
const numberIn = (text: string | null | undefined): number => (text ? Number(text) : NaN);
const isShare = (value: number): boolean => value >= 0 && value <= 1;
const isCost = (value: number): boolean => value >= 0 && Number.isFinite(value);

/** What an address says; of what it does not say, or says wrongly, the bundle's own. */
export function readPortfolio(query: string | undefined, own: PortfolioQuery): PortfolioQuery {
  const params = new URLSearchParams(query ?? '');
  const threshold = numberIn(params.get('threshold'));
  const from = params.has('review') ? numberIn(params.get('review')) : threshold;
  const proposed =
    isShare(threshold) && isShare(from) ? { threshold, reviewFrom: Math.min(from, threshold) } : null;
  return { proposed: proposed ?? own.proposed, objective: objectiveIn(params.get('by')) ?? own.objective };
}

function objectiveIn(text: string | null): Objective | null {
  const [kind, ...rest] = (text ?? '').split(':');
  const [a, b] = rest.slice(-2).map(numberIn);
  if (kind === 'count' && rest.length === 2 && isCost(a) && isCost(b))
    return { kind: 'cost', costs: { kind: 'count', falseNegative: a, falsePositive: b } };
  if (kind === 'f' && rest.length === 1 && a > 0 && Number.isFinite(a)) return { kind: 'fBeta', beta: a };
  // A column's name may hold colons.
  const column = rest.slice(0, -2).join(':');
  if (kind === 'amount' && column && isCost(a) && isCost(b))
    return { kind: 'cost', costs: { kind: 'amount', column, loss: a, margin: b } };
  return null;
}

/** The query that `readPortfolio` reads. */
export function writePortfolio({ proposed, objective }: PortfolioQuery): string {
  const params = new URLSearchParams();
  if (proposed) {
    params.set('threshold', String(proposed.threshold));
    params.set('review', String(proposed.reviewFrom ?? proposed.threshold));
  }
  params.set('by', objectiveText(objective));
  return params.toString();
}

function objectiveText(objective: Objective): string {
  if (objective.kind === 'fBeta') return `f:${objective.beta}`;
  const { costs } = objective;
  return costs.kind === 'count'
    ? `count:${costs.falseNegative}:${costs.falsePositive}`
    : `amount:${costs.column}:${costs.loss}:${costs.margin}`;
}
