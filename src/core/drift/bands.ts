/** Verdicts of the population stability index (Siddiqi 2006): from .1 worth a look, from .25 drifted. */
export const WATCH_FROM = 0.1;
export const DRIFTED_FROM = 0.25;
