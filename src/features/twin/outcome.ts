import { ln, sigmoid } from '../../core/numeric/functions';
import type { Application, Cells } from './application';
import type { Draws } from './draws';
import { facts, NEVER, YEAR } from './facts';
import type { Setting } from './setting';

const { logit } = facts;

/** How strongly habits of paying drive the outcome, beside what the application tells (log odds a deviation). */
const HABITS = 0.8;
/** What the application tells weighs more, as habits blur it; and the odds that keep the share of defaults where it is. */
const SHARPER = 1.27;
const SHIFT = -0.33;
/** What an application tells on average, as log odds: what is sharpened is the distance from it. */
const USUAL_ODDS = -2.6;

/** How far those who made the external sources know the habits. */
const KNOWN = 0.45;

const MANUAL = new Set([
  'Low-skill Laborers',
  'Drivers',
  'Laborers',
  'Security staff',
  'Waiters/barmen staff',
  'Cooking staff',
]);
const SKILLED = new Set(['Core staff', 'Accountants', 'High skill tech staff', 'Managers', 'Medicine staff']);
const RISKY = new Set(['Self-employed', 'Business Entity Type 3', 'Construction', 'Transport: type 3']);

/**
 * Habits of paying: of deviation 1, high where somebody pays late. Half known to those who made the external sources; what
 * they do not know drives the outcome by itself.
 */
export interface Habits {
  late: number;
  own: number;
}

export function habitsOf(draws: Draws, { latents }: Application): Habits {
  const own = draws.normal();
  // Of deviation 1: both sources correlate by .10.
  const known = -(latents.of('EXT_SOURCE_2') + 1.3 * latents.of('EXT_SOURCE_3')) / 1.72;
  return { late: KNOWN * known + Math.sqrt(1 - KNOWN * KNOWN) * own, own };
}

/** Whether the credit goes bad: a logistic regression on real applications, and the habits that it does not see. */
export function defaults(draws: Draws, { cells }: Application, { own }: Habits, setting: Setting): boolean {
  const told = logit.intercept + toldBy(cells);
  return draws.chance(
    sigmoid(USUAL_ODDS + SHARPER * (told - USUAL_ODDS) + SHIFT + HABITS * own + setting.risk),
  );
}

function toldBy(cells: Cells): number {
  return Object.entries(terms(cells)).reduce((sum, [name, value]) => sum + logit[name] * value, 0);
}

/** Terms of the regression, by the names of its weights in facts.json. */
function terms(cells: Cells): Record<string, number> {
  const number = (name: string): number => cells[name] as number;
  const centred = (name: string): number => (cells[name] === null ? 0 : number(name) - 0.5);
  const is = (truth: boolean): number => (truth ? 1 : 0);
  const has = (name: string, values: ReadonlySet<string>): number => is(values.has(cells[name] as string));
  const noJob = cells.DAYS_EMPLOYED === NEVER;
  const rate = cells.AMT_ANNUITY === null ? 0 : (number('AMT_ANNUITY') / number('AMT_CREDIT') - 0.05) * 100;
  const goods = cells.AMT_GOODS_PRICE as number | null;
  const years = (name: string): number => -number(name) / YEAR;
  return {
    ext1: centred('EXT_SOURCE_1'),
    ext2: centred('EXT_SOURCE_2'),
    ext3: centred('EXT_SOURCE_3'),
    noExt1: is(cells.EXT_SOURCE_1 === null),
    noExt3: is(cells.EXT_SOURCE_3 === null),
    ageDecades: years('DAYS_BIRTH') / 10,
    employedDecades: noJob ? 0 : Math.min(20, years('DAYS_EMPLOYED')) / 10,
    noJob: is(noJob),
    lnCreditOverGoods: goods === null ? 0 : ln(number('AMT_CREDIT') / goods),
    paymentRate: rate,
    paymentRateSquared: rate * rate,
    lnIncome: ln(number('AMT_INCOME_TOTAL') / 150000),
    lnCredit: ln(number('AMT_CREDIT') / 500000),
    male: is(cells.CODE_GENDER === 'M'),
    higherEducation: is(cells.NAME_EDUCATION_TYPE === 'Higher education'),
    lowerSecondary: is(cells.NAME_EDUCATION_TYPE === 'Lower secondary'),
    revolving: is(cells.NAME_CONTRACT_TYPE === 'Revolving loans'),
    working: is(cells.NAME_INCOME_TYPE === 'Working'),
    carAgeDecades: cells.OWN_CAR_AGE === null ? 0 : Math.min(30, number('OWN_CAR_AGE')) / 10,
    ownsCar: is(cells.FLAG_OWN_CAR === 'Y'),
    cityRating: number('REGION_RATING_CLIENT_W_CITY') - 2,
    cityNotWork: number('REG_CITY_NOT_WORK_CITY'),
    cityNotLive: number('REG_CITY_NOT_LIVE_CITY'),
    idDecades: years('DAYS_ID_PUBLISH') / 10,
    phoneYears: years('DAYS_LAST_PHONE_CHANGE'),
    registrationDecades: years('DAYS_REGISTRATION') / 10,
    socialDefaults: Math.min(3, number('DEF_30_CNT_SOCIAL_CIRCLE')),
    document3: number('FLAG_DOCUMENT_3'),
    workPhone: number('FLAG_WORK_PHONE'),
    noEnquiries: is(cells.AMT_REQ_CREDIT_BUREAU_YEAR === null),
    noBuilding: is(cells.TOTALAREA_MODE === null),
    married: is(cells.NAME_FAMILY_STATUS === 'Married'),
    rents: is(cells.NAME_HOUSING_TYPE === 'Rented apartment' || cells.NAME_HOUSING_TYPE === 'With parents'),
    manual: has('OCCUPATION_TYPE', MANUAL),
    skilled: has('OCCUPATION_TYPE', SKILLED),
    riskyOrganisation: has('ORGANIZATION_TYPE', RISKY),
  };
}
