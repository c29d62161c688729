/** Texts up to here are put together unit by unit: a decoder takes longer than that to be called. */
const SHORT = 64;
const decoder = new TextDecoder();
const units = new Uint16Array(SHORT);

/** UTF-8 as text. Short texts of up to three bytes a character, as most cells are, are read here; a decoder reads the rest. */
export function decodeUtf8(bytes: Uint8Array): string {
  const length = bytes.length <= SHORT ? readUnits(bytes) : -1;
  return length < 0
    ? decoder.decode(bytes)
    : String.fromCharCode.apply(null, units.subarray(0, length) as never);
}

/** Fills `units` and gives their number; -1 where a decoder has to say what the bytes are (RFC 3629, and a mark of order). */
function readUnits(bytes: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i++];
    if (first < 0x80) {
      units[length++] = first;
      continue;
    }
    const second = bytes[i++] ?? 0;
    if (first < 0xc2 || (second & 0xc0) !== 0x80) return -1;
    if (first < 0xe0) {
      units[length++] = ((first & 0x1f) << 6) | (second & 0x3f);
      continue;
    }
    const third = bytes[i++] ?? 0;
    const unit = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
    const surrogate = unit >= 0xd800 && unit <= 0xdfff;
    if (first > 0xef || (third & 0xc0) !== 0x80 || unit < 0x800 || surrogate || unit === 0xfeff) return -1;
    units[length++] = unit;
  }
  return length;
}
