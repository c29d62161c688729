/** Files of DuckDB-Wasm, as the build names them: fetched when features are made, and then kept by the service worker. */
export { default as wasmUrl } from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
export { default as workerUrl } from '@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js?url';
