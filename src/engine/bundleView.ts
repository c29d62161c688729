import type { Decision } from '../core/decision/decision';
import { scoreScale, type ScoreScale } from '../core/stats/scoreScale';
import type { Manifest } from '../bundle/schema';
import type { CellValue } from './client/cells';
import type { Engine } from './engine';
import type { Overview } from './overview';

/** What a page needs of an open bundle, as plain data. */
export interface BundleView {
  fingerprint: string;
  manifest: Manifest;
  clients: number;
  scale: ScoreScale;
  /** Median (numbers) or most frequent text (categories) of the comparison rows, by column. */
  typical: Record<string, CellValue>;
  runtime: 'onnxruntime' | 'core';
  /** The app's own evaluator stands in until onnxruntime has arrived and taken over. */
  pending: boolean;
  /** Why onnxruntime could not start; "" when it did. */
  runtimeFailure: string;
  unit: 'margin' | 'probability';
  /** The clients offered to a newcomer, with their decisions. */
  suggested: { id: string; probability: number; decision: Decision }[];
}

export function bundleView(engine: Engine, { scores, typical }: Overview): BundleView {
  return {
    fingerprint: engine.fingerprint,
    manifest: engine.manifest,
    clients: engine.clients.count,
    scale: scoreScale(scores, engine.manifest.decision.threshold),
    typical,
    runtime: engine.runtime.name,
    pending: engine.runtime.name === 'core' && engine.runtimeFailure === '',
    runtimeFailure: engine.runtimeFailure,
    unit: engine.unit,
    suggested: suggestedClients(engine, scores),
  };
}

/** Those that are in the bundle. */
function suggestedClients(engine: Engine, scores: Float64Array): BundleView['suggested'] {
  return [...new Set(engine.manifest.suggest)]
    .filter((id) => engine.clients.has(id))
    .map((id) => {
      const probability = scores[engine.clients.rowOf(id)];
      return { id, probability, decision: engine.decide(probability) };
    });
}
