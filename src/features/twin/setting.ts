/** How applications of a time differ from those that the facts tell of. */
export interface Setting {
  /** Added to the normal variable behind the day of birth. */
  younger: number;
  /** Factors of money, and of the share of applicants unknown to the third external source. */
  income: number;
  credit: number;
  ext3Missing: number;
  /** Added to the normal variable behind the third external source. */
  ext3: number;
  revolving: number;
  ext1Missing: number;
  /** Added to the log odds of default. */
  risk: number;
}

export const USUAL: Setting = {
  younger: 0,
  income: 1,
  credit: 1,
  ext3Missing: 1,
  ext3: 0,
  revolving: 1,
  ext1Missing: 1,
  risk: 0,
};

/** Kaggle's test rows: hardly any revolving loans, smaller credits, the first external source known more often. */
export const UNLABELLED: Setting = {
  ...USUAL,
  revolving: 0.0886,
  credit: 0.87,
  income: 1.06,
  ext1Missing: 0.756,
};

/** Applications that drift away, from nothing at the beginning of the time to its whole at the end. @param share in [0, 1] */
export const drifted = (share: number): Setting => ({
  ...USUAL,
  younger: 0.5 * share,
  income: 1 + 0.25 * share,
  credit: 1 + 0.5 * share,
  ext3Missing: 1 + 3 * share,
  ext3: -0.9 * share,
  risk: 0.35 * share,
});
