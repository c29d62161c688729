import { ScoredeskError } from '../core/errors';
import type { Connector } from './connector';
import { quotedName } from './duckdbSql';
import type { Family, Manifest } from './manifest';
import type { Recognised } from './recognise';

/** A part of the features, made by one SQL file. */
export interface Part {
  family: Family;
  sql: string;
  /** Where its rows are written. */
  path: string;
}

/** What happens on the way. */
export interface Teller {
  /** A family begins; `isKept` where its rows are there from before. */
  begins: (family: string, isKept: boolean) => void;
  progress: (done: number, total: number) => void;
  ended: (family: string, rows: number) => void;
}

export interface BuildTask extends Teller {
  /** Whether a part's rows are there already, of the same SQL and tables. */
  isKept: (part: Part) => Promise<boolean>;
  keep: (part: Part) => Promise<void>;
}

/** Families whose tables are all there, and those that can't be made, with the table that they lack. */
export function planned(
  { families }: Manifest,
  { tables }: Recognised,
): { made: Family[]; left: { family: Family; lacks: string }[] } {
  const lackOf = ({ needs }: Family): string | undefined => needs.find((name) => !tables.has(name));
  const left = families.flatMap((family) => {
    const lacks = lackOf(family);
    return lacks === undefined ? [] : [{ family, lacks }];
  });
  return { made: families.filter((family) => lackOf(family) === undefined), left };
}

/**
 * Runs each family's SQL, then joins all to the first one by the key, in the order of the key.
 *
 * @returns rows and columns of the result
 * @throws sql-failed, table-unreadable; features-key where a family lacks the key, features-repeated where it has one twice
 */
export async function buildFeatures(
  connector: Connector,
  { tables, key }: Manifest,
  found: Recognised,
  parts: readonly Part[],
  out: string,
  task: BuildTask,
): Promise<{ rows: number; columns: number }> {
  for (const [name, columns] of Object.entries(tables))
    await connector.view(name, columns, found.tables.get(name)?.file ?? null);
  for (const part of parts) await buildPart(connector, part, key, task);
  const joined = await joinOf(connector, parts, key);
  const rows = await connector.write(joined.sql, out, task.progress);
  return { rows, columns: joined.columns };
}

async function buildPart(connector: Connector, part: Part, key: string, task: BuildTask): Promise<void> {
  const { name } = part.family;
  const isKept = await task.isKept(part);
  task.begins(name, isKept);
  if (isKept) return;
  const rows = await connector.write(part.sql, part.path, task.progress);
  const from = connector.from(part.path);
  const names = await connector.columnsGiven(`SELECT * FROM ${from}`);
  if (!names.some(sameAs(key))) throw new ScoredeskError('features-key', { family: name, key });
  const repeated = await connector.number(
    `SELECT count(*) - count(DISTINCT ${quotedName(key)}) FROM ${from}`,
  );
  if (repeated > 0) throw new ScoredeskError('features-repeated', { family: name, key, rows: repeated });
  await task.keep(part);
  task.ended(name, rows);
}

const sameAs =
  (key: string) =>
  (name: string): boolean =>
    name.toLowerCase() === key.toLowerCase();

async function joinOf(
  connector: Connector,
  parts: readonly Part[],
  key: string,
): Promise<{ sql: string; columns: number }> {
  const [first, ...others] = parts;
  const columns: string[] = [];
  for (const [i, { path }] of parts.entries()) {
    const names = await connector.columnsGiven(`SELECT * FROM ${connector.from(path)}`);
    const own = i === 0 ? names : names.filter((name) => !sameAs(key)(name));
    columns.push(...own.map((name) => `t${i}.${quotedName(name)}`));
  }
  const joins = others.map(
    ({ path }, i) =>
      `LEFT JOIN ${connector.from(path)} AS t${i + 1} ON t0.${quotedName(key)} = t${i + 1}.${quotedName(key)}`,
  );
  const sql = [
    `SELECT ${columns.join(', ')}`,
    `FROM ${connector.from(first.path)} AS t0`,
    ...joins,
    `ORDER BY t0.${quotedName(key)}`,
  ].join('\n');
  return { sql, columns: columns.length };
}
