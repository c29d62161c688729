import type { LocalText } from './schema';

/** A bundle that is whole and verified on this device. */
export interface InstalledBundle {
  fingerprint: string;
  id: string;
  version: string;
  /** Host it came from; "" for this site. */
  host: string;
  title: LocalText;
  description: LocalText;
  algorithm: LocalText;
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
