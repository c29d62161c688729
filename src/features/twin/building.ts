import { normalShare } from '../../core/numeric/special';
import { level, type Cells } from './application';
import { sharesOf, valueAt, type Draws, type Quantiles } from './draws';
import { facts } from './facts';
import type { Latents } from './latents';

const { shares, housingMissing } = facts;
const words = ['FONDKAPREMONT_MODE', 'HOUSETYPE_MODE', 'WALLSMATERIAL_MODE', 'EMERGENCYSTATE_MODE'].map(
  (name) => ({ name, list: sharesOf(shares[name]), missing: housingMissing[name] }),
);
/** How a measure goes with those that have a latent of their own. */
const LIKE: Record<string, readonly [latent: string, pull: number]> = {
  APARTMENTS: ['APARTMENTS_AVG', 1],
  FLOORSMAX: ['FLOORSMAX_AVG', 1],
  YEARS_BUILD: ['YEARS_BUILD_AVG', 1],
  BASEMENTAREA: ['TOTALAREA_MODE', 0.65],
  YEARS_BEGINEXPLUATATION: ['YEARS_BUILD_AVG', 0.6],
  COMMONAREA: ['TOTALAREA_MODE', 0.6],
  ELEVATORS: ['FLOORSMAX_AVG', 0.7],
  ENTRANCES: ['TOTALAREA_MODE', 0.55],
  FLOORSMIN: ['FLOORSMAX_AVG', 0.8],
  LANDAREA: ['TOTALAREA_MODE', 0.45],
  LIVINGAPARTMENTS: ['APARTMENTS_AVG', 0.93],
  LIVINGAREA: ['TOTALAREA_MODE', 0.94],
  NONLIVINGAPARTMENTS: ['TOTALAREA_MODE', 0.3],
  NONLIVINGAREA: ['TOTALAREA_MODE', 0.3],
};
const bases = Object.entries(facts.housing).map(([name, own]) => ({ name, ...own, like: LIKE[name] }));

/**
 * The building that somebody lives in: nothing is known of nearly half of them; of the others each measure is missing the
 * more often, the less is known in all. Average, mode and median of a measure are missing together, and nearly the same.
 */
export function building(draws: Draws, latents: Latents): Cells {
  const known = draws.uniform();
  const nothing = known < housingMissing.all;
  const isMissing = (share: number): boolean =>
    nothing ||
    draws.chance((share - housingMissing.all) / (1 - housingMissing.all) + (known < 0.55 ? 0.05 : -0.01));
  const cells: Cells = {};
  for (const { name, list, missing } of words) cells[name] = isMissing(missing) ? null : level(draws, list);
  cells.TOTALAREA_MODE = isMissing(housingMissing.TOTALAREA_MODE)
    ? null
    : fourDigits(latents.value('TOTALAREA_MODE'));
  for (const { name, missing, quantiles: own, mode, medi, like } of bases) {
    const there = !isMissing(missing);
    const [latent, pull] = like;
    const z = pull * latents.of(latent) + Math.sqrt(1 - pull * pull) * draws.normal();
    cells[`${name}_AVG`] = there ? measure(own, z) : null;
    cells[`${name}_MODE`] = there ? measure(own, beside(draws, z, mode)) : null;
    cells[`${name}_MEDI`] = there ? measure(own, beside(draws, z, medi)) : null;
  }
  return cells;
}

/** A normal variable that is the same for most, and correlates with `z` by `r` in all. */
const beside = (draws: Draws, z: number, r: number): number =>
  draws.chance(0.5) ? z : (2 * r - 1) * z + Math.sqrt(1 - (2 * r - 1) ** 2) * draws.normal();

const measure = (own: Quantiles, z: number): number => fourDigits(valueAt(own, normalShare(z)));
const fourDigits = (value: number): number => Math.round(value * 10000) / 10000;
