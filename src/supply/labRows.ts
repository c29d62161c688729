import { ScoredeskError } from '../core/errors';
import { openTable } from '../core/table/open';
import { wholeTable, type TableSource } from '../core/table/source';
import { openPart, readManifest } from '../bundle/read';
import { keptAsWritten } from '../bundle/columns';
import type { Dictionary, Manifest } from '../bundle/schema';
import type { TrainInput } from '../engine/lab/train';
import type { LabData, LabRows } from '../protocol/lab';
import { labFile } from '../storage/runs';
import { sourceOnUse, type OnUse } from './onUse';
import { rangesIn, readPickedTable } from './own';

/** The rows of a training, with what is known of their columns. */
export type LabInput = Omit<TrainInput, 'recipe'>;

/** @throws run-rows-none where the bundle has no rows that trained it; run-file-gone; what reading tables throws */
export const labInput = (data: LabData, way: OnUse): Promise<LabInput> =>
  data.rows.kind === 'bundle'
    ? ofBundle(data.rows.fingerprint, data.rows.name, way)
    : ofFile(data.rows.sha256, data.rows.name, data, way);

/** The rows that are learned from, column by column, and the outcome that a bundle says they have; "" of a file. @throws run-rows-none, run-file-gone; what opening tables throws */
export async function labSource(rows: LabRows, way: OnUse): Promise<{ source: TableSource; target: string }> {
  if (rows.kind === 'file') {
    const file = new File([await labFile(way.db, rows.sha256)], rows.name);
    const source = await openTable(rangesIn({ path: rows.name, file }), rows.name, { text: [] });
    return { source, target: '' };
  }
  const files = await readManifest(await sourceOnUse(rows.fingerprint, way));
  const [source, target] = [await openPart(files, 'reference'), files.manifest.data.reference?.target];
  if (!source || target === undefined) throw new ScoredeskError('run-rows-none', { name: rows.name });
  return { source, target };
}

/** The rows that trained a bundle's model and those kept aside of it; whom it shows, it shows again. */
async function ofBundle(fingerprint: string, name: string, way: OnUse): Promise<LabInput> {
  const files = await readManifest(await sourceOnUse(fingerprint, way));
  const { manifest } = files;
  const part = async (which: 'reference' | 'test' | 'clients' | 'current') => {
    const source = await openPart(files, which);
    return source ? wholeTable(source) : undefined;
  };
  const column = manifest.data.reference?.target;
  const table = await part('reference');
  if (!table || column === undefined) throw new ScoredeskError('run-rows-none', { name });
  const test = manifest.data.test?.target === undefined ? undefined : await part('test');
  return {
    table,
    test,
    clients: await part('clients'),
    current: await part('current'),
    // Parts keep outcomes as 0 and 1.
    target: { column },
    id: manifest.data.reference?.id ?? null,
    dictionary: dictionaryOf(manifest),
  };
}

/** What a manifest says of its columns and words, without what it says of its own model. */
function dictionaryOf(manifest: Manifest): Dictionary {
  const { title, description, licence, source, currency, sources, cohorts, columns } = manifest;
  const { costs } = manifest.decision;
  const known = { title, description, licence, source, currency, sources, cohorts };
  const said = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { ...said, columns, ...(costs ? { decision: { costs } } : {}) };
}

async function ofFile(
  sha256: string,
  name: string,
  { target, id, labelledOnly }: Pick<LabData, 'target' | 'id' | 'labelledOnly'>,
  { db }: OnUse,
): Promise<LabInput> {
  const file = new File([await labFile(db, sha256)], name);
  const table = await readPickedTable({ path: name, file }, keptAsWritten([], id ?? ''));
  return { table, target, id, labelledOnly, dictionary: {} };
}
