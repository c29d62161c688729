import type { Manifest } from '../bundle/schema';
import type { ValidationView } from '../engine/model/validation';

/** A validation as JSON, with what it is of: the bundle, the rule in force, the card. */
export function validationJson(
  { manifest, fingerprint, runtime }: { manifest: Manifest; fingerprint: string; runtime: string },
  view: ValidationView,
): string {
  const { id, version, decision, card, model } = manifest;
  const bundle = { id, version, fingerprint, algorithm: model.algorithm, card };
  return `${JSON.stringify({ bundle, scoredBy: runtime, decision, ...view }, null, 2)}\n`;
}
