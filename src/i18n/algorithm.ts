import type { Algorithm } from '../bundle/algorithm';
import type { LocalText } from '../bundle/schema';
import { LOCALES, translate } from './translate';

/** A model's kind in each language, as a bundle says it. */
export const algorithmText = ({ family, trees }: Algorithm): LocalText =>
  Object.fromEntries(
    [...LOCALES]
      .reverse()
      .map((locale) => [locale, translate(locale, 'algorithm', { family, trees, count: String(trees) })]),
  );
