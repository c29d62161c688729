import { scoring } from '../client/scoring';
import type { PickedFile } from '../bundle/source';
import type { Target } from '../bundle/target';
import type { DataLook } from '../engine/data/look';
import type { Correlations } from '../engine/data/together';
import type { Recipe } from '../engine/lab/recipe';
import type { InstalledBundle } from '../protocol/installed';
import type { LabData, LabRows } from '../protocol/lab';
import { toErrorData, type ErrorData } from '../core/errors';
import { localText } from '../i18n/translate';
import { Asked } from './asked.svelte';
import { lab } from './lab.svelte';
import { locale } from './locale.svelte';
import { keepDraft, readDraft } from './settings';

const DRAFT = 'lab';

interface Draft {
  experiment: string;
  name: string;
  rows: LabRows | null;
  target: Target | null;
  id: string | null;
  labelledOnly: boolean;
  recipe: Recipe | null;
}

const EMPTY: Draft = {
  ...{ experiment: '', name: '', rows: null, target: null },
  ...{ id: null, labelledOnly: false, recipe: null },
};

/** What somebody is about to train: typed, kept through a reload, its consequences asked for as it changes. */
class LabFormState {
  readonly look = new Asked<DataLook>();
  readonly together = new Asked<Correlations>();
  #draft = $state.raw<Draft>(EMPTY);
  #templates = $state.raw<Readonly<Record<string, Recipe>>>({});
  #error = $state.raw<ErrorData | null>(null);
  #begun: Promise<void> | null = null;

  get draft() {
    return this.#draft;
  }

  get templates() {
    return this.#templates;
  }

  get error() {
    return this.#error;
  }

  /** What is learned from, once it is said. */
  get data(): LabData | null {
    const { rows, target, id, labelledOnly } = this.#draft;
    return rows && target ? { rows, target, id, ...(labelledOnly ? { labelledOnly } : {}) } : null;
  }

  /** Brings back what was typed; a first visit begins with the bundle in use. */
  begin(bundle: InstalledBundle | null): Promise<void> {
    this.#begun ??= this.#bringBack(bundle).catch((error: unknown) => {
      this.#error = toErrorData(error);
      this.#begun = null;
    });
    return this.#begun;
  }

  async #bringBack(bundle: InstalledBundle | null): Promise<void> {
    const kept = JSON.parse(readDraft(DRAFT) ?? 'null') as Draft | null;
    const [usual, templates] = await Promise.all([
      scoring.readRecipe({ text: '{}' }),
      scoring.recipeTemplates(),
    ]);
    this.#templates = templates;
    this.#draft = { ...EMPTY, ...kept, recipe: kept?.recipe ?? usual };
    const { rows } = this.#draft;
    if (rows) await this.#lookAt(rows, false);
    else if (bundle) await this.takeBundle(bundle);
  }

  change(change: Partial<Draft>): void {
    this.#draft = { ...this.#draft, ...change };
    this.#error = null;
    keepDraft(DRAFT, JSON.stringify(this.#draft));
    this.#ask();
  }

  async takeBundle({ fingerprint, title, id, version }: InstalledBundle): Promise<void> {
    const name = `${localText(title, locale.current, id)} ${version}`;
    await this.#lookAt({ kind: 'bundle', fingerprint, name }, true);
  }

  async takeFile(file: PickedFile): Promise<void> {
    try {
      await this.begin(null);
      await this.#lookAt(await scoring.keepRows({ file }), true);
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  /** @param anew what these rows make likely is chosen; else what was chosen stays */
  async #lookAt(rows: LabRows, anew: boolean): Promise<void> {
    this.change(anew ? { rows, target: null, id: null, labelledOnly: false } : { rows });
    await this.look.ask(JSON.stringify(rows), (task) => scoring.labLook({ rows }, task));
    const found = this.look.value;
    if (!found || this.#draft.rows !== rows || !anew) return;
    const likely = found.outcomes.find((one) => one.likely) ?? null;
    this.change({ target: likely && { column: likely.column, value: likely.value } });
  }

  /** How the numbers of the rows go together; asked once for each rows. */
  askTogether(rows: LabRows): void {
    void this.together.ask(JSON.stringify(rows), (task) => scoring.labCorrelations({ rows }, task));
  }

  async importRecipe(file: File): Promise<void> {
    try {
      this.change({ recipe: await scoring.readRecipe({ text: await file.text() }) });
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  /** The consequences once more: they are not kept while another page is shown. */
  askAgain(): void {
    this.#ask();
  }

  #ask(): void {
    const { recipe } = this.#draft;
    if (this.data && recipe) lab.askPlan(this.data, recipe);
    else lab.plan.forget();
  }

  /** Begins the run that is described. @returns whether it has begun */
  async start(baseline: string): Promise<boolean> {
    const { experiment, name, recipe } = this.#draft;
    if (!this.data || !recipe) return false;
    try {
      await lab.start(
        { experiment: experiment.trim(), name: name.trim(), data: this.data, recipe },
        baseline,
      );
      // The next one's name may be typed already.
      if (this.#draft.name === name) this.change({ name: '' });
      return true;
    } catch (error) {
      this.#error = toErrorData(error);
      return false;
    }
  }
}

export const labForm = new LabFormState();
