import { scoring } from '../client/scoring';

/** Small choices of the person, kept across visits where the browser allows it. */

const name = (key: string): string => `scoredesk:${new URL('.', document.baseURI).pathname}:${key}`;

/** The stored choice, or null where there is none or storage is refused. */
export function readSetting(key: string): string | null {
  try {
    return localStorage.getItem(name(key));
  } catch {
    return null;
  }
}

/** What was typed in this tab before a reload; null where there is nothing, or storage is refused. */
export function readDraft(key: string): string | null {
  try {
    return sessionStorage.getItem(name(key));
  } catch {
    return null;
  }
}

/** Keeps what is being typed through a reload of this tab. */
export function keepDraft(key: string, value: string): void {
  try {
    sessionStorage.setItem(name(key), value);
  } catch {
    return;
  }
}

const chosen = new Set<string>();
const followers = new Map<string, (value: string) => void>();

/** Keeps a choice; where storage is refused it holds until the tab is closed. */
export function keepSetting(key: string, value: string): void {
  if (chosen.has(key) && readSetting(key) === value) return;
  chosen.add(key);
  keepHere(key, value);
  // The browser writes its own a few seconds later, and a kill is quicker.
  void scoring.keepSetting({ key, value }).catch(() => undefined);
}

/** Told of a choice that was made before a kill, and read too late for the start. */
export const followSetting = (key: string, follow: (value: string) => void): void =>
  void followers.set(key, follow);

/** Brings back choices that the browser had not yet written when it ended; what was chosen since stands. */
export async function restoreSettings(): Promise<void> {
  const kept = await scoring.settings().catch(() => ({}));
  for (const [key, value] of Object.entries(kept)) {
    if (chosen.has(key) || readSetting(key) === value) continue;
    keepHere(key, value);
    followers.get(key)?.(value);
  }
}

function keepHere(key: string, value: string): void {
  try {
    localStorage.setItem(name(key), value);
  } catch {
    return;
  }
}
