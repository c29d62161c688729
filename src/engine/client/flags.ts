import { cellValue, flagOf } from './cells';
import type { Engine } from '../engine';
import { oncePerBundle } from '../once';
import { pausing } from '../runtime';

/** What is odd about each client's inputs, counted. */
export interface Flags {
  missing: Uint16Array;
  /** Outside the range of the training, or a level that the model does not know. */
  odd: Uint16Array;
}

/** Share of the inputs from which on much is missing. */
export const MUCH_MISSING = 0.3;

export const flagsOf = oncePerBundle(async (engine: Engine): Promise<Flags> => {
  const rows = engine.clients.count;
  const flags: Flags = { missing: new Uint16Array(rows), odd: new Uint16Array(rows) };
  // Somebody may ask for a client meanwhile.
  const pause = pausing(undefined);
  for (const declared of engine.columns) {
    const column = await engine.clients.column(declared.name);
    if (!column) continue;
    for (let row = 0; row < rows; row++) {
      const flag = flagOf(declared, column, row, cellValue(column, row));
      if (flag === 'missing') flags.missing[row]++;
      else if (flag) flags.odd[row]++;
    }
    await pause();
  }
  return flags;
});
