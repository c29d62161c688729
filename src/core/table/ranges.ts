/** Bytes that are read piece by piece: of a file on disk, of a Blob. */
export interface ByteRanges {
  byteLength: number;
  /** `to` is the end by default. */
  slice(from: number, to?: number): Promise<ArrayBuffer> | ArrayBuffer;
}

/** Bytes that are in memory already. */
export function rangesOf(bytes: Uint8Array): ByteRanges {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return { byteLength: buffer.byteLength, slice: (from, to) => buffer.slice(from, to) };
}

/** Bytes that stay where they are until they are asked for. */
export const rangesOfBlob = (blob: Blob): ByteRanges =>
  inBlocks({ byteLength: blob.size, slice: (from, to) => blob.slice(from, to).arrayBuffer() });

const BLOCK = 256 * 1024;
/** 64 MB: a file of usual size stays whole, so that reading column after column goes to the disk once. */
const KEPT_BLOCKS = 256;

/**
 * The same bytes, read in blocks of which the last are kept: a reader of columns takes many small pieces side by
 * side, and each way to the disk costs more than its bytes (1.4 ms for 20 kB in Chromium).
 */
export function inBlocks(ranges: ByteRanges, block = BLOCK, most = KEPT_BLOCKS): ByteRanges {
  const { byteLength } = ranges;
  const kept = new Map<number, Promise<ArrayBuffer>>();
  const blockAt = (index: number): Promise<ArrayBuffer> => {
    const end = Math.min(byteLength, (index + 1) * block);
    const found = kept.get(index) ?? Promise.resolve(ranges.slice(index * block, end));
    kept.delete(index);
    kept.set(index, found);
    found.catch(() => kept.delete(index));
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return found;
  };
  return {
    byteLength,
    slice: async (from, to = byteLength) => {
      const end = Math.min(to, byteLength);
      if (end - from > block * most) return ranges.slice(from, end);
      const out = new Uint8Array(Math.max(0, end - from));
      for (let at = from; at < end;) {
        const index = Math.floor(at / block);
        const inside = at - index * block;
        const bytes = new Uint8Array(await blockAt(index)).subarray(inside, inside + end - at);
        if (bytes.length === 0) throw new Error('shorter than it was');
        out.set(bytes, at - from);
        at += bytes.length;
      }
      return out.buffer;
    },
  };
}
