import type { ManifestColumn } from '../../bundle/schema';
import type { BundleView } from '../../engine/bundleView';
import { columnLabel, formatNumber, formatValue } from '../../i18n/format';
import { locale } from '../../state/locale.svelte';

/** The model's input columns, in its order. */
export function columnsOf({ manifest }: BundleView): ManifestColumn[] {
  const declared = new Map(manifest.columns.map((column) => [column.name, column]));
  return manifest.model.inputs.flatMap(({ columns }) =>
    columns.map((name) => declared.get(name) ?? { name, role: 'feature', type: 'number' }),
  );
}

export const labelsOf = (bundle: BundleView): string[] =>
  columnsOf(bundle).map((column) => columnLabel(locale.current, column));

/** An input as the model takes it, in the words of the dictionary: codes are levels. */
export function inputLabel(column: ManifestColumn, value: number): string {
  const level = column.type === 'category' ? column.levels?.[value] : undefined;
  if (level) return formatValue(locale.current, column, level.value);
  return formatNumber(locale.current, value, Math.abs(value) < 10 ? 2 : 0);
}

/** One column of a row-major matrix. */
export function columnAt(matrix: Float32Array | Float64Array, width: number, column: number): Float64Array {
  return Float64Array.from({ length: matrix.length / width }, (_, i) => matrix[i * width + column]);
}
