/** Path of an installed Chromium, or null. */
export function findChromium(): string | null;
/** Path of a Chromium, installed if need be. */
export function ensureChromium(): string;
