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

/** Keeps a choice; where storage is refused it holds until the tab is closed. */
export function keepSetting(key: string, value: string): void {
  try {
    localStorage.setItem(name(key), value);
  } catch {
    return;
  }
}
