/** What a worker tells its page beside Comlink's messages: the runtime begins a step, or has ended it. */
export interface RuntimeSign {
  runtimeRuns: boolean;
}

export const isRuntimeSign = (data: unknown): data is RuntimeSign =>
  typeof data === 'object' && data !== null && 'runtimeRuns' in data;
