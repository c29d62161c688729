import { folded } from '../../core/text';
import type { BundleView } from '../../engine/bundleView';
import type { ClientView } from '../../engine/client/view';
import { columnLabel, formatDate, formatValue } from '../../i18n/format';
import { localText, type Locale } from '../../i18n/translate';
import { typicalOf } from '../../report/decisionText';

/** One column of a client's data, in the reader's words. */
export interface DataRow {
  name: string;
  label: string;
  help: string;
  /** "" when missing. */
  value: string;
  typical: string;
  source: string;
  /** Day the value is of; "" when the bundle does not say. */
  asOf: string;
  flag: ClientView['cells'][number]['flag'];
  /** The model uses it. */
  used: boolean;
}

export function dataRows(bundle: BundleView, client: ClientView, locale: Locale): DataRow[] {
  const columns = new Map(bundle.manifest.columns.map((column) => [column.name, column]));
  const sources = new Map(bundle.manifest.sources?.map((source) => [source.id, source.label]));
  return client.cells.map(({ column: name, value, flag }) => {
    const column = columns.get(name) ?? { name };
    const typical = typicalOf(bundle, name);
    return {
      name,
      label: columnLabel(locale, column),
      help: localText(column.help, locale, ''),
      value: value === null ? '' : formatValue(locale, column, value),
      typical: typical === null ? '' : formatValue(locale, column, typical),
      source: column.source ? localText(sources.get(column.source), locale, column.source) : '',
      asOf: column.asOf ? formatDate(locale, column.asOf) : '',
      flag,
      used: column.role === 'feature',
    };
  });
}

/** Rows whose label, name, help or value hold what was typed; only the flagged ones if asked. */
export function searchRows(rows: readonly DataRow[], search: string, flagged: boolean): DataRow[] {
  const wanted = folded(search.trim());
  return rows.filter(
    (row) =>
      (!flagged || row.flag !== null) &&
      folded(`${row.label}\n${row.name}\n${row.help}\n${row.value}`).includes(wanted),
  );
}
