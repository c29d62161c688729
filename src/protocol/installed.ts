import { filesOnUse } from '../bundle/onUse';
import type { CatalogueEntry, LocalText, Manifest } from '../bundle/schema';

/** Where a bundle came from: this site, another host, or files picked on this machine. */
export interface Origin {
  kind: 'site' | 'host' | 'file';
  /** The host's or the file's name; "" for this site. */
  name: string;
}

/** What people are told of a bundle. */
export interface BundleSummary {
  fingerprint: string;
  id: string;
  version: string;
  title: LocalText;
  description: LocalText;
  algorithm: LocalText;
  threshold: number;
  clients: number;
  features: number;
  bytes: number;
  /** Bytes among them that come when a page needs them. */
  onUse: number;
}

/** A bundle that a catalogue offers. */
export interface OfferedBundle extends CatalogueEntry {
  /** The folder it is fetched from. */
  url: string;
  /** Host it is offered by; "" for this site. */
  host: string;
}

/** A bundle that is whole and verified on this device. */
export interface InstalledBundle extends BundleSummary {
  origin: Origin;
  /** Folder that files are fetched from on use; "" when there is none. */
  url: string;
  /** Files whose hash was verified, bundle.json among them; 0 when it was not counted. */
  files: number;
  /** Milliseconds that the first score took on this machine, the engine once started; 0 when not measured. */
  firstScore: number;
  installedAt: number;
  /** core/model misses the runtime's scores: no exact explanations. */
  runtimeOnly: boolean;
  /** `core` until onnxruntime has arrived, recomputed every score and taken over. */
  scoredBy: 'onnxruntime' | 'core';
}

/** An install that was begun and stopped; what is here is not fetched again. */
export interface PausedInstall extends BundleSummary {
  url: string;
  done: number;
  total: number;
}

/** The engine's wasm among the files of a first install. */
export const ENGINE_FILE = 'onnxruntime.wasm';

export interface FileProgress {
  path: string;
  bytes: number;
  done: number;
  state: 'waiting' | 'downloading' | 'verified';
  /** "" for the engine, which is kept apart. */
  sha256: string;
}

/** `queued`: another install is under way; `checking`: the engine starts and recomputes `expected`. */
export interface InstallProgress {
  phase: 'queued' | 'files' | 'checking' | 'scoring';
  /** Bytes, all files together. */
  done: number;
  total: number;
  files: FileProgress[];
  /** Clients scored so far, in the phase `scoring`. */
  scored: number;
  clients: number;
}

export function summaryOf(manifest: Manifest, fingerprint: string, ownBytes: number): BundleSummary {
  const onUse = filesOnUse(manifest);
  const bytesOf = (files: Manifest['files']) => files.reduce((sum, file) => sum + file.bytes, 0);
  return {
    fingerprint,
    id: manifest.id,
    version: manifest.version,
    title: manifest.title ?? manifest.id,
    description: manifest.description ?? '',
    algorithm: manifest.model.algorithm ?? '',
    threshold: manifest.decision.threshold,
    clients: manifest.data.clients.files.reduce((sum, file) => sum + file.rows, 0),
    features: manifest.model.inputs.reduce((sum, input) => sum + input.columns.length, 0),
    bytes: ownBytes + bytesOf(manifest.files),
    onUse: bytesOf(manifest.files.filter(({ path }) => onUse.has(path))),
  };
}

/** Scores over time, comparisons and what-if drafts that somebody kept of a bundle. */
export interface KeptWithBundle {
  scores: number;
  comparisons: number;
  drafts: number;
  /** Clients that were typed in. */
  locals: number;
}
