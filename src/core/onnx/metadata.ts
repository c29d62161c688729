import type { ModelProto } from './schema/onnx_pb';

/** What the export script writes of a model into the file itself, beside the graph. */
export interface ExportMetadata {
  /** Names of the input columns, in the graph's order. */
  columns: readonly string[];
  /** Levels of the columns that are categories, in the order of their codes. */
  levels: ReadonlyMap<string, readonly string[]>;
  /** What the two classes are called, in the order of the probabilities. */
  classes: readonly string[];
  /** What the rows that trained it were like, as written; undefined where the script was not given them. */
  training: unknown;
}

const KEY = 'scoredesk';

/**
 * The export script's words of a model; null for a file of anybody else, or where they can't be read. In such a file a
 * category is its level's code, NaN where it is missing and -1 where it is no level.
 */
export function exportMetadata(proto: ModelProto): ExportMetadata | null {
  const written = proto.metadataProps.find(({ key }) => key === KEY)?.value;
  if (written === undefined) return null;
  const { format, columns, classes, levels, training } = parsed(written);
  if (format !== 1 || !isTexts(columns) || !isTexts(classes) || classes.length !== 2) return null;
  const known = typeof levels === 'object' && levels !== null ? Object.entries(levels) : [];
  const texts = known.flatMap(([name, values]) => (isTexts(values) ? [[name, values] as const] : []));
  return { columns, classes, levels: new Map(texts), training };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');
