/** What a worker tells its page beside Comlink's messages: the later rows of a bundle are being fetched; `done` is all of them once that has ended. */
export interface PartSign {
  laterRows: true;
  /** Bytes. */
  done: number;
  total: number;
}

export const isPartSign = (data: unknown): data is PartSign =>
  typeof data === 'object' && data !== null && 'laterRows' in data;
