import type { Run } from './train';

/** What stands beside a trained bundle: how it came about. It is no file of the bundle. */

export const RUN_FILE = 'run.json';

export interface RunFacts {
  /** Version that trained it. */
  scoredesk: string;
  data: { file: string; rows: number; sha256: string };
  timings: { at: string; seconds: number; memory?: number };
}

export const runFile = (found: Run, facts: RunFacts): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ ...found, ...facts }, null, 2)}\n`);

/** Figures that are not known are null in the file. */
export const parseRunFile = (bytes: Uint8Array): Run & Partial<RunFacts> =>
  JSON.parse(new TextDecoder().decode(bytes)) as Run & Partial<RunFacts>;
