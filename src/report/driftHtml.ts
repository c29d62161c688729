import type { ManifestColumn } from '../bundle/schema';
import { isPValue } from '../core/drift/bands';
import type { ChunkReport, Comparison } from '../core/drift/compare';
import type { Profile } from '../core/drift/profile';
import type { DriftResult } from '../engine/drift/compare';
import { dateLocale, formatFixed, formatNumber, formatPercent, formatShare } from '../i18n/format';
import { localText, translate, type Locale, type MessageKey } from '../i18n/translate';
import {
  byCountText,
  columnSentence,
  figuresOf,
  formatStability,
  headline,
  orderRows,
  type DriftRow,
} from './driftSummary';
import {
  bandsText,
  otherwiseText,
  columnWords,
  datasetNoteText,
  datasetText,
  formatMeasure,
  noteText,
  qualityTexts,
} from './driftWords';
import { html, Html } from './html';

/** What a report is made from: aggregates, and the words for them. */
export interface DriftDocument {
  locale: Locale;
  title: string;
  /** What is compared with what, in words; the tables' own names by default. */
  sides?: { reference: string; current: string };
  /** The bundle, or the two files. */
  subtitle: string;
  at: Date;
  comparison: Comparison;
  /** What it means to the model; null where there is none. */
  result: DriftResult | null;
  rows: readonly DriftRow[];
  columns: readonly ManifestColumn[];
}

/**
 * A comparison as one HTML file that needs nothing else: no script, no request, no row of the data. Some 2 kB a
 * column.
 */
export function driftHtml(given: DriftDocument): string {
  const say = (key: MessageKey, params?: Record<string, string | number>) =>
    translate(given.locale, key, params);
  const rows = orderRows(given.rows, 'weight');
  const { comparison, result, locale } = given;
  const date = new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'long', timeStyle: 'short' }).format(
    given.at,
  );
  const body = html`<header>
      <h1>${say('drift.report.title', { title: given.title })}</h1>
      <p>${given.subtitle} · ${date}</p>
      <p>
        ${say('drift.side.title.reference')}: ${given.sides?.reference ?? comparison.reference.name},
        ${count(locale, comparison.reference.rows)} · ${say('drift.side.title.current')}:
        ${given.sides?.current ?? comparison.current.name}, ${count(locale, comparison.current.rows)} ·
        ${say(`drift.preset.${comparison.preset}`)}
      </p>
    </header>
    <p class="lead">
      ${result ? headline(locale, given.rows, result) : datasetText(locale, comparison)}
      ${byCountText(locale, given.rows)} ${otherwiseText(locale, comparison)}
    </p>
    ${result ? figures(given, result) : ''} ${notes(given)}
    <table>
      <caption>
        ${bandsText(locale)}
      </caption>
      <thead>
        <tr>
          <th>${say('drift.column')}</th>
          ${result?.model && html`<th class="n">${say('drift.importance')}</th>`}
          <th class="n">${say('drift.stability')}</th>
          <th>${say('drift.distribution')}</th>
          <th class="n">${say('drift.missing')}</th>
          ${comparison.preset !== 'psi' && html`<th class="n">${say('drift.test')}</th>`}
          <th class="n">${say('drift.p')}</th>
          <th class="n">${say('drift.adjusted')}</th>
          <th>${say('drift.verdict')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => columnRow(given, row))}
      </tbody>
    </table>
    ${overTime(given)}
    <footer><p>${say('drift.report.foot')}</p></footer>`;
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html`${say('drift.report.title', { title: given.title })}`.text}</title><style>${STYLE}</style></head>
<body>${squeezed(body.text)}</body></html>
`;
}

/** Blanks between elements cost a third of the file. */
const squeezed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .replace(/> +</g, '><');

const count = (locale: Locale, value: number): string => formatNumber(locale, value, 0);

function figures({ rows, locale }: DriftDocument, result: DriftResult): Html {
  const say = (key: MessageKey, params?: Record<string, string | number>) => translate(locale, key, params);
  const found = figuresOf(rows, result);
  const items: [string, string][] = [
    [say('drift.drifted'), `${found.drifted} ${say('drift.ofFeatures', { count: found.features })}`],
    [say('drift.watch'), String(found.watch)],
  ];
  if (found.affected !== null) items.push([say('drift.affected'), formatPercent(locale, found.affected)]);
  if (found.accepted)
    items.push([
      say('drift.accepted'),
      say('drift.fromTo', {
        from: formatPercent(locale, found.accepted.reference),
        to: formatPercent(locale, found.accepted.current),
      }),
    ]);
  if (result.model) items.push([say('drift.changed'), formatPercent(locale, result.model.changed)]);
  return html`<dl>
    ${items.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function notes({ locale, comparison, result }: DriftDocument): Html[] {
  const made = result ? [result.sides.reference.note, result.sides.current.note] : [];
  const texts = [
    ...made.filter((note) => note !== null).map((note) => localText(note, locale, '')),
    ...comparison.notes.map((note) => datasetNoteText(locale, note)),
  ];
  return texts.map((text) => html`<p>${text}</p>`);
}

function columnRow(given: DriftDocument, row: DriftRow): Html {
  const { locale } = given;
  const { column } = row;
  const say = (key: MessageKey, params?: Record<string, string | number>) => translate(locale, key, params);
  const words = columnWords(locale, column.name, given.result, given.columns);
  const [test] = column.tests;
  const missing = [column.missing.reference, column.missing.current].map((share) =>
    Number.isNaN(share) ? '–' : formatPercent(locale, share),
  );
  const remarks = [
    columnSentence(locale, row, words.number, words.level),
    ...(column.byCountAlone
      ? [say('drift.byCount', { value: formatMeasure(locale, column.stability) })]
      : []),
    ...column.notes.map((note) => noteText(locale, note)),
    ...qualityTexts(locale, column, words.level),
  ].filter(Boolean);
  return html`<tr>
    <th>
      ${row.label}${row.label !== column.name && html`<code>${column.name}</code>`}
      <small>${remarks.join(' ')} ${details(locale, row, words)}</small>
    </th>
    ${
      given.result?.model &&
      html`<td class="n">${row.importance === null ? '' : formatPercent(locale, row.importance)}</td>`
    }
    <td class="n"><b>${formatStability(locale, column.stability)}</b></td>
    <td>${column.profile && spark(column.profile)}</td>
    <td class="n">
      ${missing[0] === missing[1] ? missing[0] : say('drift.fromTo', { from: missing[0], to: missing[1] })}
    </td>
    ${
      given.comparison.preset !== 'psi' &&
      html`<td class="n">
        ${
          test &&
          html`${say(`drift.test.${test.test}` as MessageKey)}
          ${formatMeasure(locale, test.value, isPValue(test.test))}`
        }
      </td>`
    }
    <td class="n">${formatMeasure(locale, column.p, true)}</td>
    <td class="n">${formatMeasure(locale, column.adjusted, true)}</td>
    <td class="${row.ring}">${say(`drift.ring.${row.ring}`)}</td>
  </tr>`;
}

/** Quantiles of numbers, shares of levels. */
function details(locale: Locale, { column }: DriftRow, words: ReturnType<typeof columnWords>): string {
  const { profile } = column;
  if (!profile) return '';
  if (profile.kind === 'number') {
    const { at, reference, current } = profile.quantiles;
    const shown = (value: number) => (Number.isNaN(value) ? '–' : words.number(value));
    return [0.05, 0.5, 0.95]
      .map((q) => at.indexOf(q))
      .map((i) => `${formatShare(locale, at[i])}: ${shown(reference[i])} → ${shown(current[i])}`)
      .join(' · ');
  }
  return profile.levels
    .slice(0, 8)
    .map((level, i) => {
      const [from, to] = [profile.reference[i], profile.current[i]].map((share) =>
        formatPercent(locale, share),
      );
      return `${words.level(level)}: ${from} → ${to}`;
    })
    .join(' · ');
}

/** Both distributions, 100 wide and 24 high. */
function spark(profile: Profile): Html {
  // A side without a value has no shares.
  const known = (share: number) => (Number.isNaN(share) ? 0 : share);
  const most = Math.max(...Array.from([...profile.reference, ...profile.current], known), 1e-9);
  const n = profile.reference.length;
  const x = (i: number) => Math.round(((i + 0.5) / n) * 100);
  const y = (share: number) => Math.round(23 - (known(share) / most) * 22);
  const line = (shares: Float64Array) => Array.from(shares, (share, i) => `${x(i)} ${y(share)}`).join('L');
  if (profile.kind === 'number' && !(profile.perValue && n <= 12))
    return html`<svg viewBox="0 0 100 24">
      <path class="r" d="M0 23L${line(profile.reference)}L100 23Z" />
      <path class="c" d="M${line(profile.current)}" />
    </svg>`;
  const shown = profile.kind === 'level' ? Math.min(8, n) : n;
  const bars = (shares: Float64Array, from: number, width: number) =>
    Array.from({ length: shown }, (_, i) => {
      const left = Math.round((i / shown) * 100 + from);
      return `M${left} 23V${y(shares[i])}h${width}V23Z`;
    }).join('');
  const width = Math.max(1, Math.floor(44 / shown));
  return html`<svg viewBox="0 0 100 24">
    <path class="r" d="${bars(profile.reference, 0, width)}" />
    <path class="b" d="${bars(profile.current, width, Math.max(1, width >> 1))}" />
  </svg>`;
}

/** Chunk by chunk: alerts, estimated and measured performance. */
function overTime({ locale, comparison }: DriftDocument): Html | '' {
  const { chunks } = comparison;
  if (chunks.length < 2) return '';
  const say = (key: MessageKey, params?: Record<string, string | number>) => translate(locale, key, params);
  const figure = (value: number) => (Number.isFinite(value) ? formatFixed(locale, value, 3) : '–');
  const alerts = ({ columns }: ChunkReport) =>
    new Set(columns.filter(({ alert }) => alert).map(({ name }) => name)).size;
  const metrics = chunks[0].metrics.map(({ name }) => name);
  return html`<h2>${say('drift.overTime')}</h2>
    ${metrics.length > 0 && html`<p>${say('performance.tableNote')}</p>`}
    <table>
      <thead>
        <tr>
          <th>${say('drift.chunks')}</th>
          <th class="n">${say('drift.rowsShort')}</th>
          <th class="n">${say('drift.alerts')}</th>
          ${metrics.map((name) => html`<th class="n">${say(`performance.metric.${name}`)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${chunks.map(
          (chunk) =>
            html`<tr>
              <th>${chunk.start.slice(0, 10) || chunk.index + 1}</th>
              <td class="n">${count(locale, chunk.rows)}</td>
              <td class="n">${alerts(chunk)}</td>
              ${chunk.metrics.map(
                ({ estimated, realized, alert }) =>
                  html`<td class="n">
                    <b>${figure(estimated)}${alert && ' •'}</b><br />${figure(realized)}
                  </td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>`;
}

const STYLE = `
:root{color-scheme:light dark;--ink:#17181a;--soft:#5c5f64;--line:#dcdcd8;--fill:#d3d4d3;--bg:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#ededea;--soft:#a2a5aa;--line:#33363a;--fill:#43474d;--bg:#141517}}
body{margin:24px auto;max-width:1180px;padding:0 20px;background:var(--bg);color:var(--ink);font:13px/1.45 system-ui,sans-serif}
h1{font-size:20px;margin:0}h2{font-size:15px;margin:32px 0 4px}p{margin:4px 0;color:var(--soft);max-width:110ch}.lead{color:var(--ink);font-size:15px;margin:16px 0}
dl{display:flex;flex-wrap:wrap;gap:8px 36px;margin:12px 0}dt{color:var(--soft);font-size:12px}dd{margin:0;font-size:17px;font-weight:600}
table{width:100%;border-collapse:collapse;margin-top:16px;font-variant-numeric:tabular-nums}caption{text-align:left;color:var(--soft);padding-bottom:6px}
th,td{text-align:left;vertical-align:top;padding:6px 8px;border-bottom:1px solid var(--line)}thead th{color:var(--soft);font-weight:500;font-size:12px;position:sticky;top:0;background:var(--bg)}
tbody th{font-weight:600;min-width:280px;overflow-wrap:anywhere}td{white-space:nowrap}small{display:block;font-weight:400;color:var(--soft)}code{margin-left:8px;color:var(--soft);font-weight:400}
.n{text-align:right;white-space:nowrap}svg{width:100px;height:24px}.r{fill:var(--fill)}.c{fill:none;stroke:var(--ink);stroke-width:1.4}.b{fill:var(--ink)}
.drifted{font-weight:700}.drifted::before{content:"● "}.watch::before{content:"◐ "}.stable::before{content:"○ "}
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}thead th{position:static}}
@media(max-width:760px){table{display:block;overflow-x:auto}}`;
