import { lengthOf, type Column } from '../table/table';
import { asLevels, pairOf, present, type Pair } from './sample';
import { aligned, driftTypeOf, isEmpty, type DriftType, type Preset } from './types';

/** Why a column is not compared, or what to know of its comparison; a sentence each in src/i18n. */
export type Note =
  | { code: 'absent-current' }
  | { code: 'absent-reference' }
  | { code: 'no-rows'; side: SideName }
  | { code: 'types-differ'; reference: DriftType; current: DriftType }
  | { code: 'as-codes'; side: SideName }
  | { code: 'all-missing'; side: SideName | 'both' }
  | { code: 'constant' }
  | { code: 'one-chunk' }
  | { code: 'free-text' }
  | { code: 'truth-gaps' }
  | { code: 'too-large' }
  | { code: 'unreadable'; reason: string }
  | { code: 'time' }
  | { code: 'infinite'; rows: number }
  | { code: 'few-rows'; side: SideName; rows: number };

export type SideName = 'reference' | 'current';

/** Both sides of a column, sorted or counted once: what the preset tests, the effect and the chunks all start from. */
export interface ReadyPair {
  type: DriftType;
  pair: Pair | null;
  /** Both sides brought to one type. */
  columns: readonly [reference: Column, current: Column] | null;
  /** What the effect is measured on and what is drawn: numbers stay numbers where the preset takes them for categories. */
  drawn: Pair | null;
  notes: Note[];
  /** There are gaps and levels to count, but nothing that a tool would test. */
  untested: boolean;
}

/** Both sides brought to one type, or why they can't be. */
export function readyPair(reference: Column | null, current: Column | null, preset: Preset): ReadyPair {
  const declared = current ?? reference;
  const type = declared ? driftTypeOf(declared, preset) : 'number';
  const no = (...notes: Note[]): ReadyPair => ({
    type,
    pair: null,
    columns: null,
    drawn: null,
    notes,
    untested: true,
  });
  if (!current) return no({ code: 'absent-current' });
  if (!reference) return no({ code: 'absent-reference' });
  for (const [side, column] of [
    ['reference', reference],
    ['current', current],
  ] as const)
    if (lengthOf(column) === 0) return no({ code: 'no-rows', side });
  if (isEmpty(reference) && isEmpty(current)) return no({ code: 'all-missing', side: 'both' });
  const ofReference = driftTypeOf(reference, preset);
  const known = isEmpty(current) ? ofReference : type;
  if (known === 'time' || ofReference === 'time') return no({ code: 'time' });
  const [a, b] = aligned(reference, current, preset);
  const both = pairOf(a, b);
  if (!both) return no(...mismatch(a, b, ofReference, type));
  if (known === 'text' && !isEmpty(current)) return no({ code: 'free-text' });
  const pair = known === 'category' && both.kind === 'number' ? asLevels(both) : both;
  const [n, m] = [present(both.reference), present(both.current)];
  if (n === 0 && m === 0) return no({ code: 'all-missing', side: 'both' });
  const notes = [...infinities(both), ...tooLarge(both)];
  const ready = { pair, columns: [a, b] as const, drawn: both };
  if (n === 0 || m === 0)
    return {
      ...ready,
      type: known,
      notes: [...notes, { code: 'all-missing', side: n === 0 ? 'reference' : 'current' }],
      untested: true,
    };
  if (preset === 'evidently' && hasTruthGaps(current))
    return { ...ready, type, notes: [...notes, { code: 'truth-gaps' }], untested: true };
  return { ...ready, type, notes, untested: false };
}

/** pandas holds such a column as objects, whose type Evidently does not know. */
const hasTruthGaps = (column: Column): boolean =>
  column.kind === 'number' && column.written === 'truth' && column.values.some(Number.isNaN);

/** Whole numbers beyond 2^53 are not exact. */
function tooLarge(pair: Pair): Note[] {
  if (pair.kind === 'level') return [];
  const beyond = [pair.reference.sorted, pair.current.sorted].some(
    (sorted) =>
      sorted instanceof Float64Array &&
      sorted.length > 0 &&
      Math.max(-sorted[0], sorted[sorted.length - 1]) > Number.MAX_SAFE_INTEGER &&
      sorted.every(Number.isInteger),
  );
  return beyond ? [{ code: 'too-large' }] : [];
}

/** Numbers against texts; whole numbers from 0 on may be the codes of levels. */
function mismatch(reference: Column, current: Column, ofReference: DriftType, ofCurrent: DriftType): Note[] {
  const note: Note = { code: 'types-differ', reference: ofReference, current: ofCurrent };
  for (const [side, column] of [
    ['reference', reference],
    ['current', current],
  ] as const)
    if (column.kind === 'number' && column.values.every((value) => Number.isNaN(value) || isCode(value)))
      return [note, { code: 'as-codes', side }];
  return [note];
}

const isCode = (value: number): boolean => Number.isInteger(value) && value >= -1 && value < 1000;

function infinities(pair: Pair): Note[] {
  if (pair.kind === 'level') return [];
  const { reference, current } = pair;
  const rows = reference.lowest + reference.highest + current.lowest + current.highest;
  return rows > 0 ? [{ code: 'infinite', rows }] : [];
}
