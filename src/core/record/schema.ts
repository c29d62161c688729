import * as v from 'valibot';
import { ScoredeskError } from '../errors';
import { RECORDS_FORMAT } from './record';

/** Records as they are stored, exported and read again; what comes from a file is hostile. */

const text = v.pipe(v.string(), v.maxLength(1_000_000));
const short = v.pipe(v.string(), v.maxLength(500));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'));
const time = v.pipe(v.string(), v.maxLength(40));
const cell = v.nullable(v.union([v.number(), text]));
const decision = v.picklist(['accepted', 'review', 'refused', 'unscored']);
const values = v.record(short, cell);

/** What the model said of some values. */
const result = v.object({
  probability: v.nullable(v.number()),
  decision,
  /** Points from the threshold. */
  distance: v.nullable(v.number()),
  /** Every column's contribution, in the unit of the explanation; null where it was not explained. */
  contributions: v.nullable(v.object({ base: v.number(), values: v.record(short, v.number()) })),
});

const some = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.maxLength(100));
const letterReason = v.object({ label: text, value: text, note: text, points: short, weight: v.number() });
/** What a letter to the client says (src/report/letter). */
const letter = v.object({
  bundle: text,
  algorithm: text,
  facts: some(v.object({ label: text, value: text })),
  sentence: text,
  score: short,
  threshold: short,
  domain: v.tuple([v.number(), v.number()]),
  against: some(letterReason),
  inFavour: some(letterReason),
  changes: some(v.object({ what: text, to: text, score: short, result: short })),
  sources: some(v.object({ label: text, columns: text, asOf: text, contact: text })),
  rights: text,
  /** Values that were wrong on file, in words. */
  corrected: some(v.object({ label: text, from: text, to: text })),
});

/** Two bundles may number their clients alike. */
const person = v.object({ bundle: short, id: text, name: text });

const decisionSchema = v.object({
  version: v.literal(1),
  client: person,
  bundle: v.object({ id: short, version: short, fingerprint: hash }),
  app: short,
  evaluator: v.picklist(['onnxruntime', 'core']),
  rule: v.object({ threshold: v.number(), reviewFrom: v.nullable(v.number()) }),
  /** The file as it was, by column. */
  inputs: values,
  result,
  /** Values that were wrong on file: what they are, what was seen of it; and the result with them, which decides. */
  corrections: v.nullable(v.object({ values, evidence: text, result })),
  outcome: v.picklist(['accepted', 'refused', 'referred']),
  /** Against the model. */
  override: v.nullable(v.object({ reason: short, text })),
  note: text,
  /** The client's own. */
  statement: text,
  author: short,
  branch: short,
  /** What the page said, in the language it said it in. */
  shown: v.object({
    locale: v.picklist(['en', 'fr']),
    lines: v.pipe(v.array(text), v.maxLength(200)),
    letter,
  }),
});

const reviewSchema = v.object({
  version: v.literal(1),
  /** Number of the decision that it is of. */
  of: v.pipe(v.number(), v.integer()),
  client: person,
  /** ISO day by which it is to be done. */
  due: time,
  reviewer: short,
  /** null while it is asked for. */
  outcome: v.nullable(v.picklist(['confirmed', 'changed'])),
  note: text,
  author: short,
  branch: short,
});

export type DecisionPayload = v.InferOutput<typeof decisionSchema>;
export type ReviewPayload = v.InferOutput<typeof reviewSchema>;

const linkSchema = v.object({
  head: v.object({
    number: v.pipe(v.number(), v.integer(), v.minValue(1)),
    device: short,
    at: time,
    kind: v.picklist(['decision', 'review']),
    payloadHash: hash,
    /** "" of the first. */
    previous: v.union([v.literal(''), hash]),
  }),
  hash,
  salt: v.nullable(hash),
  payload: v.nullable(v.union([decisionSchema, reviewSchema])),
  erasedAt: v.optional(time),
});

const fileSchema = v.object({
  format: v.literal(RECORDS_FORMAT),
  formatVersion: v.literal(1),
  links: v.pipe(v.array(linkSchema), v.maxLength(200_000)),
});

export type RecordFile = v.InferOutput<typeof fileSchema>;

/** Records of a file. Their hashes are not verified here. @throws records-unreadable naming where and what */
export function parseRecords(bytes: Uint8Array, file: string): RecordFile {
  const refuse = (reason: string): never => {
    throw new ScoredeskError('records-unreadable', { file, reason });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse('no JSON');
  }
  const read = v.safeParse(fileSchema, parsed);
  if (read.success) return read.output;
  const [issue] = read.issues;
  return refuse(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`.slice(0, 200));
}
