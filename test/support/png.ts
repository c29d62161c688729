import { inflateSync } from 'node:zlib';

/** A picture's pixels, row by row. */
export interface Pixels {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array;
}

/** Reads a PNG of 8 bits a channel that is not interlaced, as browsers write pictures of themselves (RFC 2083). */
export function readPng(png: Buffer): Pixels {
  const packed: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      channels = body[9] === 6 ? 4 : 3;
    }
    if (type === 'IDAT') packed.push(body);
    at += 12 + length;
  }
  const lines = inflateSync(Buffer.concat(packed));
  const stride = width * channels;
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x < channels ? 0 : data[y * stride + x - channels];
      const up = y === 0 ? 0 : data[(y - 1) * stride + x];
      const corner = y === 0 || x < channels ? 0 : data[(y - 1) * stride + x - channels];
      data[y * stride + x] = lines[y * (stride + 1) + 1 + x] + predicted(filter, left, up, corner);
    }
  }
  return { width, height, channels, data };
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Share of a box's pixels that differ visibly between two pictures, at the best of small shifts: layout rounds anew. */
export function differing(a: Pixels, b: Pixels, { x, y, width, height }: Box): number {
  const value = (picture: Pixels, row: number, column: number) =>
    picture.data[(row * picture.width + column) * picture.channels + 1];
  let least = 1;
  for (const down of [-1, 0, 1])
    for (const right of [-1, 0, 1]) {
      let count = 0;
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const other = value(b, y + row + down, x + column + right);
          if (Math.abs(value(a, y + row, x + column) - other) > 64) count++;
        }
      least = Math.min(least, count / (width * height));
    }
  return least;
}
