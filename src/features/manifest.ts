import * as v from 'valibot';
import { ScoredeskError } from '../core/errors';
import { firstFinding, parseJson } from '../bundle/validate';

/** What stands beside SQL files: which tables they read, and which file makes which columns. */
const schema = v.strictObject({
  /** Column that names a row of the result; each family has one row of it at most. */
  key: v.pipe(v.string(), v.minLength(1)),
  /** Another manifest whose tables these are, by its path from this one; `tables` says what they have besides. */
  tablesOf: v.optional(v.string()),
  /** Columns of each table with their types. */
  tables: v.optional(
    v.record(v.string(), v.record(v.string(), v.picklist(['BIGINT', 'DOUBLE', 'VARCHAR']))),
    {},
  ),
  /** SQL files, less their ending, in their order: all others are joined to the first. */
  families: v.pipe(
    v.array(
      v.strictObject({
        name: v.pipe(v.string(), v.regex(/^[\w-]+$/)),
        /** Tables without which it makes nothing; others may be empty. */
        needs: v.optional(v.array(v.string()), []),
      }),
    ),
    v.minLength(1),
  ),
});

export type Manifest = Omit<v.InferOutput<typeof schema>, 'tablesOf'>;
export type Family = Manifest['families'][number];

/**
 * @param other the bytes of another manifest, by its path from this one
 * @throws features-manifest with the path; what `other` throws
 */
export async function parseManifest(
  bytes: Uint8Array,
  other: (path: string) => Promise<Uint8Array>,
): Promise<Manifest> {
  const refuse = (finding: { path: string; found: string; expected: string }) =>
    new ScoredeskError('features-manifest', { ...finding });
  const result = v.safeParse(schema, parseJson(bytes, refuse), { abortEarly: true });
  if (!result.success) throw refuse(firstFinding(result.issues[0]));
  const { tablesOf, ...manifest } = result.output;
  const theirs = tablesOf === undefined ? {} : tablesIn(await other(tablesOf), refuse);
  const tables = { ...theirs, ...manifest.tables };
  for (const [name, columns] of Object.entries(theirs)) tables[name] = { ...columns, ...tables[name] };
  const unknown = manifest.families.flatMap(({ needs }) => needs).find((name) => !(name in tables));
  if (unknown !== undefined)
    throw refuse({ path: 'families', found: unknown, expected: Object.keys(tables).join(', ') });
  return { ...manifest, tables };
}

/** Another manifest's own tables: it names no third one. */
function tablesIn(
  bytes: Uint8Array,
  refuse: (finding: { path: string; found: string; expected: string }) => ScoredeskError,
): Manifest['tables'] {
  const result = v.safeParse(schema, parseJson(bytes, refuse), { abortEarly: true });
  if (!result.success) throw refuse(firstFinding(result.issues[0]));
  return result.output.tables;
}
