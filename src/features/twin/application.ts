import { normalShare } from '../../core/numeric/special';
import { building } from './building';
import { shareBelow, sharesOf, valueAt, type Draws, type Shares } from './draws';
import { atAge, facts, listOf, NEVER, sharesBy, YEAR } from './facts';
import { Latents } from './latents';
import { money } from './money';
import { papers } from './papers';
import type { Setting } from './setting';
import { without } from './weights';
import { OCCUPATION_MISSING, occupationsByGender, organisationsByOccupation } from './work';

/** Cells of an application by column: numbers, or levels as they are written; null is missing. */
export type Cells = Record<string, number | string | null>;

export interface Application {
  cells: Cells;
  latents: Latents;
}

const { quantiles, shares } = facts;
const incomeTypes = sharesOf(without(shares.NAME_INCOME_TYPE, 'Pensioner', 'Unemployed'));
const idle = sharesOf({ Pensioner: 0.99932, Unemployed: 0.00068 });
const genders = sharesBy(facts.given.genderByIncomeType);
const educations = sharesBy(facts.given.educationByIncomeType);
const families = sharesBy(facts.given.familyByGender);
const occupations = sharesBy(occupationsByGender());
const organisations = organisationsByOccupation();
const suites = sharesOf(shares.NAME_TYPE_SUITE);
const homes = sharesOf(shares.NAME_HOUSING_TYPE);
const weekdays = sharesOf(shares.WEEKDAY_APPR_PROCESS_START);
const children = sharesOf({ 1: 0.674, 2: 0.274, 3: 0.045, 4: 0.006, 5: 0.001 });
const ratings = sharesOf(shares.REGION_RATING_CLIENT_W_CITY);

/** People without a job are said to have begun it in a thousand years. */
const YOUNGEST_WORKER = 16;
const RATING_BETTER_IN_CITY = 0.0192;
const CAR_BY_GENDER: Record<string, number> = { F: 0.2231, M: 0.557 };

/** What somebody asks for, and who it is, all but the outcome. */
export function application(draws: Draws, setting: Setting): Application {
  const latents = new Latents(draws);
  const days = Math.round(latents.value('DAYS_BIRTH', setting.younger));
  const person = personOf(draws, latents, days);
  const cells: Cells = {
    ...person,
    ...money(draws, latents, person, setting),
    NAME_TYPE_SUITE: draws.chance(facts.missing.NAME_TYPE_SUITE) ? null : level(draws, suites),
    REGION_POPULATION_RELATIVE: latents.value('REGION_POPULATION_RELATIVE'),
    ...region(draws, latents),
    WEEKDAY_APPR_PROCESS_START: level(draws, weekdays),
    HOUR_APPR_PROCESS_START: Math.round(latents.value('HOUR_APPR_PROCESS_START')),
    ...building(draws, latents),
  };
  return { cells: { ...cells, ...papers(draws, latents, cells, setting) }, latents };
}

function personOf(draws: Draws, latents: Latents, days: number): Cells {
  const age = -days / YEAR;
  const hasNoJob = draws.chance(atAge(facts.pensionerByAge, age));
  const income = level(draws, hasNoJob ? idle : incomeTypes);
  const gender = draws.chance(1.3e-5) ? 'XNA' : level(draws, listOf(genders, income));
  const family = familyOf(draws, gender === 'XNA' ? 'F' : gender, age);
  const occupation =
    hasNoJob || draws.chance(OCCUPATION_MISSING)
      ? null
      : level(draws, listOf(occupations, gender === 'M' ? 'M' : 'F'));
  const ownsCar = draws.chance(CAR_BY_GENDER[gender] ?? 0.3);
  const kids = childrenOf(draws, age);
  const home = level(draws, homes);
  return {
    CODE_GENDER: gender,
    FLAG_OWN_CAR: ownsCar ? 'Y' : 'N',
    FLAG_OWN_REALTY: draws.chance(facts.flags.FLAG_OWN_REALTY) ? 'Y' : 'N',
    CNT_CHILDREN: kids,
    CNT_FAM_MEMBERS: kids + (family === 'Married' || family === 'Civil marriage' ? 2 : 1),
    NAME_INCOME_TYPE: income,
    NAME_EDUCATION_TYPE: level(draws, listOf(educations, income)),
    NAME_FAMILY_STATUS: family,
    NAME_HOUSING_TYPE: home,
    DAYS_BIRTH: days,
    DAYS_EMPLOYED: hasNoJob ? NEVER : within(latents, 'DAYS_EMPLOYED', days + YOUNGEST_WORKER * YEAR),
    DAYS_REGISTRATION: within(latents, 'DAYS_REGISTRATION', days),
    DAYS_ID_PUBLISH: Math.round(latents.value('DAYS_ID_PUBLISH')),
    DAYS_LAST_PHONE_CHANGE: Math.round(latents.value('DAYS_LAST_PHONE_CHANGE')),
    OWN_CAR_AGE: ownsCar ? Math.round(latents.value('OWN_CAR_AGE')) : null,
    OCCUPATION_TYPE: occupation,
    ORGANIZATION_TYPE: hasNoJob ? 'XNA' : level(draws, listOf(organisations, occupation ?? '')),
  };
}

/** A day no earlier than `first`: of those left, as common as they are among all. */
function within(latents: Latents, name: string, first: number): number {
  const below = shareBelow(quantiles[name], first);
  return Math.round(valueAt(quantiles[name], below + (1 - below) * normalShare(latents.of(name))));
}

/** Widows are older than others, singles younger. */
function familyOf(draws: Draws, gender: string, age: number): string {
  const list = listOf(families, gender);
  const drawn = level(draws, list);
  if (drawn === 'Widow' && age < 40 && draws.chance(0.8)) return 'Single / not married';
  if (drawn === 'Single / not married' && age > 55 && draws.chance(0.5)) return 'Widow';
  return drawn;
}

function childrenOf(draws: Draws, age: number): number {
  return draws.chance(atAge(facts.childrenByAge, age) / 1.39) ? Number(level(draws, children)) : 0;
}

function region(draws: Draws, latents: Latents): Cells {
  const u = normalShare(latents.of('REGION_RATING_CLIENT_W_CITY'));
  const city = 1 + ratings.upTo.findIndex((upTo) => u <= upTo || upTo === 1);
  const isWorse = city < 3 && draws.chance(RATING_BETTER_IN_CITY);
  const { flags } = facts;
  const regionNotLive = draws.chance(flags.REG_REGION_NOT_LIVE_REGION);
  const regionNotWork = draws.chance(flags.REG_REGION_NOT_WORK_REGION);
  const cityNotLive = draws.chance(flags.REG_CITY_NOT_LIVE_CITY);
  const cityNotWork = draws.chance(flags.REG_CITY_NOT_WORK_CITY);
  const flag = (is: boolean): number => (is ? 1 : 0);
  return {
    REGION_RATING_CLIENT: city + flag(isWorse),
    REGION_RATING_CLIENT_W_CITY: city,
    REG_REGION_NOT_LIVE_REGION: flag(regionNotLive),
    REG_REGION_NOT_WORK_REGION: flag(regionNotWork),
    LIVE_REGION_NOT_WORK_REGION: flag(regionNotWork && draws.chance(0.79)),
    REG_CITY_NOT_LIVE_CITY: flag(cityNotLive),
    REG_CITY_NOT_WORK_CITY: flag(cityNotWork),
    LIVE_CITY_NOT_WORK_CITY: flag(cityNotWork && draws.chance(0.7725)),
  };
}

export const level = (draws: Draws, list: Shares): string => list.levels[draws.pick(list)];
