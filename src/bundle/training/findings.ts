/**
 * What a table holds that the rows which trained the model did not. One rule says how grave each is:
 *
 * - **note**: to know; chance or a natural change explains it, or too few rows tell.
 * - **warning**: likely a mistake that changes scores. `--strict` makes it an error.
 * - **error**: the values can't be those that the model learned from: nothing is made or scored.
 */
export type Severity = 'note' | 'warning' | 'error';

export type Finding = { severity: Severity; table: string } & FindingKind;

export type FindingKind =
  /** Values that are no level of the model: scored as unknown. */
  | {
      code: 'levels-new';
      column: string;
      rows: number;
      share: number;
      example: string;
      /** The known level most like it; "" when none is. */
      nearest: string;
    }
  /** Values below the least or above the most that the training held. */
  | {
      code: 'range-left';
      column: string;
      rows: number;
      share: number;
      example: number;
      least: number;
      most: number;
    }
  /** All of a column so many times larger, its sign turned for -1. */
  | { code: 'scale'; column: string; factor: number }
  /** One value in all rows, where the training had many. */
  | { code: 'constant'; column: string; value: number }
  /** The share of a level grew as that of another fell; `swapped` where exchanging the two undoes it. */
  | {
      code: 'shares-moved';
      column: string;
      level: string;
      other: string;
      swapped: boolean;
      before: number;
      now: number;
    }
  /** One value stands where there were gaps. */
  | { code: 'gap-coded'; column: string; value: number; share: number; before: number }
  /** The model casts the column to integers, where a gap becomes 0. */
  | { code: 'gap-as-zero'; column: string }
  /** `others`: columns that are missing in as many rows, where they are told in one sentence. */
  | { code: 'missing-jump'; column: string; before: number; now: number; others?: number }
  /** Only the order says which column is which, and two tables differ in it. */
  | { code: 'column-order'; column: string; other: string }
  /** No value lies between the model's own splits. */
  | { code: 'splits-missed'; column: string; least: number; most: number; example: number }
  | { code: 'score-mean'; before: number; now: number }
  | { code: 'default-rate'; before: number; now: number }
  | { code: 'auc-low'; auc: number }
  | { code: 'auc-high'; auc: number }
  /** One column alone ranks the outcomes. */
  | { code: 'leak'; column: string; auc: number }
  /** Rows of the test that the model was trained on. */
  | { code: 'test-seen'; rows: number; share: number }
  /** Text for a model of numbers: its codes were guessed from the order of the alphabet. */
  | { code: 'levels-guessed'; columns: string[] }
  | { code: 'ids-repeated'; column: string; example: string; rows: number }
  | { code: 'ids-decimal'; column: string; example: string };

export type FindingCode = FindingKind['code'];

const GRAVITY: Record<Severity, number> = { error: 2, warning: 1, note: 0 };

/** The gravest first, else as they come. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => GRAVITY[b.severity] - GRAVITY[a.severity]);

/** Findings for which nothing is made or scored. @param strict warnings are errors too */
export const refusing = (findings: readonly Finding[], strict = false): Finding[] =>
  findings.filter(({ severity }) => severity === 'error' || (strict && severity === 'warning'));

/** Columns that are missing together, as those of one joined table are, told as one. */
export function gathered(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding & { code: 'missing-jump' }>();
  const out: Finding[] = [];
  for (const finding of findings) {
    if (finding.code !== 'missing-jump') {
      out.push(finding);
      continue;
    }
    const { table, severity, before, now } = finding;
    const key = JSON.stringify([table, severity, before, now]);
    const known = first.get(key);
    if (known) {
      known.others = (known.others ?? 0) + 1;
      continue;
    }
    const own = { ...finding };
    first.set(key, own);
    out.push(own);
  }
  return out;
}
