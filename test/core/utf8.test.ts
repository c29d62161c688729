import { expect, test } from 'vitest';
import { decodeUtf8 } from '../../src/core/table/utf8';

const decoder = new TextDecoder();
const same = (bytes: Uint8Array) =>
  expect([bytes, decodeUtf8(bytes)]).toEqual([bytes, decoder.decode(bytes)]);

test('texts are what a decoder says they are', () => {
  for (const text of [
    '',
    'a',
    'José Núñez',
    'Żaneta',
    '日本',
    '😀',
    '\ufefften',
    'a'.repeat(64),
    'é'.repeat(40),
    '\0\x7f\x80߿ࠀ',
  ])
    same(new TextEncoder().encode(text));
});

test('so are bytes that are no UTF-8', () => {
  const odd = [
    0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc3, 0xe0, 0xa0, 0xed, 0xef, 0xbb, 0xf0, 0x9f, 0xff,
  ];
  for (const a of odd)
    for (const b of odd) {
      same(Uint8Array.of(a, b));
      for (const c of odd) same(Uint8Array.of(a, b, c));
    }
});
