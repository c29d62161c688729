/**
 * The shapes that stored records have had. Each carries the number of the schema it was written under; a change of a
 * shape is a new number, a step here, and a record of the shape before in test/storage.
 */
export const SCHEMA = 7;

/** Stores whose records have had other shapes. */
export const SHAPED = ['bundles', 'installs', 'comparisons', 'runs'] as const;
type Shaped = (typeof SHAPED)[number];

type Stored = Record<string, unknown> & { schema: number };
type Step = (record: Stored) => Record<string, unknown>;

/** By store: what brings a record to the schema of that number, where it changes anything. */
const STEPS: Record<Shaped, Partial<Record<number, Step>>> = {
  bundles: {
    // The origin was a host, "" for this site; nothing was said of verified files and of the first score.
    2: ({ host, ...rest }) => ({
      ...rest,
      origin: host ? { kind: 'host', name: host } : { kind: 'site', name: '' },
      files: 0,
      firstScore: 0,
    }),
    // No bundle was ready before onnxruntime had checked it.
    4: (record) => ({ ...record, scoredBy: 'onnxruntime' }),
    // All files came at once.
    6: (record) => ({ ...record, url: '', onUse: 0 }),
  },
  installs: {},
  runs: {
    // The first ones had no tags, and nothing was said of their bundle.
    7: (record) => ({ ...record, tags: [], published: '' }),
  },
  comparisons: {
    // The first ones did not say on how many rows a verdict rests.
    4: ({ result, ...rest }) => ({ ...rest, result: withCounts(result as KeptResult) }),
  },
};

interface KeptResult {
  comparison: { columns: object[] };
}

const withCounts = ({ comparison, ...rest }: KeptResult): KeptResult => ({
  ...rest,
  comparison: {
    ...comparison,
    columns: comparison.columns.map((column) => ({ byCountAlone: false, ...column })),
  },
});

/** A record in the shape of today. @param record as it was written under any schema before */
export function inCurrentShape(store: Shaped, record: unknown): Stored {
  let shaped = record as Stored;
  for (let schema = shaped.schema + 1; schema <= SCHEMA; schema++)
    shaped = { ...(STEPS[store][schema]?.(shaped) ?? shaped), schema };
  return shaped;
}
