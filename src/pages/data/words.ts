import type { ManifestColumn } from '../../bundle/schema';
import { columnLabel, formatNumber } from '../../i18n/format';
import { localText, type Locale } from '../../i18n/translate';

/** How columns of a table are called: in the bundle's words where it has them. */
export interface ColumnWords {
  label: (name: string) => string;
  level: (column: string, level: string) => string;
}

export function wordsOf(locale: Locale, declared: readonly ManifestColumn[]): ColumnWords {
  const columns = new Map(declared.map((column) => [column.name, column]));
  return {
    label: (name) => {
      const column = columns.get(name);
      return column ? columnLabel(locale, column) : name;
    },
    level: (name, level) => {
      const known = columns.get(name)?.levels?.find(({ value }) => value === level);
      return localText(known?.label, locale, level);
    },
  };
}

/** A value of a column of which nothing is known: four digits that count. */
export function formatCell(locale: Locale, value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Math.abs(value) >= 1000 || Number.isInteger(value)) return formatNumber(locale, value, 0);
  return formatNumber(locale, Number(value.toPrecision(4)), 6);
}
