/** What the browser grants this site on this device. */
export interface DeviceStorage {
  /** Bytes used by everything of this origin. */
  used: number;
  granted: number;
  /** The browser will not erase it by itself. */
  durable: boolean;
}

/** null where the browser does not say. */
export async function deviceStorage(): Promise<DeviceStorage | null> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    if (usage === undefined || quota === undefined) return null;
    return { used: usage, granted: quota, durable: await navigator.storage.persisted() };
  } catch {
    return null;
  }
}

/** Asks that stored data are kept even when space gets short; browsers want a click before it. */
export async function askForDurability(): Promise<void> {
  try {
    await navigator.storage.persist();
  } catch {
    return;
  }
}

/** Offers bytes as a file to keep. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
