/** What classes of a credit model are called where anybody would know which is which. */

const DEFAULT = words(
  '1 true yes y oui bad default defaulted delinquent late mauvais défaut défaillant défaillance impayé retard',
  'charged off,charge-off,en défaut,non remboursé',
);
const REPAID = words(
  '0 -1 false no n non good paid repaid current ok bon payé remboursé solvable',
  'fully paid,no default,non-default,sans défaut,en règle',
);

function words(single: string, several: string): ReadonlySet<string> {
  return new Set([...single.split(' '), ...several.split(',')].map(plain));
}

/** Without case, accents and blanks around. */
function plain(word: string): string {
  return word
    .trim()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

/**
 * Which of two classes means default: known by a word for the one and a word for the other, never guessed.
 * @returns its position; -1 where the words don't say
 */
export function defaultOf([first, second]: readonly string[]): 0 | 1 | -1 {
  const is = (word: string | undefined, of: ReadonlySet<string>) => of.has(plain(word ?? ''));
  if (is(second, DEFAULT) && is(first, REPAID)) return 1;
  return is(first, DEFAULT) && is(second, REPAID) ? 0 : -1;
}
