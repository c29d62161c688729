import { normalShare } from '../../core/numeric/special';
import type { Cells } from './application';
import { sharesOf, valueAt, type Draws } from './draws';
import { facts } from './facts';
import type { Latents } from './latents';
import type { Setting } from './setting';

const { quantiles } = facts;
const ratios = sharesOf(facts.money.topRatios);

/** What shifts an income, in deviations of its normal variable; together they leave its mean and deviation as they are. */
const GENDER: Record<string, number> = { F: -0.2, M: 0.38 };
const EDUCATION: Record<string, number> = { 'Higher education': 0.45, 'Lower secondary': -0.4 };
const INCOME_TYPE: Record<string, number> = { Pensioner: -0.4, 'Commercial associate': 0.3 };
const OTHER_EDUCATION = -0.14;
const OWN_SHARE = 0.9;

/** Income, what is bought, the credit for it and its yearly payment: the credit is a price's multiple, the payment a share of it. */
export function money(draws: Draws, latents: Latents, person: Cells, setting: Setting): Cells {
  const income = roundedIncome(draws, setting.income * incomeOf(latents, person));
  if (draws.chance(facts.money.revolving * setting.revolving)) return revolving(draws, income);
  const goods = roundedGoods(draws, setting.credit * latents.value('AMT_GOODS_PRICE'));
  const credit = goods * ratioOf(draws);
  const rate = valueAt(facts.money.annuityOverCredit, normalShare(latents.of('AMT_ANNUITY')));
  return {
    NAME_CONTRACT_TYPE: 'Cash loans',
    AMT_INCOME_TOTAL: income,
    AMT_CREDIT: roundTo(4.5, credit),
    AMT_ANNUITY: draws.chance(facts.missing.AMT_ANNUITY) ? null : Math.max(2250, roundTo(4.5, credit * rate)),
    AMT_GOODS_PRICE: goods,
  };
}

/** A revolving loan: a round limit of some months' income, a twentieth of it paid a month. */
function revolving(draws: Draws, income: number): Cells {
  const most = income * draws.from(facts.money.revolvingCreditOverIncome);
  const credit = Math.min(2250000, Math.max(135000, roundTo(45000, most)));
  const equal = draws.chance(0.985);
  return {
    NAME_CONTRACT_TYPE: 'Revolving loans',
    AMT_INCOME_TOTAL: income,
    AMT_CREDIT: credit,
    AMT_ANNUITY: credit / (draws.chance(0.9987) ? 20 : 10),
    AMT_GOODS_PRICE: draws.chance(0.0059)
      ? null
      : equal
        ? credit
        : roundTo(45000, credit * draws.between(1, 2)),
  };
}

function incomeOf(latents: Latents, { CODE_GENDER, NAME_EDUCATION_TYPE, NAME_INCOME_TYPE }: Cells): number {
  const shift =
    (GENDER[CODE_GENDER as string] ?? 0) +
    (EDUCATION[NAME_EDUCATION_TYPE as string] ?? OTHER_EDUCATION) +
    (INCOME_TYPE[NAME_INCOME_TYPE as string] ?? 0);
  return valueAt(quantiles.AMT_INCOME_TOTAL, normalShare(shift + OWN_SHARE * latents.of('AMT_INCOME_TOTAL')));
}

function ratioOf(draws: Draws): number {
  if (draws.chance(facts.money.creditEqualsGoods)) return 1;
  if (draws.chance(0.68)) return Number(ratios.levels[draws.pick(ratios)]);
  return valueAt(facts.money.creditOverGoods, draws.between(0.5, 1));
}

/** Three of four incomes are multiples of 22,500. */
function roundedIncome(draws: Draws, income: number): number {
  const u = draws.uniform();
  return u < 0.62 ? Math.max(22500, roundTo(22500, income)) : roundTo(u < 0.976 ? 4500 : 450, income);
}

function roundedGoods(draws: Draws, price: number): number {
  const u = draws.uniform();
  if (u < 0.34 && price > 150000) return roundTo(225000, price);
  return Math.max(40500, roundTo(u < 0.5 ? 45000 : 4500, price));
}

const roundTo = (step: number, value: number): number => Math.round(value / step) * step;
