import { TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatNumber, formatPoints, formatProbability, formatShare } from '../../src/i18n/format';
import { AREAS, type Area } from '../../src/i18n/areas';
import { errorText, localText, translate, type MessageKey } from '../../src/i18n/translate';

type Messages = Record<MessageKey, string>;
const inArea = (locale: string, area: string): Messages =>
  JSON.parse(readFileSync(`src/i18n/messages/${locale}/${area}.json`, 'utf8')) as Messages;
const all = (locale: string): Messages => Object.assign({}, ...AREAS.map((area) => inArea(locale, area)));
const [en, fr] = [all('en'), all('fr')];
const keys = Object.keys(en) as MessageKey[];
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte)$/.test(file) && !file.includes('schema'))
  .map((file) => readFileSync(`src/${file}`, 'utf8'))
  .join('\n');
const declared =
  /interface Params \{([\s\S]*?)\n\}/.exec(readFileSync('src/core/errors.ts', 'utf8'))?.[1] ?? '';
const codes = [...declared.matchAll(/^ {2}'?([a-z-]+)'?: (?:\{|Record<)/gm)].map((match) => match[1]);

test('both languages have the same messages in the same areas', () => {
  for (const area of AREAS)
    expect([area, Object.keys(inArea('fr', area))]).toEqual([area, Object.keys(inArea('en', area))]);
  expect(readdirSync('src/i18n/messages/en').sort()).toEqual(AREAS.map((area) => `${area}.json`).sort());
});

/** The areas that a folder's files may speak from, besides what is always there (src/pages/App.svelte). */
const SPEAKS: Record<string, Area[]> = {
  'pages/client': ['client'],
  'pages/model': ['model', 'client'],
  'pages/drift': ['drift'],
  'pages/make': ['make'],
  'pages/about': ['about'],
  'pages/settings': ['settings', 'drift'],
  report: ['drift'],
  i18n: ['algorithm', 'errors'],
};

test('what a page says has come with it', () => {
  const areaOf = new Map(AREAS.flatMap((area) => Object.keys(inArea('en', area)).map((key) => [key, area])));
  for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ts|svelte)$/.test(file) || !/^(pages|widgets|marks|charts|state|report|i18n)/.test(file))
      continue;
    const folder = Object.keys(SPEAKS).find((name) => file.startsWith(`${name}/`));
    const allowed: Area[] = ['shell', 'errors', ...(folder ? SPEAKS[folder] : [])];
    const said = [...readFileSync(`src/${file}`, 'utf8').matchAll(/['`]([a-z]+(?:\.[\w-]+)+)['`]/gi)];
    for (const [, key] of said) {
      const area = areaOf.get(key);
      if (area) expect.soft([file, key, allowed.includes(area as Area)]).toEqual([file, key, true]);
    }
  }
});

test('every error has a sentence, and every error sentence an error', () => {
  const sentences = keys.filter(
    (key) => key.startsWith('error.') && !['error.title', 'error.retry', 'error.toBundles'].includes(key),
  );
  expect(codes.length).toBeGreaterThan(50);
  expect(sentences.map((key) => key.slice('error.'.length)).sort()).toEqual([...codes].sort());
});

test('every error code is thrown somewhere', () => {
  const unused = codes.filter(
    (code) =>
      !sources.includes(`ScoredeskError('${code}'`) &&
      !new RegExp(`['"]${code}['"][,)\\s:]`).test(sources.replace(/interface Params \{[\s\S]*?\n\}/, '')),
  );
  expect(unused).toEqual([]);
});

/** Beginnings of keys that are put together, as in t(`model.kind.${kind}`). */
const begun = [...sources.matchAll(/(?:\bt\(|translate\(\w+, )`((?:\w+\.)+)\$\{/g)].map(([, start]) => start);

test('every other message is used', () => {
  const unused = keys.filter(
    (key) =>
      !(key.startsWith('error.') && codes.includes(key.slice(6))) &&
      !sources.includes(`'${key}'`) &&
      !begun.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});

test('both languages want the same parameters', () => {
  for (const key of keys) expect([key, parametersOf(fr[key])]).toEqual([key, parametersOf(en[key])]);
});

function parametersOf(message: string): string[] {
  const names = new Set<string>();
  const visit = (elements: MessageFormatElement[]): void => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
      names.add(element.value);
      if (element.type === TYPE.plural || element.type === TYPE.select)
        for (const option of Object.values(element.options)) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst());
  return [...names].sort();
}

test('French has its spaces: no-break before : ; ? ! and in thousands', () => {
  for (const text of Object.values(fr)) expect(text).not.toMatch(/ [;:?!»]|« /);
  expect(translate('fr', 'bundles.bytes', { done: 1234, total: 5678 })).toBe(
    '1\u00A0234 sur 5\u00A0678 octets',
  );
});

test('a select without a name', () => {
  const params = { file: 'f.csv', column: 'agee' };
  expect(errorText('en', { code: 'column-unknown', params: { ...params, nearest: 'age' } })).toBe(
    'f.csv has no column agee. Did you mean age?',
  );
  expect(errorText('en', { code: 'column-unknown', params: { ...params, nearest: '' } })).toBe(
    'f.csv has no column agee. Check the name.',
  );
});

test('probabilities never read 0 % or 100 %', () => {
  expect([0.00001, 0.0004, 0.559, 0.9995, 0.999999].map((p) => formatProbability('en', p))).toEqual([
    '<\u00A00.01%',
    '0.04%',
    '55.9%',
    '99.95%',
    '>\u00A099.99%',
  ]);
  expect(formatProbability('fr', 0.559)).toBe('55,9\u00A0%');
  // A figure never seems to be on the other side of a threshold.
  expect([0.1299, 0.12999, 0.13, 0.1301].map((p) => formatProbability('en', p, [0.13]))).toEqual([
    '12.99%',
    '12.999%',
    '13.0%',
    '13.0%',
  ]);
  expect(formatShare('en', 0.091)).toBe('9.1%');
});

test('points and numbers', () => {
  expect([
    formatPoints('en', 17),
    formatPoints('en', -8),
    formatPoints('en', 0),
    formatPoints('en', -0),
  ]).toEqual(['+17', '−8', '0', '0']);
  expect(formatNumber('fr', -Infinity)).toBe('−∞');
});

test('texts fall back: asked language, en, first, raw name', () => {
  expect(localText({ en: 'a', fr: 'b' }, 'fr', 'x')).toBe('b');
  expect(localText({ en: 'a' }, 'fr', 'x')).toBe('a');
  expect(localText({ de: 'c' }, 'fr', 'x')).toBe('c');
  expect(localText(undefined, 'fr', 'x')).toBe('x');
});
