import type { CatalogueEntry, LocalText } from '../bundle/schema';
import type { BundleView, ClientView } from '../engine/views';
import type { OperationTask } from './host';

/** A bundle that is whole and verified on this device. */
export interface InstalledBundle {
  fingerprint: string;
  id: string;
  version: string;
  /** Host it came from; "" for this site. */
  host: string;
  title: LocalText;
  description: LocalText;
  algorithm: string;
  threshold: number;
  clients: number;
  features: number;
  bytes: number;
  installedAt: number;
  /** core/model misses the runtime's scores: no exact explanations. */
  runtimeOnly: boolean;
}

export interface FileProgress {
  path: string;
  bytes: number;
  done: number;
  state: 'waiting' | 'downloading' | 'verified';
  sha256: string;
}

export interface InstallProgress {
  phase: 'files' | 'checking';
  done: number;
  total: number;
  files: FileProgress[];
}

export interface OfferedBundle extends CatalogueEntry {
  url: string;
}

/** What the scoring worker does. */
export type ScoringOperations = {
  catalogue(argument: { url: string }, task: OperationTask): Promise<OfferedBundle[]>;
  installed(argument: Record<string, never>, task: OperationTask): Promise<InstalledBundle[]>;
  install(argument: { url: string }, task: OperationTask): Promise<InstalledBundle>;
  remove(argument: { fingerprint: string }, task: OperationTask): Promise<void>;
  open(argument: { fingerprint: string }, task: OperationTask): Promise<BundleView>;
  client(argument: { fingerprint: string; id: string }, task: OperationTask): Promise<ClientView>;
};
