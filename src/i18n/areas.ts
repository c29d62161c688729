import type about from './messages/en/about.json';
import type advice from './messages/en/advice.json';
import type batch from './messages/en/batch.json';
import type bundleTexts from './messages/en/bundleTexts.json';
import type client from './messages/en/client.json';
import type drift from './messages/en/drift.json';
import type errors from './messages/en/errors.json';
import type findings from './messages/en/findings.json';
import type lab from './messages/en/lab.json';
import type make from './messages/en/make.json';
import type model from './messages/en/model.json';
import type portfolio from './messages/en/portfolio.json';
import type records from './messages/en/records.json';
import type settings from './messages/en/settings.json';
import type shell from './messages/en/shell.json';
import type table from './messages/en/table.json';
import type validation from './messages/en/validation.json';

/** The messages by the part of the app that shows them, in English; French has the same (test/i18n holds it). */
interface Areas {
  /** What stands around every page, bundles and the list of clients: needed before the first paint. */
  shell: typeof shell;
  /** Sentences of coded errors. */
  errors: typeof errors;
  client: typeof client;
  /** What is talked over with a client. */
  advice: typeof advice;
  model: typeof model;
  drift: typeof drift;
  /** What a user's table holds that the training did not. */
  findings: typeof findings;
  /** Models being trained. */
  lab: typeof lab;
  make: typeof make;
  about: typeof about;
  /** All clients under one threshold. */
  portfolio: typeof portfolio;
  /** A file of rows being scored. */
  batch: typeof batch;
  /** What was decided, and how it is written down. */
  records: typeof records;
  settings: typeof settings;
  bundleTexts: typeof bundleTexts;
  /** What is in a table. */
  table: typeof table;
  /** Whether a model may be trusted. */
  validation: typeof validation;
}

export type Area = keyof Areas;
export type MessageKey = { [A in Area]: keyof Areas[A] }[Area];

export type Locale = 'en' | 'fr';
export const LOCALES: readonly Locale[] = ['fr', 'en'];

type Messages = Readonly<Record<string, string>>;
type Bring = () => Promise<{ default: Messages }>;

/** Each in a file of its own: nobody waits for the words of a page that is not open, or for another language's. */
const FILES: Record<Area, Record<Locale, Bring>> = {
  shell: { en: () => import('./messages/en/shell.json'), fr: () => import('./messages/fr/shell.json') },
  errors: { en: () => import('./messages/en/errors.json'), fr: () => import('./messages/fr/errors.json') },
  client: { en: () => import('./messages/en/client.json'), fr: () => import('./messages/fr/client.json') },
  advice: { en: () => import('./messages/en/advice.json'), fr: () => import('./messages/fr/advice.json') },
  model: { en: () => import('./messages/en/model.json'), fr: () => import('./messages/fr/model.json') },
  drift: { en: () => import('./messages/en/drift.json'), fr: () => import('./messages/fr/drift.json') },
  findings: {
    en: () => import('./messages/en/findings.json'),
    fr: () => import('./messages/fr/findings.json'),
  },
  lab: { en: () => import('./messages/en/lab.json'), fr: () => import('./messages/fr/lab.json') },
  make: { en: () => import('./messages/en/make.json'), fr: () => import('./messages/fr/make.json') },
  about: { en: () => import('./messages/en/about.json'), fr: () => import('./messages/fr/about.json') },
  batch: { en: () => import('./messages/en/batch.json'), fr: () => import('./messages/fr/batch.json') },
  portfolio: {
    en: () => import('./messages/en/portfolio.json'),
    fr: () => import('./messages/fr/portfolio.json'),
  },
  records: {
    en: () => import('./messages/en/records.json'),
    fr: () => import('./messages/fr/records.json'),
  },
  settings: {
    en: () => import('./messages/en/settings.json'),
    fr: () => import('./messages/fr/settings.json'),
  },
  bundleTexts: {
    en: () => import('./messages/en/bundleTexts.json'),
    fr: () => import('./messages/fr/bundleTexts.json'),
  },
  table: { en: () => import('./messages/en/table.json'), fr: () => import('./messages/fr/table.json') },
  validation: {
    en: () => import('./messages/en/validation.json'),
    fr: () => import('./messages/fr/validation.json'),
  },
};

export const AREAS = Object.keys(FILES) as Area[];

const here: Record<Locale, Map<string, string>> = { en: new Map(), fr: new Map() };
const loaded = new Set<string>();

/** Brings the messages of some areas in one language, each once. @throws when a file can't be fetched */
export async function loadMessages(locale: Locale, areas: readonly Area[]): Promise<void> {
  await Promise.all(
    areas.map(async (area) => {
      const name = `${locale} ${area}`;
      if (loaded.has(name)) return;
      const { default: messages } = await FILES[area][locale]();
      for (const [key, message] of Object.entries(messages)) here[locale].set(key, message);
      loaded.add(name);
    }),
  );
}

/** The message as it is written; undefined while its area is not here. */
export const messageOf = (locale: Locale, key: MessageKey): string | undefined => here[locale].get(key);
