import { ScoredeskError } from '../../src/core/errors';

/** A few bytes changed, a piece cut, doubled or zeroed, or the end cut off. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const length = 1 + Math.floor(random() * 40);
  const out = bytes.slice();
  switch (Math.floor(random() * 6)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      for (let k = 0; k < 1 + random() * 8; k++)
        out[Math.floor(random() * out.length)] ^= 1 << Math.floor(random() * 8);
      return out;
    case 2:
      return out.fill(0xff, at, at + length);
    case 3:
      return out.fill(0, at, at + length);
    case 4:
      return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + length)]);
    default:
      return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at, at + length), ...bytes.slice(at)]);
  }
}

/** The code `use` was refused with, or null where it went through; fails on any other error. */
export async function refusedOrFine(what: string, use: () => unknown): Promise<string | null> {
  try {
    await use();
    return null;
  } catch (error) {
    if (error instanceof ScoredeskError && error.code !== 'bug') return error.code;
    throw new Error(`${what}: ${String(error)}`, { cause: error });
  }
}
