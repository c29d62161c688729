/**
 * The coded errors that every layer throws.
 *
 * One code per cause; the parameters are data, so that an error crosses a worker border or a
 * process as `{code, params}` and gets its sentence in the reader's language at the very end
 * (`src/i18n`, messages `error.<code>`).
 */

interface Params {
  // tables
  'csv-empty': { file: string };
  'csv-line-long': { file: string; limit: number };
  'table-too-large': { file: string; rows: number; columns: number };
  'csv-too-large': { file: string; bytes: number; limit: number };
  'csv-ragged': { file: string; line: number; found: number; expected: number };
  'csv-quote': { file: string; line: number };
  'csv-ambiguous-decimal': { file: string; column: string; value: string };
  'csv-encoding': { file: string };
  'csv-byte': { file: string; line: number; value: string };
  'parquet-unreadable': { file: string; reason: string };
  'parquet-type': { file: string; column: string; found: string };
  'json-unreadable': { file: string; reason: string };
  'table-format': { file: string };
  'column-repeated': { file: string; column: string };
  'column-unknown': { column: string; nearest: string; file: string };
  'column-not-number': { column: string; file: string; row: number; value: string };
  // models
  'validation-none': { reason: string };
  'columns-absent': { file: string; column: string; count: number; of: number };
  'challenger-columns': { column: string; count: number };
  'onnx-unreadable': { reason: string };
  'onnx-operator': { operator: string; node: string };
  'onnx-attribute': { operator: string; attribute: string; reason: string };
  'onnx-graph': { reason: string };
  'onnx-unbounded': { operator: string; found: string };
  'onnx-label-only': Record<never, never>;
  'onnx-margin-only': Record<never, never>;
  'onnx-classes': { found: number };
  'onnx-labels': { labels: string };
  'onnx-input-name': { input: string; nearest: string };
  'onnx-input-ambiguous': { input: string; columns: string };
  'onnx-whole-numbers': { input: string };
  'covers-invalid': { reason: string };
  'covers-missing': Record<never, never>;
  'method-unsupported': { method: string };
  // training
  'recipe-invalid': { path: string; found: string; expected: string };
  'train-one-class': { rows: number };
  'train-no-columns': Record<never, never>;
  'train-few-rows': { rows: number; least: number };
  'train-diverged': { steps: number };
  'train-unscored': { rows: number };
  'search-other': { file: string };
  'train-weights': { column: string; row: number; value: number };
  'learner-text': { column: string };
  'learner-missing': { column: string; value: string };
  'target-missing': { column: string; rows: number; file: string };
  // making a bundle
  'ids-repeated': { column: string; value: string; rows: string };
  'id-missing': { column: string; row: number };
  'feature-count': { model: number; data: number; columns: string; missing: string; extra: string };
  'feature-missing': { column: string; file: string; nearest: string };
  'target-values': { column: string; found: string };
  'target-value-absent': { column: string; value: string; found: string };
  'derived-mismatch': { column: string; row: number; found: number; expected: number };
  'derived-cycle': { column: string };
  'dictionary-invalid': { path: string; found: string; expected: string };
  'rows-none': { file: string };
  'feature-repeated': { column: string };
  'text-feature': { column: string; value: string };
  'text-input': { column: string };
  'prediction-missing': { file: string; id: string };
  'scores-none': { clients: number };
  'unlike-training': { count: number };
  'outcome-feature': { column: string };
  // a bundle
  'bundle-not': { found: string };
  'bundle-newer': { found: number; supported: number };
  'bundle-invalid': { path: string; found: string; expected: string };
  'bundle-file-missing': { path: string };
  'bundle-file-size': { path: string; found: number; expected: number };
  'bundle-file-hash': { path: string; found: string; expected: string };
  'bundle-rows': { path: string; found: number; expected: number };
  'bundle-column-missing': { path: string; column: string };
  'predictions-missed': {
    off: number;
    rows: number;
    id: string;
    found: number;
    expected: number;
    cause: string;
    column: string;
    value: string;
  };
  'bundle-expected-missed': { id: string; found: number; expected: number };
  'bundle-expected-client': { id: string };
  'monotone-broken': {
    column: string;
    id: string;
    from: number;
    to: number;
    before: number;
    after: number;
  };
  'zip-unreadable': { reason: string };
  'zip-unsafe-path': { path: string };
  'zip-too-large': { bytes: number; limit: number };
  'zip-encrypted': Record<never, never>;
  'own-no-table': Record<never, never>;
  'own-no-model': { first: string };
  'import-no-manifest': { files: number; first: string };
  'file-not-found': { path: string };
  'folder-missing': { path: string };
  'out-exists': { path: string };
  'out-not-bundle': { path: string; found: string };
  'out-not-empty': { path: string; found: string };
  'file-unreadable': { path: string; reason: string };
  'client-unknown': { id: string };
  'client-known': { id: string; where: string };
  'clients-too-many': { file: string; rows: number; limit: number };
  // drift
  'drift-period-time': { period: string };
  'drift-side-none': { source: string };
  'drift-filter-empty': { source: string };
  'drift-filter-column': { source: string; column: string };
  'drift-filter-times': { source: string };
  'comparison-gone': Record<never, never>;
  // features
  'features-no-tables': { folder: string };
  'features-none': { folder: string; wanted: string };
  'features-manifest': { path: string; found: string; expected: string };
  'features-twice': { table: string; first: string; second: string };
  'features-key': { family: string; key: string };
  'features-repeated': { family: string; key: string; rows: number };
  'table-unreadable': { file: string; reason: string };
  'sql-failed': { file: string; reason: string };
  'duckdb-missing': { reason: string };
  // records
  'records-unreadable': { file: string; reason: string };
  'record-gone': { number: number };
  'record-meanwhile': { number: number; outcome: string };
  'record-erased': { number: number };
  'drift-time': { column: string; value: string };
  'runtime-failed': { reason: string };
  'runtime-endless': { seconds: number };
  // the browser
  offline: { url: string };
  unreachable: { url: string };
  'cross-origin': { host: string };
  'insecure-address': { url: string };
  'address-not-allowed': { url: string };
  'service-worker-needed': { host: string };
  'login-page': { url: string };
  'config-invalid': { path: string; expected: string };
  'http-status': { url: string; status: number };
  'not-a-catalogue': { url: string };
  'catalogue-stale': { url: string };
  'run-gone': Record<never, never>;
  'run-file-gone': Record<never, never>;
  'run-name-used': { name: string };
  'run-elsewhere': { name: string };
  'run-rows-none': { name: string };
  'mlflow-none': Record<never, never>;
  'mlflow-unreadable': { path: string; reason: string };
  'run-file-lacking': { path: string };
  'part-lacking': Record<never, never>;
  'part-away': { path: string; bytes: number };
  'part-replaced': { path: string; url: string };
  'download-cut': { path: string; found: number; expected: number };
  'storage-full': { needed: number; free: number };
  'storage-refused': { needed: number };
  'storage-failed': { reason: string };
  'storage-blocked': Record<never, never>;
  'storage-old-tab': Record<never, never>;
  'tab-outdated': Record<never, never>;
  'bundle-not-installed': { id: string };
  'insecure-context': Record<never, never>;
  'worker-died': Record<never, never>;
  'worker-version': { page: string; worker: string };
  stopped: Record<never, never>;
  bug: { message: string };
}

export type ErrorCode = keyof Params;
export type ErrorParams<C extends ErrorCode = ErrorCode> = Params[C];

/** What a failure hangs on, where it is not the thing itself that is wrong: what has come so far is worth keeping. */
type Hanging = 'connection' | 'circumstances';

const HANGING: Partial<Record<ErrorCode, Hanging>> = {
  // The next moment may mend it.
  offline: 'connection',
  unreachable: 'connection',
  'cross-origin': 'connection',
  'part-away': 'connection',
  'download-cut': 'connection',
  stopped: 'circumstances',
  'http-status': 'circumstances',
  'login-page': 'circumstances',
  'bundle-file-hash': 'circumstances',
  'service-worker-needed': 'circumstances',
  'address-not-allowed': 'circumstances',
  'insecure-address': 'circumstances',
  'storage-full': 'circumstances',
  'storage-refused': 'circumstances',
  'storage-failed': 'circumstances',
  'worker-died': 'circumstances',
};

/** What a failure hangs on; null where it would fail again however often it was tried. */
export const hangsOn = (code: ErrorCode): Hanging | null => HANGING[code] ?? null;

/** An error as data: what crosses a worker border. */
export interface ErrorData {
  code: ErrorCode;
  params: Record<string, string | number>;
}

export class ScoredeskError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly params: ErrorParams<C>;

  constructor(code: C, ...[params, options]: [params: ErrorParams<C>, options?: ErrorOptions]) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = 'ScoredeskError';
    this.code = code;
    this.params = params;
  }
}

/** The error as data; anything that is not ours is a bug, reported by its message alone. */
export function toErrorData(error: unknown): ErrorData {
  const coded = asCoded(error);
  if (coded) return { code: coded.code, params: { ...coded.params } };
  if (error instanceof DOMException && error.name === 'AbortError') return { code: 'stopped', params: {} };
  return { code: 'bug', params: { message: error instanceof Error ? error.message : String(error) } };
}

export function fromErrorData({ code, params }: ErrorData): ScoredeskError {
  return new ScoredeskError(code, params);
}

/** The error, where it is a coded one; null for any other. */
export const asCoded = (error: unknown): ScoredeskError | null =>
  error instanceof ScoredeskError ? (error as ScoredeskError) : null;

export const hasCode = (error: unknown, code: ErrorCode): boolean => asCoded(error)?.code === code;

/** Throws `stopped` once the signal is aborted. */
export function checkStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ScoredeskError('stopped', {});
}

/** Short, printable account of a foreign error, for the `reason` of a coded one. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n')[0] ?? '';
  return line.length <= LONGEST ? line : `${line.slice(0, BEGINNING)} … ${line.slice(BEGINNING - LONGEST)}`;
}

/** Characters of a reason; of a longer one the beginning, and the end, where runtimes say what they mean. */
const LONGEST = 220;
const BEGINNING = 60;
