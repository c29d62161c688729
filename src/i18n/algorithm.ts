import type { Algorithm } from '../bundle/algorithm';
import type { LocalText } from '../bundle/schema';
import { loadMessages, LOCALES } from './areas';
import { translate } from './translate';

/** How a model's kind is said in each language, as a bundle has it. */
export async function algorithmTexts(): Promise<(algorithm: Algorithm) => LocalText> {
  await Promise.all(LOCALES.map((locale) => loadMessages(locale, ['algorithm'])));
  return ({ family, trees }) =>
    Object.fromEntries(
      [...LOCALES]
        .reverse()
        .map((locale) => [locale, translate(locale, 'algorithm', { family, trees, count: String(trees) })]),
    );
}
