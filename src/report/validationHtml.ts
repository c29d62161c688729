import type { Manifest } from '../bundle/schema';
import { FOUR_FIFTHS, LEAST_ROWS } from '../core/metrics/fairness';
import type { FairnessColumn, ValidationView } from '../engine/model/validation';
import { dateLocale, formatFixed, formatNumber, formatPercent, formatShare } from '../i18n/format';
import { translate, type Locale, type MessageKey, type MessageParams } from '../i18n/translate';
import { costUnit } from './amounts';
import { html, type Html } from './html';
import {
  calibrationSentence,
  decisionTexts,
  fairnessTitle,
  groupName,
  ksText,
  leftOutText,
  measuredOn,
  moneyTexts,
  rankingTexts,
  shareText,
  stabilityTexts,
  type FigureText,
} from './validationWords';

/** What a report of a validation is made from. */
export interface ValidationDocument {
  locale: Locale;
  title: string;
  /** Bundle, version and fingerprint. */
  subtitle: string;
  at: Date;
  manifest: Pick<Manifest, 'columns' | 'decision' | 'currency' | 'model'>;
  view: ValidationView;
}

const STYLE = `:root{color-scheme:light}body{max-width:960px;margin:32px auto;padding:0 20px;font:14px/1.45 system-ui,sans-serif;color:#191a1c}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:26px 0 6px;padding-top:10px;border-top:1px solid #c8c8c3}p{margin:4px 0}
table{width:100%;border-collapse:collapse;margin:6px 0;font-variant-numeric:tabular-nums}th,td{padding:4px 10px 4px 0;border-bottom:1px solid #e3e3df;text-align:left;font-weight:400;vertical-align:top}
thead th{color:#62656a;font-size:12px}.n{text-align:right}small,.q{color:#62656a;font-size:12px}small{display:block}.w{font-weight:600}.c{display:flex;flex-wrap:wrap;gap:24px}
svg{width:250px;height:250px;overflow:visible}svg .a{stroke:#808388;fill:none}svg .l{stroke:#191a1c;stroke-width:1.75;fill:none}svg .o{stroke:#85888d}.o{color:#85888d}svg circle{fill:#fff;stroke:#191a1c;stroke-width:1.5}
figure{margin:0}figcaption{font-weight:600}tr,figure{break-inside:avoid}`;

/** A validation as one HTML file that needs nothing else: no script, no request, no row of the data. */
export function validationHtml(given: ValidationDocument): string {
  const { locale, view, title } = given;
  const say = (key: MessageKey, params?: MessageParams) => translate(locale, key, params);
  const { validation } = view;
  const date = new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'long' }).format(given.at);
  const heading = say('validation.report', { title });
  const line = (curve: { x: readonly number[]; y: readonly number[] }) =>
    curve.x.map((x, i): [number, number] => [x, curve.y[i]]);
  const body = html`<h1>${heading}</h1>
    <p class="q">${given.subtitle} · ${date}</p>
    <p class="${view.on === 'reference' ? 'w' : ''}">${measuredOn(locale, view)}</p>
    <h2>${say('validation.ranking')}</h2>
    ${figureTable(rankingTexts(locale, validation))}
    <p class="q">${say('validation.intervals')}</p>
    <h2>
      ${say('validation.atThreshold', { threshold: formatShare(locale, given.manifest.decision.threshold) })}
    </h2>
    ${confusionTable(given, say)} ${figureTable(decisionTexts(locale, view))}
    <div class="c">
      ${chart(say('validation.roc'), say('validation.repayersRefused'), say('validation.defaultsCaught'), {
        line: line(validation.roc),
      })}
      ${chart(say('validation.ksPlot'), say('validation.scoreAxis'), say('validation.shareBelow'), {
        line: line({ x: validation.cumulative.at, y: validation.cumulative.defaults }),
        other: line({ x: validation.cumulative.at, y: validation.cumulative.repaid }),
        names: [say('validation.defaultsBelow'), say('validation.repaidBelow')],
      })}
      ${chart(say('validation.reliability'), say('validation.expected'), say('validation.observed'), {
        dots: validation.bands.map(({ expected, observed }) => [expected, observed]),
      })}
      ${chart(say('validation.gains'), say('validation.riskiest'), say('validation.defaultsCaught'), {
        line: [[0, 0], ...validation.gains.map(({ refused, caught }): [number, number] => [refused, caught])],
      })}
    </div>
    <p>${ksText(locale, validation)} ${calibrationSentence(locale, validation)}</p>
    <h2>${say('validation.bands')}</h2>
    ${bandTable(given, say)}
    <h2>${say('validation.gains')}</h2>
    ${gainTable(given, say)}
    <h2>${say('validation.stability')}</h2>
    ${stabilityTable(given, say)}
    <h2>${say('validation.fairness')}</h2>
    ${
      view.fairness.length === 0
        ? html`<p>${say('validation.noProtected')}</p>`
        : html`<p class="q">${say('validation.fairnessHelp', { least: LEAST_ROWS })}</p>
            ${view.fairness.map((found) => fairnessTable(given, found, say))}`
    }`;
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html`${heading}`.text}</title><style>${STYLE}</style></head>
<body>${body.text}</body></html>
`;
}

type Saying = (key: MessageKey, params?: MessageParams) => string;

const figureTable = (rows: readonly FigureText[]): Html =>
  html`<table>
    <tbody>
      ${rows.map(
        ({ label, value, interval, note }) =>
          html`<tr>
            <th scope="row">${label}</th>
            <td class="n w">${value}</td>
            <td class="q">${interval || note}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

function confusionTable({ locale, view, manifest }: ValidationDocument, say: Saying): Html {
  const { mistakes } = view.validation.decisions;
  const money = moneyTexts(locale, view, costUnit(locale, manifest));
  const count = (value: number) => formatNumber(locale, Math.round(value), 0);
  return html`<table>
    <thead>
      <tr>
        <td></td>
        <th class="n">${say('validation.notRefused')}</th>
        <th class="n">${say('decision.refused')}</th>
      </tr>
    </thead>
    <tbody>
      <tr>
        <th>${say('validation.repaid')}</th>
        <td class="n">${count(mistakes.trueNegative)}<small>${money.trueNegative}</small></td>
        <td class="n w">
          ${count(mistakes.falsePositive)}<small
            >${say('validation.marginLost')} · ${money.falsePositive}</small
          >
        </td>
      </tr>
      <tr>
        <th>${say('validation.defaulted')}</th>
        <td class="n w">
          ${count(mistakes.falseNegative)}<small>${say('validation.loss')} · ${money.falseNegative}</small>
        </td>
        <td class="n">
          ${count(mistakes.truePositive)}<small>${say('validation.caught')} ${money.truePositive}</small>
        </td>
      </tr>
    </tbody>
  </table>`;
}

function bandTable({ locale, view }: ValidationDocument, say: Saying): Html {
  const percent = (share: number) => formatPercent(locale, share);
  return html`<table>
    <thead>
      <tr>
        <th>${say('validation.scores')}</th>
        <th class="n">${say('validation.rows')}</th>
        <th class="n">${say('validation.expected')}</th>
        <th class="n">${say('validation.observed')}</th>
        <th>${say('validation.range')}</th>
      </tr>
    </thead>
    <tbody>
      ${view.validation.bands.map(
        ({ from, to, rows, expected, observed, interval }) =>
          html`<tr>
            <th>${say('validation.band', { from: percent(from), to: percent(to) })}</th>
            <td class="n">${formatNumber(locale, rows, 0)}</td>
            <td class="n">${percent(expected)}</td>
            <td class="n">${percent(observed)}</td>
            <td class="q">
              ${say('validation.interval', { from: percent(interval[0]), to: percent(interval[1]) })}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function gainTable({ locale, view }: ValidationDocument, say: Saying): Html {
  return html`<table>
    <thead>
      <tr>
        <th>${say('validation.riskiest')}</th>
        <th class="n">${say('validation.defaultsCaught')}</th>
        <th class="n">${say('validation.lift')}</th>
      </tr>
    </thead>
    <tbody>
      ${view.validation.gains.map(
        ({ refused, caught, lift }) =>
          html`<tr>
            <th>${formatShare(locale, refused)}</th>
            <td class="n">${formatPercent(locale, caught)}</td>
            <td class="n">${formatFixed(locale, lift, 2)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function stabilityTable({ locale, view: { stability } }: ValidationDocument, say: Saying): Html {
  if (!stability) return html`<p>${say('validation.noStability')}</p>`;
  return html`<p class="q">${say(`validation.stabilityOn.${stability.on}`, { period: stability.period })}</p>
    <table>
      <thead>
        <tr>
          <th>${say('validation.period')}</th>
          <th class="n">${say('validation.rows')}</th>
          <th class="n">${say('validation.expected')}</th>
          <th class="n">${say('validation.observed')}</th>
          <th class="n">${say('validation.figure.approved')}</th>
          <th class="n">${say('validation.figure.auc')}</th>
          <th>${say('validation.aucRange')}</th>
        </tr>
      </thead>
      <tbody>
        ${stabilityTexts(locale, stability).map(
          (row) =>
            html`<tr>
              <th>${row.period}</th>
              <td class="n">${row.rows}</td>
              <td class="n">${row.expected}</td>
              <td class="n">${row.observed}</td>
              <td class="n">${row.approved}</td>
              <td class="n">${row.auc}</td>
              <td class="q">${row.range}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function fairnessTable(given: ValidationDocument, found: FairnessColumn, say: Saying): Html {
  const { locale, manifest } = given;
  const inputs = manifest.model.inputs.flatMap((input) => input.columns);
  const column = manifest.columns.find(({ name }) => name === found.column) ?? { name: found.column };
  const leftOut = leftOutText(locale, column, found);
  return html`<table>
      <thead>
        <tr>
          <th class="w">${fairnessTitle(locale, column, inputs.includes(found.column))}</th>
          <th class="n">${say('validation.rows')}</th>
          <th class="n">${say('validation.figure.approved')}</th>
          <th class="n">${say('validation.ratio')}</th>
          <th class="n">${say('validation.observed')}</th>
          <th class="n">${say('validation.expected')}</th>
          <th class="n">${say('validation.figure.recall')}</th>
          <th class="n">${say('validation.figure.falsePositiveRate')}</th>
          <th class="n">${say('validation.figure.auc')}</th>
        </tr>
      </thead>
      <tbody>
        ${found.groups.map((group) => {
          const cells = [group.approved, group.defaulted, group.recall, group.falsePositiveRate].map(
            (share) => {
              const { value, interval } = shareText(locale, share);
              return html`<td class="n">${value}<small>${interval}</small></td>`;
            },
          );
          return html`<tr>
            <th>${groupName(locale, column, found, group)}</th>
            <td class="n">${formatNumber(locale, group.rows, 0)}</td>
            ${cells[0]}
            <td class="n ${group.ratio < FOUR_FIFTHS ? 'w' : ''}">
              ${group.ratio < FOUR_FIFTHS ? '⚠ ' : ''}${formatPercent(locale, group.ratio)}
            </td>
            ${cells[1]}
            <td class="n">${formatPercent(locale, group.expected)}</td>
            ${cells[2]} ${cells[3]}
            <td class="n">${group.auc === null ? '—' : formatFixed(locale, group.auc, 3)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
    ${leftOut && html`<p class="q">${leftOut}</p>`}`;
}

type Places = readonly (readonly [number, number])[];

/** Two shares against each other, with the diagonal of chance or of a perfect score. */
function chart(
  title: string,
  x: string,
  y: string,
  {
    line = [],
    other = [],
    dots = [],
    names,
  }: { line?: Places; other?: Places; dots?: Places; names?: readonly [string, string] },
): Html {
  const at = ([a, b]: readonly [number, number]) => `${(200 * a).toFixed(1)} ${(200 - 200 * b).toFixed(1)}`;
  return html`<figure>
    <figcaption>${title}</figcaption>
    <p class="q">${y}</p>
    <svg viewBox="0 0 200 200" role="img" aria-label="${title}">
      <path class="a" d="M0 0V200H200" />
      ${names ? '' : html`<path class="a" stroke-dasharray="3 3" d="M0 200L200 0" />`}
      ${other.length > 0 && html`<path class="l o" d="M${other.map(at).join('L')}" />`}
      ${line.length > 0 && html`<path class="l" d="M${line.map(at).join('L')}" />`}
      ${dots.map(([a, b]) => html`<circle cx="${(200 * a).toFixed(1)}" cy="${(200 - 200 * b).toFixed(1)}" r="4" />`)}
    </svg>
    <p class="q">${x}</p>
    ${names && html`<p class="q"><b>—</b> ${names[0]} · <span class="o">—</span> ${names[1]}</p>`}
  </figure>`;
}
