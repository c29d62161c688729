import type { ManifestColumn } from '../bundle/schema';
import type { BundleView } from '../engine/bundleView';
import type { CellValue } from '../engine/client/cells';
import type { ChangesView, PathView } from '../engine/client/changes';
import type { Following } from '../engine/client/sheet';
import type { ClientView } from '../engine/client/view';
import {
  columnLabel,
  formatDate,
  formatPoints,
  formatProbability,
  formatShare,
  formatValue,
  listed,
} from '../i18n/format';
import { DECISION_WORDS } from '../i18n/decisionWords';
import { localText, translate, type Locale } from '../i18n/translate';
import { changeText } from './changeWords';
import { distanceSentence, reasonTexts, type DecidedBy } from './decisionText';

/**
 * What a client is told of a decision, in words: enough for a letter that stands without the bundle (CJEU C-203/22,
 * directive 2023/2225, AI Act art. 86: which data, how they weighed, how a variation would change the result, a review).
 */
export interface Letter {
  bundle: string;
  algorithm: string;
  /** What was asked for: the first columns of the short form. */
  facts: { label: string; value: string }[];
  sentence: string;
  score: string;
  threshold: string;
  /** Ends of the score's axis, in log-odds. */
  domain: [number, number];
  against: LetterReason[];
  inFavour: LetterReason[];
  changes: { what: string; to: string; score: string; result: string }[];
  /** Each source with the columns that came from it, and the day they are of. */
  sources: { label: string; columns: string; asOf: string; contact: string }[];
  rights: string;
  /** Values that were wrong on file. */
  corrected: { label: string; from: string; to: string }[];
}

interface LetterReason {
  label: string;
  value: string;
  note: string;
  points: string;
  /** Points, for the length of its bar. */
  weight: number;
}

const FACTS = 4;
const REASONS = 4;

type Bundle = DecidedBy & Pick<BundleView, 'scale'>;

/** @param talked what would change the decision, and the values that were corrected in the client's file */
export function letterOf(
  locale: Locale,
  bundle: Bundle,
  client: ClientView,
  { changes, corrected }: { changes: Pick<ChangesView, 'paths'>; corrected: readonly Following[] },
): Letter {
  const { manifest } = bundle;
  const columns = new Map(manifest.columns.map((column) => [column.name, column]));
  const { threshold, reviewFrom = threshold } = manifest.decision;
  return {
    bundle: `${localText(manifest.title, locale, manifest.id)} ${manifest.version}`,
    algorithm: localText(manifest.model.algorithm, locale, ''),
    facts: factsOf(locale, manifest.form?.short ?? [], columns, client),
    sentence: distanceSentence(locale, client, bundle),
    score:
      client.decision === 'unscored'
        ? ''
        : formatProbability(locale, client.probability, [threshold, reviewFrom]),
    threshold: formatShare(locale, threshold),
    domain: [...bundle.scale.domain] as [number, number],
    ...reasonsOf(locale, bundle, client),
    changes: changes.paths.map((path) => changeOf(locale, columns, path)),
    sources: sourcesOf(locale, bundle, client),
    rights: rightsOf(locale, manifest.texts ?? {}),
    corrected: corrected.map(({ column: name, from, to }) => {
      const column = columns.get(name) ?? { name };
      const said = (value: CellValue) =>
        value === null ? translate(locale, 'data.missing') : formatValue(locale, column, value);
      return { label: columnLabel(locale, column), from: said(from), to: said(to) };
    }),
  };
}

type Columns = ReadonlyMap<string, ManifestColumn>;

function factsOf(
  locale: Locale,
  names: readonly string[],
  columns: Columns,
  { cells }: ClientView,
): Letter['facts'] {
  const values = new Map(cells.map(({ column, value }) => [column, value]));
  return names.slice(0, FACTS).flatMap((name) => {
    const column = columns.get(name);
    const value = values.get(name) ?? null;
    if (!column || value === null) return [];
    return [{ label: columnLabel(locale, column), value: formatValue(locale, column, value) }];
  });
}

function reasonsOf(locale: Locale, bundle: Bundle, client: ClientView): Pick<Letter, 'against' | 'inFavour'> {
  const { explanation } = client;
  if (!explanation) return { against: [], inFavour: [] };
  const textOf = reasonTexts(locale, bundle, client);
  const said = (reasons: typeof explanation.reasons.against): LetterReason[] =>
    reasons.slice(0, REASONS).map((reason) => {
      const { label, value, note } = textOf(reason, explanation.columns);
      return { label, value, note, points: formatPoints(locale, reason.points), weight: reason.points };
    });
  return { against: said(explanation.reasons.against), inFavour: said(explanation.reasons.inFavour) };
}

function changeOf(locale: Locale, columns: Columns, path: PathView): Letter['changes'][number] {
  const said = path.changes.map((change) =>
    changeText(locale, columns.get(change.column) ?? { name: change.column }, change),
  );
  return {
    what: listed(
      locale,
      said.map(({ label }) => label),
    ),
    to: said.map(({ to, from }) => `${to} (${from})`).join(' · '),
    score: formatProbability(locale, path.probability),
    result: translate(locale, DECISION_WORDS[path.decision]),
  };
}

function sourcesOf(locale: Locale, { manifest }: Bundle, { cells }: ClientView): Letter['sources'] {
  const inputs = new Set(manifest.model.inputs.flatMap((input) => input.columns));
  const used = manifest.columns.filter(
    ({ name }) => inputs.has(name) && cells.some(({ column, value }) => column === name && value !== null),
  );
  const ids = [...new Set(used.map(({ source }) => source ?? ''))];
  return ids.map((id) => {
    const own = used.filter(({ source }) => (source ?? '') === id);
    const declared = manifest.sources?.find((source) => source.id === id);
    const days = [...new Set(own.flatMap(({ asOf }) => (asOf ? [formatDate(locale, asOf)] : [])))];
    return {
      label: id ? localText(declared?.label, locale, id) : translate(locale, 'letter.otherSource'),
      columns: own.map((column) => columnLabel(locale, column)).join(', '),
      asOf: days.join(', '),
      contact: localText(declared?.contact, locale, ''),
    };
  });
}

function rightsOf(locale: Locale, texts: Readonly<Record<string, Parameters<typeof localText>[0]>>): string {
  const own = localText(texts['rights'], locale, translate(locale, 'letter.rights'));
  const contact = localText(texts['contact'], locale, '');
  return [own, contact].filter(Boolean).join(' ');
}
