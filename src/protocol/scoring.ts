import type { InstalledBundle } from '../bundle/installed';
import type { CatalogueEntry } from '../bundle/schema';
import type { ListPage, ListQuery, Neighbours } from '../engine/list';
import type { BundleView, ClientView } from '../engine/views';
import type { OperationTask } from './host';

export interface OfferedBundle extends CatalogueEntry {
  url: string;
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
export type ScoringOperations = {
  catalogue(argument: { url: string }, task: OperationTask): Promise<OfferedBundle[]>;
  installed(argument: Record<string, never>, task: OperationTask): Promise<InstalledBundle[]>;
  install(argument: { url: string }, task: OperationTask): Promise<InstalledBundle>;
  remove(argument: { fingerprint: string }, task: OperationTask): Promise<void>;
  open(argument: { fingerprint: string }, task: OperationTask): Promise<BundleView>;
  client(argument: { fingerprint: string; id: string }, task: OperationTask): Promise<ClientView>;
  list(argument: ListArgument, task: OperationTask): Promise<ListPage>;
  neighbours(
    argument: { fingerprint: string; query: ListQuery; id: string },
    task: OperationTask,
  ): Promise<Neighbours>;
};
