import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/**
 * A chain of records: each names the one before by its hash, over canonical JSON (RFC 8785). What a record says is
 * hashed apart, with a salt of its own, so that it can be erased and the chain still verifies, and so that nobody guesses
 * it from its hash. It proves order, not honesty: who holds the device could write it anew; a hash that is printed or sent
 * anchors it.
 */

export interface ChainHead {
  /** 1, 2, … */
  number: number;
  /** Of the device whose chain it is. */
  device: string;
  /** ISO time by the device's clock. */
  at: string;
  kind: string;
  /** SHA-256 of salt and payload. */
  payloadHash: string;
  /** Hash of the record before; "" of the first. */
  previous: string;
}

export interface ChainLink<P> {
  head: ChainHead;
  /** SHA-256 of the head. */
  hash: string;
  /** Hex, 32 bytes; null once it is erased. */
  salt: string | null;
  payload: P | null;
  /** ISO time of an erasure (GDPR art. 17). */
  erasedAt?: string;
}

export interface NewLink {
  device: string;
  at: string;
  kind: string;
  /** Hex, 32 random bytes. */
  salt: string;
}

/** The next link of a chain. @param before its last link; null begins one @throws of a payload without canonical JSON */
export function linkTo<P>(
  before: ChainLink<P> | null,
  payload: P,
  { device, at, kind, salt }: NewLink,
): ChainLink<P> {
  const head: ChainHead = {
    number: (before?.head.number ?? 0) + 1,
    device,
    at,
    kind,
    payloadHash: hashOf({ salt, payload }),
    previous: before?.hash ?? '',
  };
  return { head, hash: hashOf(head), salt, payload };
}

/** The link without what it said: number, time and hashes stay. */
export function erased<P>({ head, hash }: ChainLink<P>, at: string): ChainLink<P> {
  return { head, hash, salt: null, payload: null, erasedAt: at };
}

/** What of a link does not hold. */
export type ChainFault = 'number' | 'previous' | 'head' | 'payload' | 'device';

export interface Verified {
  links: number;
  erased: number;
  /** Hash of the last link; "" of none. */
  last: string;
  faults: { number: number; fault: ChainFault }[];
  /** Numbers of links whose time is before that of the link before: the clock was set back. */
  backwards: number[];
}

/** Recomputes every hash of one device's chain. @param links in the order in which they were written */
export function verifyChain(links: readonly ChainLink<unknown>[]): Verified {
  const found: Verified = { links: links.length, erased: 0, last: '', faults: [], backwards: [] };
  let before: ChainLink<unknown> | null = null;
  for (const link of links) {
    const { head, hash, salt, payload } = link;
    const faulty = (fault: ChainFault) => found.faults.push({ number: head.number, fault });
    if (head.number !== (before?.head.number ?? 0) + 1) faulty('number');
    if (head.previous !== (before?.hash ?? '')) faulty('previous');
    if (before && head.device !== before.head.device) faulty('device');
    if (!hasHash(head, hash)) faulty('head');
    if (payload === null) found.erased++;
    else if (!hasHash({ salt, payload }, head.payloadHash)) faulty('payload');
    if (before && Date.parse(head.at) < Date.parse(before.head.at)) found.backwards.push(head.number);
    before = link;
  }
  found.last = before?.hash ?? '';
  return found;
}

/** SHA-256, in hex, of a value's canonical JSON. @throws of what has none: no number, half a character */
function hashOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('nothing to hash');
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** Whether a value has this hash; one that has none has no hash that fits. */
function hasHash(value: unknown, hash: string): boolean {
  try {
    return hashOf(value) === hash;
  } catch {
    return false;
  }
}
