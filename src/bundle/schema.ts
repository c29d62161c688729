import * as v from 'valibot';
import { trainingSchema } from './training/schema';

/** bundle.json, format 1. Unknown keys pass; limits keep a hostile manifest from costing memory. */

export const FORMAT = 'scoredesk-bundle';
export const FORMAT_VERSION = 1;
export const MAX_MANIFEST_BYTES = 32 * 1024 * 1024;
const MAX_COLUMNS = 20_000;
const MAX_LIST = 100_000;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(500));
const shortText = v.pipe(v.string(), v.maxLength(20_000));
/** A text in several languages, or one for all. */
const localText = v.union([shortText, v.record(v.pipe(v.string(), v.maxLength(20)), shortText)]);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'));
/** Ids and versions of bundles: they stand in addresses. */
export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const identifier = v.pipe(v.string(), v.regex(IDENTIFIER, 'letters, digits, "." "_" "-"'));
/** A relative path that stays inside the bundle. */
const SAFE_PATH = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
const path = v.pipe(v.string(), v.maxLength(200), v.regex(SAFE_PATH, 'a relative path inside the bundle'));

const level = v.looseObject({
  value: v.string(),
  label: v.optional(localText),
  /** Of an actionable category: false is no aim that somebody would give a client. */
  proposed: v.optional(v.boolean()),
});

const derived = v.looseObject({
  op: v.picklist(['ratio', 'difference', 'sum', 'product', 'isLevel']),
  of: v.pipe(v.array(name), v.minLength(1), v.maxLength(100)),
  level: v.optional(v.string()),
});

export const columnSchema = v.looseObject({
  name,
  role: v.optional(v.picklist(['feature', 'id', 'name', 'target', 'time', 'extra'])),
  /** Of the target: the value that means default, in tables that do not say 1. */
  positive: v.optional(v.string()),
  type: v.optional(v.picklist(['number', 'integer', 'flag', 'category', 'days', 'date', 'text'])),
  levels: v.optional(v.pipe(v.array(level), v.maxLength(MAX_LIST))),
  label: v.optional(localText),
  help: v.optional(localText),
  unit: v.optional(localText),
  range: v.optional(v.tuple([finite, finite])),
  actionable: v.optional(v.picklist(['none', 'any', 'increase', 'decrease'])),
  monotone: v.optional(v.picklist([-1, 0, 1])),
  protected: v.optional(v.boolean()),
  group: v.optional(v.string()),
  source: v.optional(v.string()),
  asOf: v.optional(v.string()),
  derived: v.optional(derived),
  reasons: v.optional(v.looseObject({ up: v.optional(localText), down: v.optional(localText) })),
});

const costs = v.variant('kind', [
  v.looseObject({
    kind: v.literal('count'),
    falseNegative: v.pipe(finite, v.minValue(0)),
    falsePositive: v.pipe(finite, v.minValue(0)),
  }),
  v.looseObject({
    kind: v.literal('amount'),
    column: name,
    loss: v.pipe(finite, v.minValue(0)),
    margin: v.pipe(finite, v.minValue(0)),
  }),
]);

const decision = v.looseObject({
  threshold: probability,
  reviewFrom: v.optional(probability),
  costs: v.optional(costs),
});

const part = v.looseObject({
  files: v.pipe(
    v.array(
      v.looseObject({
        path,
        rows: v.pipe(count, v.maxValue(20_000_000)),
        firstId: v.optional(v.string()),
        lastId: v.optional(v.string()),
        optional: v.optional(v.boolean()),
      }),
    ),
    v.minLength(1),
    v.maxLength(10_000),
  ),
  id: v.optional(name),
  target: v.optional(name),
});

const output = v.looseObject({
  name,
  index: v.optional(v.picklist([0, 1])),
  of: v.optional(v.picklist(['default', 'repaid'])),
});

const model = v.looseObject({
  file: path,
  algorithm: v.optional(localText),
  inputs: v.pipe(
    v.array(
      v.looseObject({
        name,
        columns: v.pipe(v.array(name), v.minLength(1), v.maxLength(MAX_COLUMNS)),
        encode: v.picklist(['number', 'code', 'level', 'string']),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_COLUMNS),
  ),
  output,
  covers: v.optional(
    v.looseObject({
      file: path,
      kind: v.picklist(['rows', 'hessian', 'weights']),
      from: v.picklist(['training', 'reference', 'clients', 'library']),
    }),
  ),
});

const texts = v.optional(v.record(v.string(), localText));

/** What a dictionary may say: any part of a bundle.json that people write. */
const written = {
  title: v.optional(localText),
  description: v.optional(localText),
  licence: v.optional(v.string()),
  source: v.optional(v.string()),
  currency: v.optional(v.string()),
  sources: v.optional(
    v.array(v.looseObject({ id: name, label: v.optional(localText), contact: v.optional(localText) })),
  ),
  cohorts: v.optional(
    v.array(v.looseObject({ id: name, label: v.optional(localText), columns: v.array(name) })),
  ),
  form: v.optional(v.looseObject({ short: v.optional(v.array(name)) })),
  texts,
  card: v.optional(v.looseObject({ purpose: v.optional(localText), limits: v.optional(localText) })),
  suggest: v.optional(v.pipe(v.array(v.string()), v.maxLength(100))),
};

export const dictionarySchema = v.looseObject({
  ...written,
  id: v.optional(identifier),
  version: v.optional(identifier),
  model: v.optional(
    v.looseObject({ algorithm: v.optional(localText), output: v.optional(v.partial(output)) }),
  ),
  decision: v.optional(v.partial(decision)),
  columns: v.optional(v.pipe(v.array(columnSchema), v.maxLength(MAX_COLUMNS))),
});

export const manifestSchema = v.looseObject({
  format: v.literal(FORMAT),
  formatVersion: v.literal(FORMAT_VERSION),
  id: identifier,
  version: identifier,
  ...written,
  model,
  decision,
  columns: v.pipe(v.array(columnSchema), v.minLength(1), v.maxLength(MAX_COLUMNS)),
  data: v.looseObject({
    clients: part,
    reference: v.optional(part),
    test: v.optional(part),
    current: v.optional(part),
  }),
  expected: v.looseObject({
    from: v.picklist(['library', 'pack']),
    rows: v.pipe(v.array(v.looseObject({ id: v.string(), probability })), v.maxLength(MAX_LIST)),
  }),
  training: v.optional(trainingSchema),
  metrics: v.optional(v.record(v.string(), v.record(v.string(), v.number()))),
  files: v.pipe(v.array(v.looseObject({ path, bytes: count, sha256 })), v.minLength(1), v.maxLength(10_000)),
});

export const catalogueSchema = v.looseObject({
  format: v.literal('scoredesk-catalogue'),
  bundles: v.pipe(
    v.array(
      v.looseObject({
        path,
        id: identifier,
        version: identifier,
        fingerprint: sha256,
        title: v.optional(localText),
        description: v.optional(localText),
        clients: count,
        features: count,
        threshold: probability,
        algorithm: v.optional(localText),
        bytes: count,
        onUse: v.optional(count),
      }),
    ),
    v.maxLength(1000),
  ),
});

export type LocalText = v.InferOutput<typeof localText>;
export type Manifest = v.InferOutput<typeof manifestSchema>;
export type ManifestColumn = v.InferOutput<typeof columnSchema>;
export type Dictionary = v.InferOutput<typeof dictionarySchema>;
export type PartName = 'clients' | 'reference' | 'test' | 'current';
export type Catalogue = v.InferOutput<typeof catalogueSchema>;
export type CatalogueEntry = Catalogue['bundles'][number];
