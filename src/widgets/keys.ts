/** Single keys of the keyboard, as names of `KeyboardEvent.key`, with what they do. */
export type Keys = Record<string, () => void>;

/**
 * Listens for single keys on the whole page; they are off while a field has the focus, with a
 * modifier held, and where the person turned them off (WCAG 2.1.4). Returns how to stop.
 */
export function listenForKeys(keys: Keys, enabled: () => boolean): () => void {
  const press = (event: KeyboardEvent): void => {
    if (
      !enabled() ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.defaultPrevented ||
      isField(event.target)
    )
      return;
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}

/** In a search: Escape clears it and leaves it, before anything else hears of the key. */
export function leaveOnEscape(event: KeyboardEvent, clear: () => void): void {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  event.preventDefault();
  clear();
  (event.currentTarget as HTMLElement).blur();
}
