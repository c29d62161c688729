import { TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { formatNumber, formatPoints, formatProbability, formatShare } from '../../src/i18n/format';
import { AREAS } from '../../src/i18n/areas';
import { errorText, localText, translate, type MessageKey } from '../../src/i18n/translate';

type Messages = Record<MessageKey, string>;
const inArea = (locale: string, area: string): Messages =>
  JSON.parse(readFileSync(`src/i18n/messages/${locale}/${area}.json`, 'utf8')) as Messages;
const all = (locale: string): Messages => Object.assign({}, ...AREAS.map((area) => inArea(locale, area)));
const [en, fr] = [all('en'), all('fr')];
const keys = Object.keys(en) as MessageKey[];
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte)$/.test(file) && !file.includes('onnx/schema'))
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

const APP = 'pages/App.svelte';
const source = (file: string): string => readFileSync(`src/${file}`, 'utf8');

/** Each page that App fetches with its words: its file, and the areas that come with it. */
const pages = [...source(APP).matchAll(/page\(\(\) => import\('\.\/([^']+)'\)((?:, '\w+')*)\)/g)].map(
  ([, file, areas]) => [`pages/${file}`, [...areas.matchAll(/'(\w+)'/g)].map(([, area]) => area)] as const,
);

/** What a file imports, late or at once, of the rooms that speak; not what App fetches page by page. */
function importsOf(file: string): string[] {
  const at = file === APP ? /import [^;'(]*'(\.[^']+)'/g : /(?:import|from)\s*\(?\s*'(\.[^']+)'/g;
  return [
    ...source(file)
      .replace(/import type [^;]*;/g, '')
      .matchAll(at),
  ]
    .map(([, path]) => join(dirname(file), path))
    .map((path) =>
      [path, `${path}.ts`].find((name) => existsSync(`src/${name}`) && /\.(ts|svelte)$/.test(name)),
    )
    .filter((name) => name !== undefined)
    .filter((name) => /^(pages|widgets|marks|charts|state|report)\//.test(name));
}

function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const imported of importsOf(file)) withImports(imported, seen);
  return seen;
}

const areaOf = new Map(AREAS.flatMap((area) => Object.keys(inArea('en', area)).map((key) => [key, area])));
/** Keys that a file says, whole or put together from a beginning. */
function saidIn(file: string): string[] {
  const text = source(file);
  const whole = [...text.matchAll(/['`]([a-z]+(?:\.[\w-]+)+)['`]/gi)].map(([, key]) => key);
  const begun = [...text.matchAll(/`((?:\w+\.)+)\$\{/g)].flatMap(([, start]) =>
    keys.filter((key) => key.startsWith(start)),
  );
  return [...whole.filter((key) => areaOf.has(key)), ...begun];
}

test('what a page says has come with it, what it imports included', () => {
  expect(pages.length).toBeGreaterThan(6);
  let said = 0;
  const late: string[] = [];
  for (const [page, areas] of [
    ...pages,
    [APP, []] as const,
    ['pages/clients/ClientsPage.svelte', []] as const,
  ])
    for (const file of withImports(page))
      for (const key of saidIn(file)) {
        said++;
        const area = areaOf.get(key) ?? '';
        if (!['shell', 'errors', ...areas].includes(area))
          late.push(`${page}: ${file} says ${key} of ${area}`);
      }
  expect(said).toBeGreaterThan(500);
  expect(late).toEqual([]);
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
