import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { PackStep } from '../bundle/packPlan';
import type { MakeChoice, Proposal } from '../bundle/proposal';
import { refusing, worstFirst, type Finding } from '../bundle/training/findings';
import type { PickedFile } from '../bundle/source';
import { localText } from '../i18n/translate';
import { locale } from './locale.svelte';

/** A bundle being made of somebody's own model and tables: the files, what they look like, what is chosen. */
class MakingState {
  #files = $state.raw<PickedFile[]>([]);
  #proposal = $state.raw<Proposal | null>(null);
  #choice = $state.raw<MakeChoice | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #findings = $state.raw<Finding[] | null>(null);
  #step = $state<PackStep | null>(null);
  #stop: AbortController | null = null;
  #failure = $state.raw<ErrorData | null>(null);

  get files() {
    return this.#files;
  }

  get proposal() {
    return this.#proposal;
  }

  get choice() {
    return this.#choice;
  }

  get error() {
    return this.#error;
  }

  /** What the tables hold that the training did not, the gravest first; null before they were compared. */
  get findings() {
    return this.#findings;
  }

  /** Why nothing could be made of what is chosen. */
  get failure() {
    return this.#failure;
  }

  /** What is being done to compare them; null while nothing is. */
  get step() {
    return this.#step;
  }

  /** Whether nothing can be made of these tables. */
  get refused(): boolean {
    return refusing(this.#findings ?? []).length > 0;
  }

  /** Compares the tables with what the model was trained on. @returns whether that is known now */
  async review(): Promise<boolean> {
    const choice = this.#choice;
    if (!choice || this.#step) return false;
    const { signal } = (this.#stop = new AbortController());
    this.#step = 'model';
    this.#failure = null;
    try {
      const progress = (step: PackStep) => (this.#step = step);
      const findings = await scoring.review({ files: this.#files, choice }, { signal, progress });
      if (choice !== this.#choice) return false;
      this.#findings = worstFirst(findings);
      return true;
    } catch (error) {
      this.#failure = toErrorData(error);
      return false;
    } finally {
      this.#step = null;
    }
  }

  stop(): void {
    this.#stop?.abort();
  }

  /** Looks at files; those of a model and a table lead to a choice to confirm. */
  async look(files: PickedFile[]): Promise<void> {
    this.#files = files;
    this.#proposal = null;
    this.#choice = null;
    this.#error = null;
    this.#findings = null;
    this.#failure = null;
    try {
      const proposal = await scoring.propose({ files });
      const { clients, reference, test, current, expected, dictionary, id, target, features, threshold } =
        proposal;
      const parts = { clients, reference, test, current, expected, dictionary };
      const model =
        files
          .find(({ path }) => isModelPath(path))
          ?.path.split('/')
          .at(-1) ?? '';
      const title = localText(proposal.title ?? undefined, locale.current, model.replace(/\.onnx$/i, ''));
      this.#proposal = proposal;
      this.#choice = { ...parts, id, target, features, threshold, title };
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  choose(changes: Partial<MakeChoice>): void {
    if (this.#choice) this.#choice = { ...this.#choice, ...changes };
    this.#findings = null;
    this.#failure = null;
  }

  forget(): void {
    this.#files = [];
    this.#proposal = null;
    this.#choice = null;
    this.#error = null;
    this.#findings = null;
    this.#failure = null;
  }
}

export const isModelPath = (path: string): boolean => /\.onnx$/i.test(path);

/** A model without a bundle.json beside it: something to be made. */
export const isOwn = (files: readonly PickedFile[]): boolean =>
  files.some(({ path }) => isModelPath(path)) && !files.some(({ path }) => /(^|\/)bundle\.json$/.test(path));

export const making = new MakingState();
