import { scoring } from '../client/scoring';
import { EVEN_COSTS } from '../core/decision/cost';
import type { DecisionRule } from '../core/decision/decision';
import { amountOf, type Objective } from '../core/decision/thresholds';
import type { BundleView } from '../engine/bundleView';
import type { BestFound, MeasuredRows, PortfolioView } from '../engine/portfolio/portfolio';
import { Asked } from './asked.svelte';
import { readPortfolio, writePortfolio } from './portfolioQuery';

/** All clients of a bundle under the rule in force, and under one that is proposed. */
class PortfolioState {
  #bundle = $state.raw<BundleView | null>(null);
  #proposed = $state.raw<DecisionRule | null>(null);
  #objective = $state.raw<Objective>({ kind: 'cost', costs: EVEN_COSTS });
  readonly view = new Asked<PortfolioView>();
  readonly measured = new Asked<MeasuredRows>();
  readonly best = new Asked<{ found: BestFound | null }>();

  /** Of the bundle that this is of. */
  get fingerprint(): string {
    return this.#bundle?.fingerprint ?? '';
  }

  get inForce(): DecisionRule {
    return this.#bundle?.manifest.decision ?? { threshold: 0.5 };
  }

  /** null where nothing is proposed. */
  get proposed() {
    return this.#proposed;
  }

  get objective() {
    return this.#objective;
  }

  /** The query of the address that shows this again. */
  get query(): string {
    return writePortfolio({ proposed: this.#proposed, objective: this.#objective });
  }

  /** A bundle, with what the address says of it; the same one keeps what was chosen. */
  show(bundle: BundleView, query: string | undefined): void {
    const own = {
      proposed: null,
      objective: { kind: 'cost', costs: bundle.manifest.decision.costs ?? EVEN_COSTS },
    } as const;
    const isSame = this.#bundle?.fingerprint === bundle.fingerprint;
    const kept = { proposed: this.#proposed, objective: this.#objective };
    this.#bundle = bundle;
    const { proposed, objective } = readPortfolio(query, isSame ? kept : own);
    this.#proposed = proposed;
    this.#objective = objective;
    const { fingerprint, runtime } = bundle;
    void this.view.ask(`${fingerprint}/${runtime}`, () => scoring.portfolio({ fingerprint }));
    this.#measure();
  }

  propose(rule: DecisionRule): void {
    const { threshold, reviewFrom = threshold } = rule;
    const isInForce =
      threshold === this.inForce.threshold &&
      reviewFrom === (this.inForce.reviewFrom ?? this.inForce.threshold);
    this.#proposed = isInForce ? null : { threshold, reviewFrom };
  }

  withdraw(): void {
    this.#proposed = null;
  }

  measureBy(objective: Objective): void {
    this.#objective = objective;
    this.#measure();
  }

  #measure(): void {
    if (!this.#bundle) return;
    const { fingerprint, runtime } = this.#bundle;
    const objective = this.#objective;
    const amount = amountOf(objective);
    const key = `${fingerprint}/${runtime}`;
    void this.measured.ask(`${key}/${amount}`, () => scoring.measured({ fingerprint, amount }));
    void this.best.ask(`${key}/${JSON.stringify(objective)}`, async ({ signal }) => ({
      found: await scoring.best({ fingerprint, objective }, { signal }),
    }));
  }
}

export const portfolio = new PortfolioState();
