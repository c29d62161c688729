import { sigmoid } from '../../core/numeric/functions';
import { halfCents, sharesOf, valueAt, type Draws } from './draws';
import { facts } from './facts';
import type { Habits } from './outcome';
import type { Contract } from './previous';
import type { TableRows } from './rows';
import { without } from './weights';

export const CARD_STATUS = ['Active', 'Completed', 'Signed', 'Sent proposal', 'Demand'] as const;
const [ACTIVE, COMPLETED, SIGNED] = CARD_STATUS.keys();
const limits = sharesOf(without(facts.card.limits, '0'));

const CARDS_NEVER_USED = 0.42;
const DAYS_A_MONTH = 30;

interface Card {
  id: number;
  client: number;
  limit: number;
  /** What a habit says of the share of the limit that is used. */
  usage: number;
  lateOdds: number;
}

/** A card month by month, and what was paid for it. */
export function cardRows(
  draws: Draws,
  client: number,
  { id }: Contract,
  { late }: Habits,
  out: { credit_card_balance: TableRows; installments_payments: TableRows },
): void {
  const months = Math.max(1, Math.round(valueAt(facts.rows.cardMonths, 0.97 * draws.uniform())));
  const isUsed = !draws.chance(CARDS_NEVER_USED);
  const card: Card = {
    id,
    client,
    limit: Number(limits.levels[draws.pick(limits)]),
    usage: 0.9 * late + 0.8 * draws.normal(),
    lateOdds: -3.4 + 0.8 * late,
  };
  const begins = months > 3 ? draws.whole(1, Math.min(6, months - 1)) : 0;
  const closes = draws.chance(0.35) ? draws.whole(0, Math.floor(months / 3)) : 0;
  let balance = 0;
  let mature = 0;
  for (let i = 0; i < months; i++) {
    const month = i - months;
    const isActive = isUsed && i >= begins && i < months - closes;
    const before = balance;
    if (isActive) balance = moved(draws, card, before);
    else balance = 0;
    if (balance > 0) mature++;
    statement(
      draws,
      card,
      { month, balance, before, mature, isClosed: closes > 0 && i >= months - closes },
      out.credit_card_balance,
    );
    if (before > 0) payments(draws, card, month, before, mature, out.installments_payments);
  }
}

/** The next month's balance: near what the habit says, paid down to nothing now and then. */
function moved(draws: Draws, { limit, usage }: Card, before: number): number {
  if (draws.chance(before > 0 ? 0.055 : 0.72)) return 0;
  const aim = limit * Math.min(1.05, 1.1 * sigmoid(0.5 + usage + 0.7 * draws.normal()));
  return halfCents(before > 0 ? 0.8 * before + 0.2 * aim : aim);
}

interface Month {
  month: number;
  balance: number;
  before: number;
  mature: number;
  isClosed: boolean;
}

function statement(
  draws: Draws,
  card: Card,
  { month, balance, before, mature, isClosed }: Month,
  rows: TableRows,
): void {
  const { id, client, limit, lateOdds } = card;
  const paid =
    before > 0
      ? halfCents(
          Math.max(0.05 * before, Math.min(before, before - balance + draws.between(0, 0.1) * before)),
        )
      : 0;
  const drawn = halfCents(Math.max(0, balance - before + paid));
  const isUnknown = balance === 0 && before === 0 && draws.chance(0.37);
  const atm =
    drawn > 0 && draws.chance(0.55) ? Math.min(drawn, 4500 * Math.max(1, Math.round(drawn / 4500))) : 0;
  const shop = halfCents(drawn - atm);
  const atmCount = atm > 0 ? draws.whole(1, 4) : 0;
  const shopCount = shop > 0 ? draws.whole(1, 9) : 0;
  const cell = (value: number): number => (isUnknown ? NaN : value);
  const dpd =
    balance > 0 && draws.chance(2.1 * sigmoid(lateOdds))
      ? draws.chance(0.02)
        ? draws.whole(60, 1500)
        : draws.whole(1, 20)
      : 0;
  rows.add(
    id,
    client,
    month,
    balance,
    limit,
    cell(atm),
    drawn,
    cell(0),
    cell(shop),
    draws.chance(0.0659) ? NaN : balance > 0 ? halfCents(Math.min(balance, 0.05 * limit)) : 0,
    isUnknown || draws.chance(0.007) ? NaN : paid,
    paid,
    halfCents(balance * 0.96),
    balance,
    balance,
    cell(atmCount),
    atmCount + shopCount,
    cell(0),
    cell(shopCount),
    draws.chance(0.0659) ? NaN : mature,
    isClosed ? COMPLETED : draws.chance(0.0022) ? SIGNED : ACTIVE,
    dpd,
    dpd > 0 && draws.chance(0.53) ? 1 : 0,
  );
}

/** Two or three payments for a month that had a balance. */
function payments(
  draws: Draws,
  { id, client, lateOdds }: Card,
  month: number,
  before: number,
  mature: number,
  rows: TableRows,
): void {
  const due = Math.min(-1, DAYS_A_MONTH * month + draws.whole(0, 20));
  const count = draws.whole(1, 4);
  for (let i = 0; i < count; i++) {
    const delay = draws.chance(sigmoid(lateOdds)) ? draws.whole(1, 20) : -draws.whole(0, 12);
    const amount = halfCents((0.05 * before * (i + 1)) / count);
    rows.add(id, client, 0, mature, due, Math.min(-1, due + delay), amount, amount);
  }
}
