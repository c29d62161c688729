import { AREAS, loadMessages, LOCALES } from '../../src/i18n/areas';

/** All words in both languages, for tests that show some. */
await Promise.all(LOCALES.map((locale) => loadMessages(locale, AREAS)));
