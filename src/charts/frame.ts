/** A tick of an axis and where it stands, in percent. */
export interface Tick {
  at: number;
  label: string;
}

/** Ticks of an axis where `place` puts their values, 0 to 1. */
export const ticksAt = (ticks: readonly Tick[], place: (value: number) => number): Tick[] =>
  ticks.map(({ at, label }) => ({ at: 100 * place(at), label }));
