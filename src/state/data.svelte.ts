import { scoring } from '../client/scoring';
import type { ColumnView } from '../engine/data/column';
import type { DataLook } from '../engine/data/look';
import type { OutcomeChoice } from '../engine/data/outcome';
import type { Correlations, PairView } from '../engine/data/together';
import type { DataSource } from '../service/data';
import { Asked } from './asked.svelte';

type Outcome = Pick<OutcomeChoice, 'column' | 'value'>;

/** A table that is looked at: which one, by which outcome, which column, and what came. */
class DataState {
  readonly look = new Asked<DataLook>();
  readonly column = new Asked<ColumnView>();
  readonly bonds = new Asked<{ column: string; informationValue: number }[]>();
  readonly together = new Asked<Correlations>();
  readonly pair = new Asked<PairView>();
  readonly rows = new Asked<string[][]>();
  #source = $state.raw<DataSource | null>(null);
  #outcome = $state.raw<Outcome | null>(null);
  /** The table is here, and what is likely its outcome is chosen. */
  #settled = $state(false);
  /** Changes with the source: what is asked for another one is another question. */
  #runs = 0;

  get source() {
    return this.#source;
  }

  get settled() {
    return this.#settled;
  }

  get outcome() {
    return this.#outcome;
  }

  /** Looks at another table; the outcome that its columns make likely is taken. @param usual the bundle's own */
  async take(source: DataSource, usual: Outcome | null): Promise<void> {
    this.#source = source;
    this.#outcome = null;
    this.#settled = false;
    this.#runs++;
    for (const asked of [this.column, this.bonds, this.together, this.pair, this.rows]) asked.forget();
    await this.look.ask(this.#key('look'), (task) => scoring.dataLook({ source }, task));
    const found = this.look.value;
    if (!found || this.#source !== source) return;
    const likely = found.outcomes.find((one) => one.likely);
    this.choose(
      found.outcomes.find((one) => one.column === usual?.column && one.value === usual.value) ??
        likely ??
        null,
    );
    this.#settled = true;
    void this.together.ask(this.#key('together'), (task) => scoring.dataCorrelations({ source }, task));
    void this.rows.ask(this.#key('rows'), (task) => scoring.dataRows({ source }, task));
  }

  choose(outcome: Outcome | null): void {
    this.#outcome = outcome && { column: outcome.column, value: outcome.value };
    const source = this.#source;
    if (source)
      void this.bonds.ask(this.#key('bonds'), (task) =>
        scoring.dataBonds({ source, outcome: this.#outcome }, task),
      );
  }

  askColumn(column: string, log: boolean): void {
    const [source, outcome] = [this.#source, this.#outcome];
    if (source)
      void this.column.ask(this.#key('column', column, String(log)), (task) =>
        scoring.dataColumn({ source, outcome, column, log }, task),
      );
  }

  askPair(x: string, y: string): void {
    const [source, outcome] = [this.#source, this.#outcome];
    if (source)
      void this.pair.ask(this.#key('pair', x, y), (task) =>
        scoring.dataPair({ source, outcome, x, y }, task),
      );
  }

  #key(...parts: string[]): string {
    return [this.#runs, this.#outcome?.column, this.#outcome?.value, ...parts].join('\u0001');
  }
}

export const data = new DataState();
