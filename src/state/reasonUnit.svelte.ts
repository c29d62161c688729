import { followSetting, keepSetting, readSetting } from './settings';

/** What reasons are shown in: points, or steps of the probability. */
export type ReasonUnit = 'points' | 'probability';

const KEY = 'reason-unit';
const isUnit = (text: string | null): text is ReasonUnit => text === 'points' || text === 'probability';

/** The unit that the person reads reasons in: one for all clients. */
class ReasonUnitState {
  #unit = $state<ReasonUnit>('points');

  constructor() {
    const kept = readSetting(KEY);
    if (isUnit(kept)) this.#unit = kept;
    followSetting(KEY, (unit) => {
      if (isUnit(unit)) this.#unit = unit;
    });
  }

  get current(): ReasonUnit {
    return this.#unit;
  }

  choose(unit: ReasonUnit): void {
    this.#unit = unit;
    keepSetting(KEY, unit);
  }
}

export const reasonUnit = new ReasonUnitState();
