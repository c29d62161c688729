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

/** Keeps a choice; where storage is refused it holds until the tab is closed. */
export function keepSetting(key: string, value: string): void {
  try {
    localStorage.setItem(name(key), value);
  } catch {
    return;
  }
}
