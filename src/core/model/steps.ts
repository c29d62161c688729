/**
 * Preprocessing between the user's columns and the predictor's features.
 *
 * Every step is done in float32, as ONNX does it: a scaler in double would move rows across tree
 * thresholds that the exported model does not move.
 */

/** One predictor feature: an input column, changed by `steps` in their order. */
export interface FeatureSource {
  input: number;
  steps: readonly Step[];
}

export type Step =
  /** `missing` (NaN matches NaN) becomes `value`. */
  | { kind: 'impute'; missing: number; value: number }
  /** (x - offset) * scale */
  | { kind: 'scale'; offset: number; scale: number }
  | { kind: 'add'; by: number }
  | { kind: 'multiply'; by: number }
  | { kind: 'divide'; by: number }
  /** A code or a number looked up: `otherwise` for one that is not listed, `missing` for NaN. */
  | { kind: 'map'; to: ReadonlyMap<number, number>; otherwise: number; missing: number };

function applySteps(steps: readonly Step[], x: number): number {
  for (const step of steps) x = applyStep(step, x);
  return x;
}

function applyStep(step: Step, x: number): number {
  switch (step.kind) {
    case 'impute':
      return x === step.missing || (Number.isNaN(step.missing) && Number.isNaN(x)) ? step.value : x;
    case 'scale':
      return Math.fround(Math.fround(x - step.offset) * step.scale);
    case 'add':
      return Math.fround(x + step.by);
    case 'multiply':
      return Math.fround(x * step.by);
    case 'divide':
      return Math.fround(x / step.by);
    case 'map':
      return Number.isNaN(x) ? step.missing : (step.to.get(x) ?? step.otherwise);
  }
}

/** Predictor features of `rows` rows: [rows, width] row-major float32 in, [rows, features] out. */
export function applyFeatures(
  features: readonly FeatureSource[],
  inputs: Float32Array,
  rows: number,
  width: number,
): Float32Array {
  const out = new Float32Array(rows * features.length);
  features.forEach(({ input, steps }, j) => {
    for (let i = 0; i < rows; i++)
      out[i * features.length + j] = applySteps(steps, inputs[i * width + input]);
  });
  return out;
}
