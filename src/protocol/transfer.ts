const owned = new WeakMap<object, Transferable[]>();

/**
 * Says that these arrays are the value's alone: they move to the page without a copy, and the worker has no more use for
 * them. Arrays that the worker keeps must not be named.
 */
export function handOver<T extends object>(value: T, arrays: readonly ArrayBufferView[]): T {
  owned.set(
    value,
    [...new Set(arrays.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer),
  );
  return value;
}

/** Buffers that move with a value. */
export const handedOver = (value: unknown): Transferable[] =>
  typeof value === 'object' && value !== null ? (owned.get(value) ?? []) : [];
