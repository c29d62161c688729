import type { Algorithm } from '../bundle/algorithm';
import type { LocalText } from '../bundle/schema';
import { loadMessages, LOCALES } from './areas';
import { translate, type Locale } from './translate';

const loaded = () => Promise.all(LOCALES.map((locale) => loadMessages(locale, ['bundleTexts'])));

/** A text in each language, as a bundle has it. */
const inEach = (textIn: (locale: Locale) => string): LocalText =>
  Object.fromEntries([...LOCALES].reverse().map((locale) => [locale, textIn(locale)]));

/** How a model's kind is said in each language. */
export async function algorithmTexts(): Promise<(algorithm: Algorithm) => LocalText> {
  await loaded();
  return ({ family, trees }) =>
    inEach((locale) => translate(locale, 'algorithm', { family, trees, count: String(trees) }));
}

/** What a model card says of a training. */
export interface CardFacts {
  experiment: string;
  /** What the rows were called. */
  data: string;
  rows: { train: number; test: number };
  auc: number;
  /** The columns that were doubted: a leak, an id. */
  doubted: readonly string[];
}

/** What a trained model is for, and what limits it, until somebody says it better. */
export async function cardTexts(facts: CardFacts): Promise<{ purpose: LocalText; limits: LocalText }> {
  await loaded();
  const { rows, auc, doubted, ...names } = facts;
  const values = {
    ...names,
    ...rows,
    auc: auc.toFixed(3),
    doubts: doubted.length,
    names: doubted.join(', '),
  };
  return {
    purpose: inEach((locale) => translate(locale, 'card.purpose', values)),
    limits: inEach((locale) => translate(locale, 'card.limits', values)),
  };
}
