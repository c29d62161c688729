import { ScoredeskError } from '../core/errors';
import { gathered, refusing, worstFirst, type Finding } from '../bundle/training/findings';
import { translate, type MessageKey } from '../i18n/translate';
import { findingText } from '../report/findingText';
import { LOCALE, say } from './console';

/** Notes that are told one by one. */
const NOTES = 10;

/** Says what a table holds that the training did not, the gravest first. */
export function sayFindings(findings: readonly Finding[]): void {
  const sorted = gathered(worstFirst(findings));
  const grave = sorted.filter(({ severity }) => severity !== 'note').length;
  for (const finding of sorted.slice(0, grave + NOTES)) {
    const word = translate(LOCALE, `finding.${finding.severity}` as MessageKey);
    say(`${`${word}:`.padEnd(9)} ${findingText(LOCALE, finding)}`);
  }
  const more = sorted.length - grave - NOTES;
  if (more > 0) say(`          ${translate(LOCALE, 'finding.more', { count: more })}`);
}

/** Says them all. @throws unlike-training where there are errors among them, or warnings if `strict` */
export function requireFindings(findings: readonly Finding[], strict: boolean): void {
  sayFindings(findings);
  const { length } = refusing(findings, strict);
  if (length > 0) throw new ScoredeskError('unlike-training', { count: length });
}

export const STRICT = ['--strict', 'refuse what is only a warning too'] as const;
