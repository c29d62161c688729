/**
 * The Content-Security-Policy of page, workers and service worker: nothing but this site's own
 * files; wasm is compiled, no string is ever run as code.
 */
export const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  // Svelte makes its templates, `client/trusted` addresses of workers; nothing else may become markup or script.
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html scoredesk',
].join('; ');

/**
 * What only a header can say, for whoever sends headers: no other site frames the app, or holds its window; and the type of
 * a file is what the site says.
 */
export const HEADERS = {
  'Content-Security-Policy': `${POLICY}; frame-ancestors 'none'`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const;
