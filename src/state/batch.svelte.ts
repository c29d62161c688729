import { scoring } from '../client/scoring';
import { saveFile } from '../client/device';
import type { PickedFile } from '../bundle/source';
import { refusing } from '../bundle/training/findings';
import type { TableFormat } from '../core/table/write';
import type { BatchLook, BatchResult } from '../protocol/batch';
import { Asked } from './asked.svelte';
import { locale } from './locale.svelte';

/** A file being scored: what it looks like, what was chosen, what came of it. */
class BatchState {
  readonly look = new Asked<BatchLook>();
  readonly result = new Asked<BatchResult>();
  #file = $state.raw<PickedFile | null>(null);
  #fingerprint = '';
  format = $state<TableFormat>('csv');
  reasons = $state(false);

  get file() {
    return this.#file;
  }

  /** The rows are not what the model was made for. */
  get refused(): boolean {
    return refusing(this.look.value?.findings ?? []).length > 0;
  }

  /** Looks at a file: how many rows, and what they hold that the training did not. */
  async take(fingerprint: string, file: PickedFile): Promise<void> {
    this.#file = file;
    this.#fingerprint = fingerprint;
    this.result.stop();
    this.#runs++;
    await this.look.ask(`${fingerprint} ${this.#runs}`, (task) =>
      scoring.batchLook({ fingerprint, file }, task),
    );
  }
  #runs = $state(0);

  async score(): Promise<void> {
    const file = this.#file;
    const [fingerprint, format, reasons] = [this.#fingerprint, this.format, this.reasons];
    if (!file) return;
    this.#runs++;
    await this.result.ask(String(this.#runs), (task) =>
      scoring.batchRun({ fingerprint, file, format, reasons, locale: locale.current }, task),
    );
  }

  /** What came is of another bundle. */
  belongsTo(fingerprint: string): boolean {
    return this.#file !== null && this.#fingerprint === fingerprint;
  }

  save(what: 'scores' | 'apart'): void {
    const { value } = this.result;
    const name = (this.#file?.path.split('/').at(-1) ?? 'rows').replace(/\.[^.]*$/, '');
    if (what === 'scores' && value)
      saveFile(value.scores, `${name}-scores.${EXTENSIONS[value.scores.type] ?? 'csv'}`);
    if (what === 'apart' && value?.apartFile) saveFile(value.apartFile, `${name}-problems.csv`);
  }
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/csv': 'csv',
  'application/json': 'json',
  'application/vnd.apache.parquet': 'parquet',
};

export const batch = new BatchState();
