import { sigmoid } from '../../core/numeric/functions';
import { halfCents, type Draws } from './draws';
import { facts, NEVER } from './facts';
import type { Habits } from './outcome';
import type { Contract } from './previous';
import type { TableRows } from './rows';

export const POS_STATUS = [
  'Active',
  'Completed',
  'Signed',
  'Demand',
  'Approved',
  'Returned to the store',
  'Amortized debt',
  'Canceled',
] as const;
const [ACTIVE, COMPLETED, SIGNED, DEMAND] = POS_STATUS.keys();
const { lateDays, earlyDays } = facts.instalments;

/** Log odds of a late payment of somebody without a habit either way, and what a deviation of it adds. */
const LATE = -2.75;
const LATE_BY_HABIT = 0.85;
/** Contracts of one client differ by this much. */
const LATE_BY_CONTRACT = 0.5;
const DAYS_A_MONTH = 30;
/** A monthly statement tells days of delay that are more than a few. */
const TOLD_FROM = 6;

/** Monthly statements and payments of a contract with a fixed term. */
export function termRows(
  draws: Draws,
  client: number,
  contract: Contract,
  { late }: Habits,
  out: { POS_CASH_balance: TableRows; installments_payments: TableRows },
): void {
  const odds = LATE + LATE_BY_HABIT * late + LATE_BY_CONTRACT * draws.normal();
  const delays = instalments(draws, client, contract, { odds, late }, out.installments_payments);
  statements(draws, client, contract, delays, out.POS_CASH_balance);
}

/** @returns days of delay of each payment that was due */
function instalments(
  draws: Draws,
  client: number,
  { id, firstDue, lastDue, payments, annuity, credit, isEarly }: Contract,
  { odds, late }: { odds: number; late: number },
  rows: TableRows,
): number[] {
  const end = lastDue === NEVER ? -1 : lastDue;
  const chance = sigmoid(odds);
  const delays: number[] = [];
  for (let k = 0; k < Math.max(1, payments); k++) {
    const due = firstDue + DAYS_A_MONTH * k;
    if (due > end) break;
    const isLast = isEarly && lastDue !== NEVER && due + DAYS_A_MONTH > end;
    const amount = isLast ? halfCents(Math.max(annuity, credit * (1 - (k + 1) / payments))) : annuity;
    const delay = draws.chance(chance)
      ? Math.round(draws.leaning(lateDays, late - 0.5, 0.2))
      : draws.chance(0.755)
        ? -Math.round(draws.leaning(earlyDays, -late, 0.3))
        : 0;
    const paid = Math.min(-1, due + delay);
    payment(draws, [id, client, isLast ? 2 : 1, k + 1, due], paid, amount, rows);
    delays.push(paid - due);
  }
  return delays;
}

/** One of twenty payments comes in two halves; hardly any is missing. */
function payment(
  draws: Draws,
  begin: readonly number[],
  paid: number,
  amount: number,
  rows: TableRows,
): void {
  if (draws.chance(0.0002)) rows.add(...begin, NaN, amount, NaN);
  else if (draws.chance(0.05)) {
    const part = halfCents(amount * draws.between(0.1, 0.9));
    rows.add(...begin, paid, amount, part);
    rows.add(...begin, Math.min(-1, paid + draws.whole(0, 3)), amount, halfCents(amount - part));
  } else
    rows.add(
      ...begin,
      paid,
      amount,
      draws.chance(0.016) ? halfCents(amount * draws.between(1, 1.6)) : amount,
    );
}

function statements(
  draws: Draws,
  client: number,
  { id, firstDue, lastDue, payments, isEarly }: Contract,
  delays: readonly number[],
  rows: TableRows,
): void {
  const first = Math.max(-96, Math.min(-1, Math.floor(firstDue / DAYS_A_MONTH) - 1));
  const last = lastDue === NEVER ? -1 : Math.max(first, Math.min(-1, Math.floor(lastDue / DAYS_A_MONTH)));
  // A contract that nobody pays any more is told of month after month.
  const stuckFrom = draws.chance(0.0016) ? first + draws.whole(1, 6) : Infinity;
  for (let month = first; month <= last; month++) {
    const done = month - first;
    const isDone = lastDue !== NEVER && month === last;
    const count = isEarly && isDone ? Math.max(1, Math.min(payments, done)) : payments;
    const stuck = month >= stuckFrom ? DAYS_A_MONTH * (month - stuckFrom + 1) : 0;
    const delay = delays[done - 1] ?? 0;
    const told = stuck || (delay >= TOLD_FROM && !isDone ? delay - draws.whole(0, 4) : 0);
    const status = isDone
      ? COMPLETED
      : done === 0 && draws.chance(0.09)
        ? SIGNED
        : stuck > 300
          ? DEMAND
          : ACTIVE;
    const isUnknown = draws.chance(0.0027);
    rows.add(
      id,
      client,
      month,
      isUnknown ? NaN : count,
      isUnknown ? NaN : isDone ? 0 : Math.max(0, payments - done),
      status,
      told,
      told > 0 && draws.chance(0.4) ? Math.min(told, draws.whole(1, 12)) : 0,
    );
  }
}
