/** What Safari 16.4 and Firefox 115 lack of the platform. */

/** URL.canParse (Safari 17). */
export function parsesAsUrl(address: string, base?: string): boolean {
  try {
    new URL(address, base);
    return true;
  } catch {
    return false;
  }
}

/** AbortSignal.any (Safari 17.4, Firefox 124): aborted with the first of them, for its reason. */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const already = signals.find(({ aborted }) => aborted);
  if (already) controller.abort(already.reason);
  for (const signal of signals)
    signal.addEventListener('abort', () => controller.abort(signal.reason), {
      once: true,
      signal: controller.signal,
    });
  return controller.signal;
}
