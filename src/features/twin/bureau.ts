import { halfCents, sharesOf, type Draws, type Quantiles, type Shares } from './draws';
import { facts, listOf, sharesBy } from './facts';
import type { Habits } from './outcome';
import type { TableRows } from './rows';

const { bureau } = facts;
export const CREDIT_STATUS = ['Closed', 'Active', 'Sold'] as const;
export const CREDIT_TYPES = Object.keys(bureau.types);
export const CURRENCIES = Object.keys(bureau.currency);
const types = sharesOf(bureau.types);
const currencies = sharesOf(bureau.currency);
const counts = sharesOf({ ...facts.rows.bureau, 21: 0.004, 22: 0.003, 23: 0.003, 25: 0.002, 27: 0.0015 });
const prolonged = sharesOf({ 0: 0.99544, 1: 0.00388, 2: 0.00057, 3: 0.00011 });
const steps = sharesBy({ first: bureau.firstStatus, ...bureau.nextStatus, 5: { 5: 0.8, C: 0.15, 0: 0.05 } });
export const MONTH_STATUS = listOf(steps, 'first').levels;
const STATUS_0 = MONTH_STATUS.indexOf('0');
const STATUS_1 = MONTH_STATUS.indexOf('1');
const STATUS_C = MONTH_STATUS.indexOf('C');

const CLIENTS_WITH_CREDITS = 0.8584;
const CLIENTS_WITH_MONTHS = 0.5;
const CREDITS_WITH_MONTHS = 0.9;
const MONTH = 30.4;
/** Types that the facts do not tell of are as the most frequent one. */
const MOST = 'Consumer credit';

interface Out {
  bureau: TableRows;
  bureau_balance: TableRows;
}

/** What others have lent to a client, and how it was paid back month by month. @param nextId of a credit */
export function bureauRows(
  draws: Draws,
  client: number,
  { late }: Habits,
  out: Out,
  nextId: () => number,
): void {
  if (!draws.chance(CLIENTS_WITH_CREDITS)) return;
  const count = Number(counts.levels[draws.pick(counts)]);
  const hasMonths = draws.chance(CLIENTS_WITH_MONTHS);
  for (let i = 0; i < count; i++) {
    const id = nextId();
    const { begin, end } = credit(draws, id, client, late, out.bureau);
    if (hasMonths && draws.chance(CREDITS_WITH_MONTHS))
      months(draws, id, begin, end, late, out.bureau_balance);
  }
}

function credit(
  draws: Draws,
  id: number,
  client: number,
  late: number,
  rows: TableRows,
): { begin: number; end: number } {
  const type = draws.pick(types);
  const known = bureau.type[CREDIT_TYPES[type]] ?? bureau.type[MOST];
  const status = statusOf(draws, known.active + 0.1 * late);
  const { daysCredit, endDate, endMissing, debtMissing, debtZero, debtOverSum, update } =
    bureau.status[CREDIT_STATUS[status]];
  const isActive = status === 1;
  const begin = Math.round(draws.leaning(daysCredit, late, 0.3));
  const planned = isActive
    ? Math.max(begin + 30, draws.from(endDate))
    : begin + Math.max(1, draws.from(bureau.duration));
  const fact = isActive
    ? draws.chance(0.0035)
      ? Math.round(draws.between(begin, 0))
      : NaN
    : Math.round(Math.min(-1, Math.max(begin + 1, planned - draws.from(bureau.early))));
  const sum = halfCents(Math.max(0, draws.from(known.sum)));
  const hasDebt = !draws.chance(isActive ? debtZero - 0.05 * late : debtZero);
  const debt = draws.chance(debtMissing)
    ? NaN
    : hasDebt
      ? halfCents(sum * Math.min(3, draws.leaning(debtOverSum, late, 0.3)))
      : 0;
  const isOverdue = isActive && draws.chance(0.0085 * risen(late));
  const overdueDays = isOverdue ? Math.round(draws.leaning(OVERDUE_DAYS, late, 0.3)) : 0;
  const overdue = isOverdue ? halfCents(draws.from(OVERDUE)) : 0;
  rows.add(
    client,
    id,
    status,
    draws.pick(currencies),
    begin,
    overdueDays,
    draws.chance(endMissing) ? NaN : Math.round(planned),
    fact,
    draws.chance(0.6648) ? NaN : maxOverdue(draws, late, overdue),
    Number(prolonged.levels[draws.pick(prolonged)]),
    sum,
    debt,
    draws.chance(known.limitMissing) ? NaN : limit(draws, type, sum),
    overdue,
    type,
    Math.round(Math.max(Math.min(begin, 0), Math.min(0, draws.from(update)))),
    draws.chance(0.6348) ? NaN : draws.chance(0.553) ? 0 : halfCents(sum / draws.between(8, 60)),
  );
  return { begin, end: isActive ? 0 : fact };
}

function statusOf(draws: Draws, active: number): number {
  if (draws.chance(0.00388)) return 2;
  return draws.chance(active) ? 1 : 0;
}

const OVERDUE_DAYS: Quantiles = [
  [0, 1],
  [0.5, 12],
  [0.8, 60],
  [0.95, 900],
  [1, 2603],
];
const OVERDUE: Quantiles = [
  [0, 4.5],
  [0.5, 2200],
  [0.9, 27000],
  [1, 349428],
];
const MAX_OVERDUE: Quantiles = [
  [0, 4.5],
  [0.25, 2300],
  [0.5, 6300],
  [0.76, 14657],
  [0.95, 45189],
  [1, 400000],
];

/** What somebody was behind with at worst. */
const maxOverdue = (draws: Draws, late: number, now: number): number =>
  Math.max(now, draws.chance(0.207 * risen(late)) ? halfCents(draws.leaning(MAX_OVERDUE, late, 0.3)) : 0);

/** A factor around 1 that rises with the habit of paying late. */
const risen = (late: number): number => Math.max(0.15, 1 + 0.35 * late);

function limit(draws: Draws, type: number, sum: number): number {
  const isCard = CREDIT_TYPES[type] === 'Credit card';
  return draws.chance(isCard ? 0.26 : 0.01) ? halfCents(sum * draws.between(0.02, 0.9)) : 0;
}

/** From the month of the credit to the last one that was told, the newest first. */
function months(draws: Draws, id: number, begin: number, end: number, late: number, rows: TableRows): void {
  const oldest = -Math.min(96, Math.floor(-begin / MONTH));
  const newest = draws.chance(0.84) ? 0 : Math.max(oldest, Math.round(end / MONTH));
  const closed = end === 0 ? 1 : Math.max(oldest, Math.floor(end / MONTH));
  const found: number[] = [];
  let status = draws.pick(listOf(steps, 'first'));
  for (let month = oldest; month <= newest; month++) {
    if (month >= closed) status = STATUS_C;
    else if (month > oldest) status = next(draws, status, late);
    if (end === 0 && status === STATUS_C) status = STATUS_0;
    found.push(status);
  }
  for (let i = found.length - 1; i >= 0; i--) rows.add(id, oldest + i, found[i]);
}

function next(draws: Draws, status: number, late: number): number {
  if (status === STATUS_0 && draws.chance(0.012 * (risen(late) - 0.6))) return STATUS_1;
  return draws.pick(steps.get(MONTH_STATUS[status]) as Shares);
}
