/** Runs as MLflow logs them, whatever made them. */

/** Of its `RunStatus`, by its numbers in a file store. */
export const STATUSES = ['running', 'scheduled', 'finished', 'failed', 'killed'] as const;
export type RunStatus = (typeof STATUSES)[number];

/** One value of a metric. */
export interface LoggedPoint {
  value: number;
  step: number;
  /** Milliseconds. */
  at: number;
}

/** A file that a run left. */
export interface Artifact {
  /** From the run's artefacts; from those of a model that it logged, after the model's name. */
  path: string;
  /** The same file, by its path in the folder that was given. */
  file: string;
  bytes: number;
}

export interface LoggedRun {
  /** 32 hexadecimal digits. */
  id: string;
  experiment: string;
  name: string;
  status: RunStatus;
  /** Milliseconds. */
  startedAt: number;
  /** Milliseconds; null while it runs. */
  endedAt: number | null;
  isDeleted: boolean;
  params: Readonly<Record<string, string>>;
  metrics: Readonly<Record<string, readonly LoggedPoint[]>>;
  tags: Readonly<Record<string, string>>;
  artifacts: readonly Artifact[];
}

/** The value that counts: of the largest step, and of these the latest (as MLflow shows it). */
export function latest(points: readonly LoggedPoint[]): number {
  const last = points.reduce<LoggedPoint | null>(
    (best, point) =>
      !best || point.step > best.step || (point.step === best.step && point.at >= best.at) ? point : best,
    null,
  );
  return last?.value ?? NaN;
}

/** The ONNX model among the artefacts: the largest, where there are several; null for none. */
export function modelOf({ artifacts }: Pick<LoggedRun, 'artifacts'>): Artifact | null {
  const models = artifacts.filter(({ path }) => path.toLowerCase().endsWith('.onnx'));
  return models.reduce<Artifact | null>((best, one) => (best && best.bytes >= one.bytes ? best : one), null);
}
