import * as v from 'valibot';
import { ScoredeskError } from '../core/errors';
import { firstFinding, parseJson } from '../bundle/validate';

/** What stands beside SQL files: which tables they read, and which file makes which columns. */
const schema = v.strictObject({
  /** Column that names a row of the result; each family has one row of it at most. */
  key: v.pipe(v.string(), v.minLength(1)),
  /** Columns of each table with their types. */
  tables: v.record(v.string(), v.record(v.string(), v.picklist(['BIGINT', 'DOUBLE', 'VARCHAR']))),
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

export type Manifest = v.InferOutput<typeof schema>;
export type Family = Manifest['families'][number];

/** @throws features-manifest with the path */
export function parseManifest(bytes: Uint8Array): Manifest {
  const refuse = (finding: { path: string; found: string; expected: string }) =>
    new ScoredeskError('features-manifest', { ...finding });
  const result = v.safeParse(schema, parseJson(bytes, refuse), { abortEarly: true });
  if (!result.success) throw refuse(firstFinding(result.issues[0]));
  const unknown = result.output.families
    .flatMap(({ needs }) => needs)
    .find((name) => !(name in result.output.tables));
  if (unknown !== undefined)
    throw refuse({
      path: 'families',
      found: unknown,
      expected: Object.keys(result.output.tables).join(', '),
    });
  return result.output;
}
