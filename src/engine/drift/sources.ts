import { isTimeColumn, timesOf } from '../../core/drift/chunks';
import type { Column } from '../../core/table/table';
import { SOURCES, type Source } from '../../core/drift/request';
import { sideRows, type Supplies } from './sides';
import type { Engine } from '../engine';

/** Rows that one side of a comparison can be. */
export interface SourceInfo {
  source: Source;
  rows: number;
  labelled: boolean;
  /** First and last day; null without a column of times. */
  span: [string, string] | null;
}

/**
 * The sides that a bundle, the log and a file can be. Of the bundle only the manifest and columns of times are
 * read: parts may be large.
 */
export async function sourcesOf(engine: Engine, supplies: Supplies): Promise<SourceInfo[]> {
  const out: SourceInfo[] = [];
  for (const source of SOURCES) {
    const found = await sourceOf(engine, source, supplies);
    if (found) out.push({ source, ...found });
  }
  return out;
}

async function sourceOf(
  engine: Engine,
  source: Source,
  supplies: Supplies,
): Promise<Omit<SourceInfo, 'source'> | null> {
  if (source === 'file' || source === 'logged') {
    if (source === 'file' ? !supplies.file : !supplies.logged?.length) return null;
    const side = await sideRows(engine, { source }, supplies);
    const times = side.time ? await side.source.read(side.time) : null;
    return { rows: side.source.rows, labelled: side.target !== null, span: spanOf(times) };
  }
  const part = engine.manifest.data[source];
  if (!part) return null;
  const time = engine.manifest.columns.find(({ role }) => role === 'time')?.name;
  const times = time && source !== 'clients' ? await (await engine.part(source))?.read(time) : null;
  const rows = part.files.reduce((sum, file) => sum + file.rows, 0);
  return { rows, labelled: part.target !== undefined, span: spanOf(times ?? null) };
}

function spanOf(column: Column | null): [string, string] | null {
  if (!column || !isTimeColumn(column)) return null;
  let first = Infinity;
  let last = -Infinity;
  for (const at of timesOf(column)) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return Number.isFinite(first) ? [day(first), day(last)] : null;
}
