import { level, type Cells } from './application';
import { halfCents, sharesOf, type Draws, type Quantiles, type Shares } from './draws';
import { facts, listOf, NEVER, sharesBy } from './facts';
import type { Habits } from './outcome';
import { without } from './weights';

const { previous } = facts;
const counts = sharesOf({ ...facts.rows.previous, 22: 0.004, 26: 0.002, 32: 0.001, 45: 0.0005 });
const weekdays = sharesOf(facts.shares.WEEKDAY_APPR_PROCESS_START);
const suites = sharesOf(previous.shares.NAME_TYPE_SUITE);
const purposes = sharesOf(without(previous.shares.NAME_CASH_LOAN_PURPOSE, 'XAP'));
const payments = sharesOf(without(previous.shares.NAME_PAYMENT_TYPE, 'XNA'));
const channels = sharesOf(previous.shares.CHANNEL_TYPE);
const goods = sharesOf(without(previous.shares.NAME_GOODS_CATEGORY, 'XNA'));
const industries = sharesOf(without(previous.shares.NAME_SELLER_INDUSTRY, 'XNA'));
const yields = sharesOf(without(previous.shares.NAME_YIELD_GROUP, 'XNA'));
const reasons = sharesOf(previous.rejectReasons);
const terms = sharesBy(previous.payments);
const products = sharesBy(previous.productByType);

const CONSUMER = 'Consumer loans';
const CASH = 'Cash loans';
const CARD = 'Revolving loans';
type Type = typeof CONSUMER | typeof CASH | typeof CARD;

const CLIENTS_WITH_PREVIOUS = 0.9512;
/** Of those, clients with a card; it is never the only contract. */
const CLIENTS_WITH_CARD = 0.3057;
/** Contracts after the first, which is always an approved one. */
const laterTypes = sharesOf({ [CONSUMER]: 0.445, [CASH]: 0.475, [CARD]: 0.08 });
const laterStatus = sharesBy({
  [CONSUMER]: { Approved: 0.78, Refused: 0.165, 'Unused offer': 0.051, Canceled: 0.004 },
  [CASH]: { Approved: 0.33, Canceled: 0.43, Refused: 0.24 },
  [CARD]: { Refused: 0.56, Canceled: 0.44 },
});
/** What is asked for: nothing is known of it by type but how the types differ in size. */
const APPLICATION: Record<Type, Quantiles> = {
  [CONSUMER]: [
    [0, 8000],
    [0.05, 20500],
    [0.25, 41000],
    [0.5, 68000],
    [0.75, 118000],
    [0.95, 250000],
    [0.99, 450000],
    [1, 1800000],
  ],
  [CASH]: [
    [0, 22500],
    [0.05, 45000],
    [0.25, 112500],
    [0.5, 225000],
    [0.75, 450000],
    [0.95, 1012500],
    [0.99, 1350000],
    [1, 3150000],
  ],
  [CARD]: [
    [0, 45000],
    [0.25, 135000],
    [0.5, 180000],
    [0.75, 270000],
    [1, 900000],
  ],
};

/** A contract that was approved. */
export interface Contract {
  id: number;
  kind: 'term' | 'card';
  decision: number;
  firstDue: number;
  /** The last day of payment, NEVER where it is still to come. */
  lastDue: number;
  isEarly: boolean;
  payments: number;
  annuity: number;
  credit: number;
}

export interface Earlier {
  rows: Cells[];
  contracts: Contract[];
}

/** Earlier applications of a client at the same lender, and the contracts that came of them. */
export function earlierOf(draws: Draws, client: number, { late }: Habits, nextId: () => number): Earlier {
  if (!draws.chance(CLIENTS_WITH_PREVIOUS)) return orphan(draws, nextId);
  const hasCard = draws.chance(CLIENTS_WITH_CARD);
  const count = Math.max(hasCard ? 2 : 1, Number(counts.levels[draws.pick(counts)]));
  const found: Earlier = { rows: [], contracts: [] };
  for (let i = 0; i < count; i++) {
    const [type, status] = kindOf(draws, i, hasCard, late);
    const days = Math.round(draws.leaning(previous.status[status].daysDecision, late, 0.14));
    const row = rowOf(draws, type, status, days);
    const contract = status === 'Approved' ? contractOf(draws, nextId(), type, row) : null;
    const id = contract?.id ?? nextId();
    found.rows.push({ SK_ID_PREV: id, SK_ID_CURR: client, ...row, ...datesOf(draws, type, contract) });
    if (contract) found.contracts.push(contract);
  }
  markNew(draws, found.rows);
  return found;
}

/** A few contracts have no application that is known. */
function orphan(draws: Draws, nextId: () => number): Earlier {
  if (!draws.chance(0.045)) return { rows: [], contracts: [] };
  const row = rowOf(
    draws,
    CONSUMER,
    'Approved',
    Math.round(draws.from(previous.status.Approved.daysDecision)),
  );
  return { rows: [], contracts: [contractOf(draws, nextId(), CONSUMER, row)] };
}

function kindOf(draws: Draws, place: number, hasCard: boolean, late: number): [Type, string] {
  if (place === 0) return [draws.chance(0.85) ? CONSUMER : CASH, 'Approved'];
  if (place === 1 && hasCard) return [CARD, 'Approved'];
  const type = level(draws, laterTypes) as Type;
  const status = level(draws, listOf(laterStatus, type));
  const isRefused = status === 'Approved' && late > 0 && draws.chance(0.1 * late);
  return [type, isRefused ? 'Refused' : status];
}

function rowOf(draws: Draws, type: Type, status: string, days: number): Cells {
  const known = previous.status[status];
  const isEmpty = draws.chance(known.zero) && type !== CONSUMER && status !== 'Approved';
  const asked = halfCents(draws.from(APPLICATION[type]));
  const credit = halfCents(asked * draws.from(known.creditOverApplication));
  const count =
    isEmpty || (status === 'Unused offer' && draws.chance(known.annuityMissing)) ? null : termOf(draws, type);
  const interest = draws.from(type === CASH ? previous.interestCash : previous.interestConsumer);
  const annuity =
    count === null ? null : type === CARD ? credit / 20 : halfCents((credit * interest) / Math.max(1, count));
  const isRefused = status === 'Refused';
  return {
    NAME_CONTRACT_TYPE: type,
    AMT_ANNUITY: annuity,
    AMT_APPLICATION: isEmpty ? 0 : asked,
    AMT_CREDIT: isEmpty ? 0 : credit,
    ...downPayment(draws, type, status, asked, isEmpty),
    AMT_GOODS_PRICE: isEmpty || (type === CARD && draws.chance(0.3)) ? null : asked,
    WEEKDAY_APPR_PROCESS_START: level(draws, weekdays),
    HOUR_APPR_PROCESS_START: Math.round(draws.from(facts.quantiles.HOUR_APPR_PROCESS_START)),
    FLAG_LAST_APPL_PER_CONTRACT: draws.chance(0.99555) ? 'Y' : 'N',
    NFLAG_LAST_APPL_IN_DAY: draws.chance(0.99644) ? 1 : 0,
    NAME_CONTRACT_STATUS: status,
    DAYS_DECISION: days,
    NAME_CASH_LOAN_PURPOSE: type === CASH ? level(draws, purposes) : 'XAP',
    NAME_PAYMENT_TYPE: type === CASH && draws.chance(0.6) ? 'XNA' : level(draws, payments),
    CODE_REJECT_REASON: isRefused ? level(draws, reasons) : status === 'Unused offer' ? 'CLIENT' : 'XAP',
    NAME_TYPE_SUITE: draws.chance(known.suiteMissing) ? null : level(draws, suites),
    NAME_GOODS_CATEGORY: type === CONSUMER ? level(draws, goods) : 'XNA',
    NAME_PORTFOLIO: isEmpty ? 'XNA' : { [CONSUMER]: 'POS', [CASH]: 'Cash', [CARD]: 'Cards' }[type],
    CHANNEL_TYPE: level(draws, channels),
    SELLERPLACE_AREA: type === CONSUMER ? Math.round(draws.from(SELLER_AREA)) : -1,
    NAME_SELLER_INDUSTRY: type === CONSUMER ? level(draws, industries) : 'XNA',
    CNT_PAYMENT: count,
    ...productOf(draws, type, isEmpty),
  };
}

const SELLER_AREA: Quantiles = [
  [0, 0],
  [0.25, 20],
  [0.5, 60],
  [0.75, 300],
  [0.95, 3000],
  [0.99, 4200],
  [1, 9000],
];

function termOf(draws: Draws, type: Type): number {
  const list: Shares = listOf(terms, type);
  return type === CARD ? 0 : Number(list.levels[draws.pick(list)]);
}

/** A part of the price that is paid at once, in shops. */
function downPayment(draws: Draws, type: Type, status: string, asked: number, isEmpty: boolean): Cells {
  const known = type === CONSUMER && !isEmpty && !draws.chance(status === 'Approved' ? 0.12 : 0.4);
  const rate = !known ? null : draws.chance(0.45) ? 0 : draws.from(DOWN_RATE);
  const rare = known && draws.chance(0.0105);
  return {
    AMT_DOWN_PAYMENT: rate === null ? null : halfCents(asked * rate),
    RATE_DOWN_PAYMENT: rate,
    RATE_INTEREST_PRIMARY: rare ? 0.1891363481 : null,
    RATE_INTEREST_PRIVILEGED: rare ? 0.8350951375 : null,
  };
}

const DOWN_RATE: Quantiles = [
  [0, 0.01],
  [0.3, 0.058],
  [0.7, 0.109],
  [0.9, 0.25],
  [0.99, 0.5],
  [1, 0.82],
];

function productOf(draws: Draws, type: Type, isEmpty: boolean): Cells {
  const group = isEmpty || type === CARD ? 'XNA' : level(draws, yields);
  const isSold = draws.chance(0.74);
  const fit =
    type === CASH && !isEmpty
      ? `Cash ${isSold ? 'X-Sell' : 'Street'}: ${YIELD_WORD[group] ?? 'middle'}`
      : null;
  return {
    NAME_PRODUCT_TYPE: type === CONSUMER || isEmpty ? 'XNA' : isSold ? 'x-sell' : 'walk-in',
    NAME_YIELD_GROUP: group,
    PRODUCT_COMBINATION: type === CASH && isEmpty ? 'Cash' : (fit ?? level(draws, listOf(products, type))),
  };
}

const YIELD_WORD: Record<string, string> = {
  high: 'high',
  middle: 'middle',
  low_normal: 'low',
  low_action: 'low',
};

function contractOf(draws: Draws, id: number, type: Type, row: Cells): Contract {
  const decision = row.DAYS_DECISION as number;
  const payments = (row.CNT_PAYMENT as number | null) ?? 12;
  const firstDue = Math.round(decision + draws.from(previous.firstDue));
  const planned = firstDue + 30 * Math.max(0, payments - 1);
  const shift = Math.round(draws.from(previous.lastDueShift));
  const end = Math.max(firstDue, planned + Math.min(0, shift));
  return {
    id,
    kind: type === CARD ? 'card' : 'term',
    decision,
    firstDue,
    lastDue: type === CARD || end >= 0 ? NEVER : end,
    isEarly: end < planned,
    payments,
    annuity: (row.AMT_ANNUITY as number | null) ?? 0,
    credit: row.AMT_CREDIT as number,
  };
}

function datesOf(draws: Draws, type: Type, contract: Contract | null): Cells {
  if (!contract)
    return Object.fromEntries([...DATES, 'NFLAG_INSURED_ON_APPROVAL'].map((name) => [name, null]));
  const { firstDue, lastDue, payments, decision } = contract;
  const isCard = type === CARD;
  return {
    DAYS_FIRST_DRAWING: isCard ? Math.min(-2, decision + draws.whole(5, 90)) : NEVER,
    DAYS_FIRST_DUE: isCard && draws.chance(0.33) ? NEVER : firstDue,
    DAYS_LAST_DUE_1ST_VERSION: isCard ? NEVER : firstDue + 30 * Math.max(0, payments - 1),
    DAYS_LAST_DUE: lastDue,
    DAYS_TERMINATION: lastDue === NEVER ? NEVER : Math.min(-1, lastDue + draws.whole(2, 12)),
    NFLAG_INSURED_ON_APPROVAL: draws.chance(0.29) ? 1 : 0,
  };
}

const DATES = [
  'DAYS_FIRST_DRAWING',
  'DAYS_FIRST_DUE',
  'DAYS_LAST_DUE_1ST_VERSION',
  'DAYS_LAST_DUE',
  'DAYS_TERMINATION',
];

/** The oldest application is a new client's; the others mostly of somebody who comes again. */
function markNew(draws: Draws, rows: Cells[]): void {
  const oldest = Math.min(...rows.map((row) => row.DAYS_DECISION as number));
  for (const row of rows)
    row.NAME_CLIENT_TYPE =
      row.DAYS_DECISION === oldest
        ? 'New'
        : draws.chance(0.0007)
          ? 'XNA'
          : draws.chance(0.104)
            ? 'Refreshed'
            : 'Repeater';
}
