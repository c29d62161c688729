import {
  levelLever,
  MOST_LEVELS,
  numberLever,
  occurringNumbers,
  type Direction,
  type Lever,
  type OccurringNumbers,
} from '../../core/explain/counterfactual/lever';
import type { Column } from '../../core/table/table';
import type { ManifestColumn } from '../../bundle/schema';
import type { Engine } from '../engine';
import { oncePerBundle } from '../once';
import { pausing } from '../runtime';
import { sheetLayout, type Sheet } from './sheet';

/** The levers of one client. */
export interface Levers {
  /** What somebody can change, in the direction that is declared. */
  actionable: Lever[];
  /** Every column that is known and follows no other, protected ones left out. */
  all: Lever[];
  /** Of many levers, or of a column with many levels, only some are tried. */
  thinned: boolean;
}

export async function leversFor(engine: Engine, sheet: Sheet): Promise<Levers> {
  const values = await occurring(engine);
  const followers = new Set(sheet.followers.map(({ input }) => input));
  const levers: Levers = { actionable: [], all: [], thinned: false };
  sheet.columns.forEach((column, input) => {
    const current = sheet.row[input];
    const known = values[input];
    if (!known || column.protected || followers.has(input) || !isKnown(column, current)) return;
    levers.all.push(leverOf(column, input, current, known, 'any'));
    const direction = column.actionable ?? 'none';
    if (direction === 'none') return;
    levers.actionable.push(leverOf(column, input, current, known, direction));
    levers.thinned ||= known.kind === 'levels' && known.counts.filter(Boolean).length > MOST_LEVELS;
  });
  return levers;
}

/** A gap is no value to start from, and none to propose. */
const isKnown = ({ type, levels }: ManifestColumn, value: number): boolean =>
  type === 'category' ? value >= 0 && value < (levels?.length ?? 0) : Number.isFinite(value);

const leverOf = (
  { range, levels }: ManifestColumn,
  input: number,
  current: number,
  known: Occurring,
  direction: Direction,
): Lever =>
  known.kind === 'levels'
    ? levelLever(
        input,
        current,
        known.counts.map((count, code) => (levels?.[code]?.proposed === false ? 0 : count)),
      )
    : numberLever(input, current, known, direction, range);

/** What occurs of a column in the reference (the clients where there is none). */
type Occurring = ({ kind: 'numbers' } & OccurringNumbers) | { kind: 'levels'; counts: Uint32Array };

/** Of each column of a sheet, read once for an open bundle; null of texts. */
const occurring = oncePerBundle(readOccurring);

async function readOccurring(engine: Engine): Promise<(Occurring | null)[]> {
  const source = (await engine.part('reference')) ?? engine.clients.source;
  const found: (Occurring | null)[] = [];
  // Somebody may ask for a client meanwhile.
  const pause = pausing(undefined);
  for (const column of sheetLayout(engine).columns) {
    const values = await source.read(column.name);
    found.push(values && occurringIn(values, column));
    await pause();
  }
  return found;
}

function occurringIn(column: Column, { levels }: ManifestColumn): Occurring | null {
  if (column.kind === 'number') return { kind: 'numbers', ...occurringNumbers(column.values) };
  if (!levels) return null;
  const counts = new Uint32Array(levels.length);
  for (const code of column.codes) if (code >= 0 && code < counts.length) counts[code]++;
  return { kind: 'levels', counts };
}
