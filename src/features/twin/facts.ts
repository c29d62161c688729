import { sharesOf, type Quantiles, type Shares } from './draws';
import read from './facts.json';
import type { Weights } from './weights';

/** What is known of the real tables: facts.json, typed. */
export const facts = read as unknown as Facts;

/** A value that holds below an age, in years; ages rise. */
type Bands = readonly (readonly [below: number, value: number])[];

interface Facts {
  /** Columns of each table in their order, with how they are written. */
  tables: Readonly<Record<TableName, Readonly<Record<string, 'whole' | 'decimal' | 'text'>>>>;
  quantiles: Readonly<Record<string, Quantiles>>;
  missing: Weights;
  shares: Readonly<Record<string, Weights>>;
  /** Shares of ones, or of Y. */
  flags: Weights;
  /** Correlations of normal variables behind columns of applications. */
  latent: { columns: readonly string[]; correlation: readonly (readonly number[])[] };
  given: Readonly<Record<string, Readonly<Record<string, Weights>>>>;
  organisationByOccupation: Readonly<Record<string, Weights>>;
  pensionerByAge: Bands;
  ext1MissingByAge: Bands;
  childrenByAge: Bands;
  money: {
    revolving: number;
    creditOverGoods: Quantiles;
    creditEqualsGoods: number;
    topRatios: Weights;
    annuityOverCredit: Quantiles;
    revolvingCreditOverIncome: Quantiles;
  };
  housing: Readonly<Record<string, { missing: number; quantiles: Quantiles; mode: number; medi: number }>>;
  housingMissing: Weights;
  logit: Weights;
  rows: { bureau: Weights; previous: Weights; cardMonths: Quantiles };
  bureau: {
    status: Readonly<Record<string, BureauStatus>>;
    type: Readonly<Record<string, { active: number; sum: Quantiles; limitMissing: number }>>;
    types: Weights;
    currency: Weights;
    duration: Quantiles;
    early: Quantiles;
    firstStatus: Weights;
    nextStatus: Readonly<Record<string, Weights>>;
  };
  previous: {
    status: Readonly<Record<string, PreviousStatus>>;
    productByType: Readonly<Record<string, Weights>>;
    payments: Readonly<Record<string, Weights>>;
    interestCash: Quantiles;
    interestConsumer: Quantiles;
    firstDue: Quantiles;
    lastDueShift: Quantiles;
    rejectReasons: Weights;
    shares: Readonly<Record<string, Weights>>;
  };
  instalments: { lateDays: Quantiles; earlyDays: Quantiles };
  card: { limits: Weights };
}

interface BureauStatus {
  daysCredit: Quantiles;
  endDate: Quantiles;
  endMissing: number;
  debtMissing: number;
  debtZero: number;
  debtOverSum: Quantiles;
  update: Quantiles;
}

interface PreviousStatus {
  creditOverApplication: Quantiles;
  zero: number;
  daysDecision: Quantiles;
  suiteMissing: number;
  annuityMissing: number;
}

/** The eight tables, by the names of their files. */
export const TABLES = [
  'application_train',
  'application_test',
  'bureau',
  'bureau_balance',
  'previous_application',
  'POS_CASH_balance',
  'installments_payments',
  'credit_card_balance',
] as const;
export type TableName = (typeof TABLES)[number];

/** A day without a date: something that has not happened, or never will. */
export const NEVER = 365243;
export const YEAR = 365.25;

/** The value of the band that an age is in. */
export const atAge = (bands: Bands, age: number): number =>
  (bands.find(([below]) => age <= below) ?? bands[bands.length - 1])[1];

/** Shares of a named list, in an order that all lists of the same levels have. */
export const sharesBy = (lists: Readonly<Record<string, Weights>>): ReadonlyMap<string, Shares> => {
  const levels = [...new Set(Object.values(lists).flatMap((list) => Object.keys(list)))];
  return new Map(
    Object.entries(lists).map(([name, list]) => [
      name,
      sharesOf(Object.fromEntries(levels.map((level) => [level, list[level] ?? 0]))),
    ]),
  );
};

/** @throws where there is no such list: facts and code that do not fit */
export function listOf<T>(lists: ReadonlyMap<string, T>, name: string): T {
  const list = lists.get(name);
  if (list === undefined) throw new Error(`no facts of ${name}`);
  return list;
}
