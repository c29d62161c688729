import type { DecisionRule } from '../core/decision/decision';
import {
  amountOf,
  mistakesAt,
  objectiveAt,
  swapSet,
  zonesAt,
  type Best,
  type Mistakes,
  type Objective,
  type Zones,
} from '../core/decision/thresholds';
import type { Ranked } from '../core/metrics/ranked';

/** A threshold that somebody proposes to the model's owner, with what it would change. The one in force comes only from a bundle. */
export interface ThresholdProposal {
  kind: 'scoredesk-threshold-proposal';
  version: 1;
  bundle: { id: string; version: string; fingerprint: string };
  at: string;
  by: string;
  why: string;
  inForce: Required<DecisionRule>;
  proposed: Required<DecisionRule>;
  objective: Objective;
  /** Of all clients of the bundle. */
  clients: {
    scored: number;
    inForce: Zones;
    proposed: Zones;
    swapSet: { from: string; to: string; clients: number }[];
  };
  /** Of rows with outcomes; their weights where the objective weighs by amounts. */
  measured: {
    on: 'test' | 'reference' | 'scores';
    rows: number;
    /** Column whose values the mistakes are sums of; "" where they are counts. */
    weighedBy: string;
    inForce: Mistakes & { value: number };
    proposed: Mistakes & { value: number };
    best: (Best & { interval: [number, number] | null }) | null;
  };
}

export interface Proposed {
  bundle: ThresholdProposal['bundle'];
  at: string;
  by: string;
  why: string;
  inForce: DecisionRule;
  proposed: DecisionRule;
  objective: Objective;
  clients: Ranked;
  measured: { on: ThresholdProposal['measured']['on']; rows: Ranked };
  best: ThresholdProposal['measured']['best'];
}

const whole = ({ threshold, reviewFrom = threshold }: DecisionRule): Required<DecisionRule> => ({
  threshold,
  reviewFrom,
});

export function thresholdProposal({ bundle, at, by, why, ...given }: Proposed): ThresholdProposal {
  const { inForce, proposed, objective, clients, measured, best } = given;
  const figures = ({ threshold }: DecisionRule) => ({
    ...mistakesAt(measured.rows, threshold),
    value: objectiveAt(measured.rows, objective, threshold),
  });
  return {
    kind: 'scoredesk-threshold-proposal',
    version: 1,
    bundle,
    at,
    by,
    why,
    inForce: whole(inForce),
    proposed: whole(proposed),
    objective,
    clients: {
      scored: clients.scores.length,
      inForce: zonesAt(clients, inForce),
      proposed: zonesAt(clients, proposed),
      swapSet: swaps(clients, inForce, proposed),
    },
    measured: {
      on: measured.on,
      rows: measured.rows.scores.length,
      weighedBy: amountOf(objective),
      inForce: figures(inForce),
      proposed: figures(proposed),
      best,
    },
  };
}

const KINDS = ['accepted', 'review', 'refused'] as const;
export interface Swap {
  from: (typeof KINDS)[number];
  to: (typeof KINDS)[number];
  clients: number;
}

/** Who would be decided otherwise. */
export function swaps(clients: Ranked, inForce: DecisionRule, proposed: DecisionRule): Swap[] {
  const found = swapSet(clients, inForce, proposed);
  return KINDS.flatMap((from, i) =>
    KINDS.flatMap((to, j) => (i === j || found[i][j] === 0 ? [] : [{ from, to, clients: found[i][j] }])),
  );
}
