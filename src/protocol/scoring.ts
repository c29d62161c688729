import type { InstalledBundle, PausedInstall } from './installed';
import type { MakeChoice, Proposal } from '../bundle/proposal';
import type { CatalogueEntry } from '../bundle/schema';
import type { Site } from './site';
import type { PickedFile } from '../bundle/source';
import type { ListPage, ListQuery, Neighbours } from '../engine/client/list';
import type { Method } from '../engine/explanations';
import type { Dependence, Insight, ClientAccounts, Permutation } from '../engine/model/importance';
import type { ModelView } from '../engine/model/view';
import type { BundleView, ClientReasons, ClientView } from '../engine/client/view';
import type { DriftOperations } from './comparisons';
import type { OperationTask } from './host';

export interface OfferedBundle extends CatalogueEntry {
  /** The folder it is fetched from. */
  url: string;
  /** Host it is offered by; "" for this site. */
  host: string;
}

export interface ListArgument {
  fingerprint: string;
  query: ListQuery;
  /** Columns whose values each row brings. */
  columns: string[];
  offset: number;
  limit: number;
}

/** What the scoring worker does. */
export type ScoringOperations = DriftOperations & {
  /** What config.json says. */
  site(argument: Record<string, never>, task: OperationTask): Promise<Site>;
  catalogue(argument: { url: string }, task: OperationTask): Promise<OfferedBundle[]>;
  installed(argument: Record<string, never>, task: OperationTask): Promise<InstalledBundle[]>;
  /** Installs that were begun and stopped. */
  paused(argument: Record<string, never>, task: OperationTask): Promise<PausedInstall[]>;
  install(argument: { url: string; fingerprint: string }, task: OperationTask): Promise<InstalledBundle>;
  installPicked(argument: { files: PickedFile[] }, task: OperationTask): Promise<InstalledBundle>;
  /** What somebody's own model and tables look like. */
  propose(argument: { files: PickedFile[] }, task: OperationTask): Promise<Proposal>;
  /** Makes a bundle of them and installs it. */
  make(argument: { files: PickedFile[]; choice: MakeChoice }, task: OperationTask): Promise<InstalledBundle>;
  /** Gives up a paused install and its space. */
  discard(argument: { fingerprint: string }, task: OperationTask): Promise<void>;
  /** The bundle as one zip. */
  zip(argument: { fingerprint: string }, task: OperationTask): Promise<Blob>;
  remove(argument: { fingerprint: string }, task: OperationTask): Promise<void>;
  open(argument: { fingerprint: string }, task: OperationTask): Promise<BundleView>;
  /** @param argument.log keep the score with the day: compared as what was scored over time */
  client(
    argument: { fingerprint: string; id: string; log: boolean },
    task: OperationTask,
  ): Promise<ClientView>;
  /** A client's reasons, where they take more than a moment. */
  reasons(argument: { fingerprint: string; id: string }, task: OperationTask): Promise<ClientReasons>;
  model(argument: { fingerprint: string }, task: OperationTask): Promise<ModelView>;
  /** What the model relies on, over a sample of rows. */
  insight(argument: { fingerprint: string }, task: OperationTask): Promise<Insight | null>;
  permutation(argument: { fingerprint: string }, task: OperationTask): Promise<Permutation | null>;
  dependence(argument: { fingerprint: string; column: string }, task: OperationTask): Promise<Dependence>;
  /** A client's contributions by several methods. */
  accounts(
    argument: { fingerprint: string; id: string; methods: readonly Method[] },
    task: OperationTask,
  ): Promise<ClientAccounts>;
  list(argument: ListArgument, task: OperationTask): Promise<ListPage>;
  neighbours(
    argument: { fingerprint: string; query: ListQuery; id: string },
    task: OperationTask,
  ): Promise<Neighbours>;
};
