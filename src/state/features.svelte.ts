import { scoring } from '../client/scoring';
import { saveFile } from '../client/device';
import type { PickedFile } from '../bundle/source';
import type { FeaturesLook, FeaturesMade, FeaturesProgress } from '../protocol/features';
import { Asked } from './asked.svelte';

const FILE = 'features.parquet';

/** Raw tables that were dropped together, and the table of features that is made of them. */
class FeaturesState {
  readonly look = new Asked<FeaturesLook>();
  readonly made = new Asked<FeaturesMade>();
  #files = $state.raw<readonly PickedFile[]>([]);
  #at = $state.raw<FeaturesProgress | null>(null);
  #runs = 0;

  get files() {
    return this.#files;
  }

  /** How far it is. */
  get at() {
    return this.#at;
  }

  async take(files: readonly PickedFile[]): Promise<void> {
    this.#files = files;
    this.#runs++;
    this.made.forget();
    await this.look.ask(String(this.#runs), (task) => scoring.featuresLook({ files }, task));
  }

  forget(): void {
    this.#files = [];
    this.look.forget();
    this.made.forget();
  }

  async make(): Promise<void> {
    const files = this.#files;
    this.#at = null;
    await this.made.ask(`${this.#runs} make`, ({ signal, progress }) =>
      scoring.featuresMake(
        { files },
        {
          signal,
          progress: (at) => {
            this.#at = at;
            progress({ done: at.done, total: at.total, unit: at.step === 'engine' ? 'bytes' : 'rows' });
          },
        },
      ),
    );
  }

  /** What was made, as a file that somebody could have picked. */
  get file(): PickedFile | null {
    const { value } = this.made;
    return value && { path: FILE, file: new File([value.table], FILE, { lastModified: 0 }) };
  }

  save(): void {
    const { value } = this.made;
    if (value) saveFile(value.table, FILE);
  }
}

export const features = new FeaturesState();
