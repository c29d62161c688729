import type { FileMetaData, SchemaElement } from 'hyparquet';
import { textColumn, type Column, type NumberColumn } from './table';

/** What a column's numbers mean, where hyparquet gives them as they are stored. */
export type Meaning =
  | { kind: 'plain' }
  /** Whole numbers of so many decimals. */
  | { kind: 'decimal'; scale: number }
  /** A time of day or a length of time, in parts of a second. */
  | { kind: 'time' | 'duration'; perSecond: number };

const UNITS: Readonly<Record<string, number>> = { MILLIS: 1e3, MICROS: 1e6, NANOS: 1e9 };
const PANDAS_UNITS: Readonly<Record<string, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };

/** What each column's numbers mean, by the schema, and by what pandas notes of its own types. */
export function meaningsOf(metadata: FileMetaData): (element: SchemaElement) => Meaning {
  const noted = notedTypes(metadata);
  return (element) => meaningOf(element, noted);
}

function meaningOf(element: SchemaElement, noted: ReadonlyMap<string, string>): Meaning {
  const { converted_type: converted, logical_type: logical, scale = 0 } = element;
  if (converted === 'DECIMAL') return { kind: 'decimal', scale };
  if (converted === 'TIME_MILLIS' || converted === 'TIME_MICROS')
    return { kind: 'time', perSecond: UNITS[converted.slice(5)] };
  if (logical?.type === 'TIME') return { kind: 'time', perSecond: UNITS[logical.unit] };
  // Parquet has no type for lengths of time: pandas says in the file's metadata which columns are.
  const unit = /^timedelta64\[(s|ms|us|ns)\]$/.exec(noted.get(element.name) ?? '')?.[1];
  return unit ? { kind: 'duration', perSecond: PANDAS_UNITS[unit] } : { kind: 'plain' };
}

/** numpy's types by column, as pandas notes them. */
function notedTypes({ key_value_metadata: noted }: FileMetaData): Map<string, string> {
  const written = noted?.find(({ key }) => key === 'pandas')?.value;
  try {
    const { columns } = JSON.parse(written ?? '{}') as {
      columns?: { field_name?: string; numpy_type?: string }[];
    };
    return new Map((columns ?? []).map(({ field_name: name, numpy_type: type }) => [name ?? '', type ?? '']));
  } catch {
    return new Map();
  }
}

/**
 * The column as its file means it: decimals are the doubles nearest to them (0.57, not 57 times 0.01), times and lengths of
 * time are texts as pandas writes them to CSV.
 */
export function asMeant(column: Column, meaning: Meaning): Column {
  if (column.kind === 'text' || meaning.kind === 'plain') return column;
  if (meaning.kind === 'decimal') return exactDecimals(column, meaning.scale);
  const write = meaning.kind === 'time' ? clock : length;
  return textColumn(
    Array.from(column.values, (value) => (Number.isNaN(value) ? '' : write(value / meaning.perSecond))),
  );
}

/** A power of ten up to 10^22 is a double, and so is a whole number up to 2^53: their quotient is rounded once. */
const EXACT_SCALE = 22;

function exactDecimals({ values }: NumberColumn, scale: number): NumberColumn {
  const power = Number(`1e${scale}`);
  if (scale > EXACT_SCALE) return { kind: 'number', values };
  const exact = Float64Array.from(values, (value) => {
    const whole = Math.round(value * power);
    return Math.abs(whole) <= Number.MAX_SAFE_INTEGER ? whole / power : value;
  });
  return { kind: 'number', values: exact };
}

const two = (n: number): string => String(n).padStart(2, '0');

/** "03:04:05", with a fraction where there is one. */
function clock(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  const whole = Math.floor(micros / 1e6);
  const fraction = micros - whole * 1e6;
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${two(h)}:${two(m)}:${two(s)}${fraction ? `.${String(fraction).padStart(6, '0')}` : ''}`;
}

/** "-3 days +01:00:00", as pandas counts. */
function length(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  return `${days} days ${days < 0 ? '+' : ''}${clock(seconds - 86_400 * days)}`;
}
