import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { erased, linkTo, verifyChain, type ChainLink } from '../../../src/core/record/chain';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 9, minute)).toISOString();
const salt = (n: number) => String(n).padStart(64, '0');

function chainOf(count: number): ChainLink<{ said: string }>[] {
  const links: ChainLink<{ said: string }>[] = [];
  for (let i = 0; i < count; i++)
    links.push(
      linkTo(
        links.at(-1) ?? null,
        { said: `record ${i}` },
        { device: 'd', at: at(i), kind: 'decision', salt: salt(i) },
      ),
    );
  return links;
}

const changed = <T>(links: readonly T[], i: number, link: T): T[] =>
  links.map((other, k) => (k === i ? link : other));

describe('a chain', () => {
  test('hashes canonical JSON, by the system’s own SHA-256', () => {
    const [link] = chainOf(1);
    const payload = `{"payload":{"said":"record 0"},"salt":"${salt(0)}"}`;
    const payloadHash = createHash('sha256').update(payload).digest('hex');
    expect(link.head.payloadHash).toBe(payloadHash);
    const head = `{"at":"${at(0)}","device":"d","kind":"decision","number":1,"payloadHash":"${payloadHash}","previous":""}`;
    expect(link.hash).toBe(createHash('sha256').update(head).digest('hex'));
  });

  test('verifies whole, and after an erasure, which leaves nothing of what was said', () => {
    const links = chainOf(4);
    expect(verifyChain(links)).toMatchObject({ links: 4, erased: 0, faults: [], last: links[3].hash });
    const after = changed(links, 1, erased(links[1], at(9)));
    expect(verifyChain(after)).toMatchObject({ links: 4, erased: 1, faults: [] });
    expect(JSON.stringify(after)).not.toContain('record 1');
    expect(JSON.stringify(after)).not.toContain(salt(1).slice(-8) + '"');
  });

  test.each<[string, (links: ChainLink<{ said: string }>[]) => ChainLink<{ said: string }>[], object[]]>([
    [
      'another text',
      (links) => changed(links, 1, { ...links[1], payload: { said: 'other' } }),
      [{ number: 2, fault: 'payload' }],
    ],
    [
      'another time',
      (links) => changed(links, 1, { ...links[1], head: { ...links[1].head, at: at(30) } }),
      [{ number: 2, fault: 'head' }],
    ],
    [
      'a record written anew with its hashes',
      (links) => {
        const anew = linkTo(
          links[0],
          { said: 'other' },
          { device: 'd', at: at(1), kind: 'decision', salt: salt(7) },
        );
        return changed(links, 1, anew);
      },
      [{ number: 3, fault: 'previous' }],
    ],
    [
      'a record left out',
      (links) => links.filter((_, i) => i !== 1),
      [
        { number: 3, fault: 'number' },
        { number: 3, fault: 'previous' },
      ],
    ],
    [
      'another device',
      (links) => changed(links, 2, { ...links[2], head: { ...links[2].head, device: 'e' } }),
      [
        { number: 3, fault: 'device' },
        { number: 3, fault: 'head' },
      ],
    ],
    [
      'half a character with an empty hash, which has no canonical JSON',
      (links) =>
        changed(links, 2, {
          ...links[2],
          payload: { said: '\ud800' },
          head: { ...links[2].head, payloadHash: '' },
          hash: '',
        }),
      [
        { number: 3, fault: 'head' },
        { number: 3, fault: 'payload' },
      ],
    ],
    [
      'what is no number',
      (links) => changed(links, 2, { ...links[2], head: { ...links[2].head, number: NaN } }),
      [
        { number: NaN, fault: 'number' },
        { number: NaN, fault: 'head' },
      ],
    ],
  ])('tampered with is found where it was: %s', (_, tamper, faults) => {
    expect(verifyChain(tamper(chainOf(3))).faults).toEqual(faults);
  });

  test('what has no canonical JSON is not written', () => {
    const link = { device: 'd', at: at(0), kind: 'decision', salt: salt(0) };
    expect(() => linkTo(null, { said: '\ud800' }, link)).toThrow();
    expect(() => linkTo(null, { said: NaN }, link)).toThrow();
  });

  test('a clock that was set back is told, and is no fault', () => {
    const links = chainOf(2);
    const back = linkTo(
      links[1],
      { said: 'late' },
      { device: 'd', at: at(-60), kind: 'decision', salt: salt(9) },
    );
    expect(verifyChain([...links, back])).toMatchObject({ faults: [], backwards: [3] });
  });
});
