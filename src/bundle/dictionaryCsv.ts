import { ScoredeskError } from '../core/errors';
import { readTable } from '../core/table/read';
import { texts, type Table } from '../core/table/table';
import type { Dictionary } from './schema';
import { parseDictionary } from './validate';

/**
 * A dictionary as a table, one row a column, for people who work in a spreadsheet. An empty cell says nothing.
 * Texts are in `<what>_en` and `<what>_fr`; `levels` and their labels are divided by "|", in the order of the codes
 * (a bar or a backslash in a level is written after a backslash).
 *
 * @throws dictionary-invalid with the row's column; what `readTable` throws
 */
export async function readDictionaryCsv(bytes: Uint8Array, file: string): Promise<Dictionary> {
  const table = await readTable(bytes, file, { text: HEADER });
  const unknown = [...table.columns.keys()].find((name) => !HEADER.includes(name));
  if (unknown !== undefined || !table.columns.has('name'))
    throw new ScoredeskError('dictionary-invalid', {
      path: unknown ?? 'name',
      found: unknown === undefined ? 'nothing' : `a column ${unknown.slice(0, 40)}`,
      expected: `columns of ${HEADER.slice(0, 4).join(', ')} …`,
    });
  const columns = rowsOf(table).map(columnOf);
  return parseDictionary(new TextEncoder().encode(JSON.stringify({ columns })));
}

const LANGUAGES = ['en', 'fr'] as const;
const inLanguages = (name: string) => LANGUAGES.map((language) => `${name}_${language}`);
const HEADER = [
  'name',
  'role',
  'type',
  ...inLanguages('label'),
  ...inLanguages('help'),
  'unit',
  'min',
  'max',
  'actionable',
  'monotone',
  'protected',
  'group',
  'source',
  ...inLanguages('up'),
  ...inLanguages('down'),
  'levels',
  ...inLanguages('levels'),
];

type Row = (column: string) => string;

function rowsOf(table: Table): Row[] {
  const cells = new Map([...table.columns].map(([name, column]) => [name, texts(column)]));
  return Array.from({ length: table.rows }, (_, i) => (column) => (cells.get(column)?.[i] ?? '').trim());
}

function columnOf(row: Row): Record<string, unknown> {
  const name = row('name');
  const up = localized(row, 'up');
  const down = localized(row, 'down');
  const out: Record<string, unknown> = {
    name,
    role: said(row('role')),
    type: said(row('type')),
    label: localized(row, 'label'),
    help: localized(row, 'help'),
    unit: said(row('unit')),
    range: rangeOf(row),
    actionable: said(row('actionable')),
    monotone: row('monotone') ? numberOf(row, 'monotone') : undefined,
    protected: row('protected') ? /^(1|true|yes|oui)$/i.test(row('protected')) : undefined,
    group: said(row('group')),
    source: said(row('source')),
    reasons: up || down ? { up, down } : undefined,
    levels: levelsOf(row),
  };
  return Object.fromEntries(Object.entries(out).filter(([, value]) => value !== undefined));
}

const said = (text: string): string | undefined => (text === '' ? undefined : text);

function localized(row: Row, what: string): Record<string, string> | undefined {
  const found = LANGUAGES.map((language) => [language, row(`${what}_${language}`)]).filter(
    ([, text]) => text,
  );
  return found.length ? (Object.fromEntries(found) as Record<string, string>) : undefined;
}

function numberOf(row: Row, cell: string): number {
  const value = Number(row(cell).replace(',', '.'));
  if (!Number.isFinite(value))
    throw new ScoredeskError('dictionary-invalid', {
      path: `${row('name').slice(0, 60)}.${cell}`,
      found: row(cell).slice(0, 40),
      expected: 'a number',
    });
  return value;
}

function rangeOf(row: Row): [number, number] | undefined {
  return row('min') && row('max') ? [numberOf(row, 'min'), numberOf(row, 'max')] : undefined;
}

function levelsOf(row: Row): { value: string; label?: Record<string, string> }[] | undefined {
  if (!row('levels')) return undefined;
  const labels = LANGUAGES.map((language) => [language, divided(row(`levels_${language}`))] as const);
  return divided(row('levels')).map((value, code) => {
    const own = labels.map(([language, list]) => [language, list[code]] as const).filter(([, text]) => text);
    return own.length ? { value, label: Object.fromEntries(own) } : { value };
  });
}

/** Values between bars; a backslash takes the next character as it is. */
function divided(text: string): string[] {
  const out = [''];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '|') out.push('');
    else out[out.length - 1] += text[i] === '\\' ? (text[++i] ?? '') : text[i];
  }
  return out;
}
