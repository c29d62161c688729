import { level, type Cells } from './application';
import { sharesOf, type Draws } from './draws';
import { atAge, facts, NEVER, YEAR } from './facts';
import type { Latents } from './latents';
import type { Setting } from './setting';

const { flags, shares, quantiles } = facts;
const counts = ['HOUR', 'DAY', 'WEEK', 'QRT'].map((period) => `AMT_REQ_CREDIT_BUREAU_${period}`);
const requests = new Map(counts.map((name) => [name, sharesOf(shares[name])]));
const socialDefaults = sharesOf({ 1: 0.785, 2: 0.165, 3: 0.037, 4: 0.009, 5: 0.004 });

/** Papers that stand for the others where somebody brings a second one. */
const RARE = [2, 4, 5, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21];
const DOCUMENT_6: readonly [job: number, none: number] = [0.01, 0.4317];
/** Of cash loans without document 6, and of what is left then. */
const DOCUMENT_3 = 0.858;
const DOCUMENT_3_REVOLVING = 0.0377;
const DOCUMENT_8 = 0.4;
const ENQUIRIES_MISSING = 0.1331;
const EXT3_MISSING = 0.0731;
/** Those whom the first source knows are younger than others, and it rates the young lower: its values are of those it knows. */
const EXT1_YOUNG = 0.17;
const CIRCLE_MISSING = 0.00377;

/** What somebody brought, what phones there are, and what others know of them. */
export function papers(draws: Draws, latents: Latents, cells: Cells, setting: Setting): Cells {
  const enquiries = enquiriesOf(draws, latents);
  const noJob = cells.DAYS_EMPLOYED === NEVER;
  const age = -(cells.DAYS_BIRTH as number) / YEAR;
  const noEnquiries = enquiries.AMT_REQ_CREDIT_BUREAU_YEAR === null;
  const noExt1 = draws.chance(setting.ext1Missing * atAge(facts.ext1MissingByAge, age));
  const noExt2 = draws.chance(facts.missing.EXT_SOURCE_2);
  const noExt3 = noEnquiries || draws.chance(EXT3_MISSING * setting.ext3Missing);
  return {
    FLAG_MOBIL: 1,
    FLAG_EMP_PHONE: noJob || draws.chance(0.0002) ? 0 : 1,
    FLAG_WORK_PHONE: flag(draws, noJob ? 0.02 : flags.FLAG_WORK_PHONE * 1.21),
    FLAG_CONT_MOBILE: flag(draws, flags.FLAG_CONT_MOBILE),
    FLAG_PHONE: flag(draws, flags.FLAG_PHONE),
    FLAG_EMAIL: flag(draws, flags.FLAG_EMAIL),
    EXT_SOURCE_1: noExt1 ? null : latents.value('EXT_SOURCE_1', EXT1_YOUNG),
    EXT_SOURCE_2: noExt2 ? null : latents.value('EXT_SOURCE_2'),
    EXT_SOURCE_3: noExt3 ? null : latents.value('EXT_SOURCE_3', setting.ext3),
    ...circle(draws, latents),
    ...documents(draws, cells.NAME_CONTRACT_TYPE === 'Cash loans', noJob),
    ...enquiries,
  };
}

const flag = (draws: Draws, share: number): number => (draws.chance(share) ? 1 : 0);

/** People around somebody, and how many of them paid late by 30 and 60 days. */
function circle(draws: Draws, latents: Latents): Cells {
  const observed = Math.floor(latents.value('OBS_30_CNT_SOCIAL_CIRCLE') + 0.35);
  const some = observed > 0 && draws.chance(0.25);
  const late30 = some ? Math.min(observed, Number(level(draws, socialDefaults))) : 0;
  let late60 = 0;
  for (let i = 0; i < late30; i++) if (draws.chance(0.7)) late60++;
  const missing = draws.chance(CIRCLE_MISSING);
  const observed60 = Math.max(late60, observed - (observed > 0 && draws.chance(0.012) ? 1 : 0));
  const cell = (value: number): number | null => (missing ? null : value);
  return {
    OBS_30_CNT_SOCIAL_CIRCLE: cell(observed),
    DEF_30_CNT_SOCIAL_CIRCLE: cell(late30),
    OBS_60_CNT_SOCIAL_CIRCLE: cell(observed60),
    DEF_60_CNT_SOCIAL_CIRCLE: cell(late60),
  };
}

/** One paper for nearly all, another one beside it for one of forty. */
function documents(draws: Draws, isCash: boolean, noJob: boolean): Cells {
  const cells: Cells = {};
  for (let i = 2; i <= 21; i++) cells[`FLAG_DOCUMENT_${i}`] = 0;
  if (draws.chance(DOCUMENT_6[noJob ? 1 : 0])) cells.FLAG_DOCUMENT_6 = 1;
  else if (draws.chance(isCash ? DOCUMENT_3 : DOCUMENT_3_REVOLVING)) cells.FLAG_DOCUMENT_3 = 1;
  else if (draws.chance(DOCUMENT_8)) cells.FLAG_DOCUMENT_8 = 1;
  for (const i of RARE) if (draws.chance(flags[`FLAG_DOCUMENT_${i}`])) cells[`FLAG_DOCUMENT_${i}`] = 1;
  return cells;
}

/** Enquiries about somebody at the credit bureau: all unknown together. */
function enquiriesOf(draws: Draws, latents: Latents): Cells {
  const missing = draws.chance(ENQUIRIES_MISSING);
  const cells: Cells = {};
  for (const [name, list] of requests) cells[name] = Number(level(draws, list));
  cells.AMT_REQ_CREDIT_BUREAU_MON = Math.max(
    0,
    Math.round(draws.from(quantiles.AMT_REQ_CREDIT_BUREAU_MON) - 0.2),
  );
  cells.AMT_REQ_CREDIT_BUREAU_YEAR = Math.floor(latents.value('AMT_REQ_CREDIT_BUREAU_YEAR') + 0.5);
  for (const name of Object.keys(cells)) if (missing) cells[name] = null;
  return cells;
}
