import { scoring, trainer } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { LabPlan } from '../engine/lab/plan';
import type { Recipe } from '../engine/lab/recipe';
import type { InstalledBundle } from '../protocol/installed';
import type { LabData, LabProgress, LabRun, RunChange } from '../protocol/lab';
import { uniqueName } from '../protocol/uniqueName';
import { Asked } from './asked.svelte';
import { bundles } from './bundles.svelte';
import { runEnded } from './runEnded.svelte';

/** What is known of a run while this tab works on it. */
export interface AtWork {
  progress: LabProgress | null;
  /** Seconds until it is done, at the pace so far. */
  left: number | null;
  stop: () => void;
  /** Ends the search with the best so far. */
  keep: () => void;
}

/** A training as somebody asks for it. */
export interface Wanted {
  experiment: string;
  name: string;
  data: LabData;
  recipe: Recipe;
}

/** Trainings on this device, and those that this tab works on. */
class LabState {
  readonly plan = new Asked<LabPlan>();
  #runs = $state.raw<readonly LabRun[] | null>(null);
  #atWork = $state.raw<Readonly<Record<string, AtWork>>>({});
  /** Another tab works on these. */
  #elsewhere = $state.raw<ReadonlySet<string>>(new Set());
  /** Timing a model takes seconds: another field changed ends this worker, not the one that scores. */
  readonly #planner = trainer();
  readonly #followed = new Set<string>();
  #error = $state.raw<ErrorData | null>(null);

  get runs() {
    return this.#runs;
  }

  get error() {
    return this.#error;
  }

  atWork(id: string): AtWork | null {
    return this.#atWork[id] ?? null;
  }

  isElsewhere(id: string): boolean {
    return this.#elsewhere.has(id) && !this.#atWork[id];
  }

  async load(): Promise<void> {
    try {
      const [runs, held] = await Promise.all([scoring.runs(), scoring.runsAtWork()]);
      this.#elsewhere = new Set(held);
      for (const id of held) void this.#follow(id);
      this.#runs = runs;
      this.#error = null;
    } catch (error) {
      this.#runs ??= [];
      this.#error = toErrorData(error);
    }
  }

  /** Another tab that works on a run may end it, or be closed. */
  async #follow(id: string): Promise<void> {
    if (this.#followed.has(id) || this.#atWork[id]) return;
    this.#followed.add(id);
    await scoring.runLeft({ id }).catch(() => undefined);
    this.#followed.delete(id);
    await this.load();
  }

  /** What a recipe would do; asked once for each recipe. */
  askPlan(data: LabData, recipe: Recipe): void {
    void this.plan.ask(JSON.stringify([data, recipe]), (task) =>
      this.#planner.operations.labPlan({ data, recipe }, task),
    );
  }

  /** Nobody types a recipe any more: its rows need not stay in memory. */
  restPlanning(): void {
    this.plan.stop();
    this.#planner.end();
  }

  /**
   * Begins a run; the first of an experiment comes after the model that says the same of everybody.
   *
   * @param baseline what that one is called
   * @throws run-name-used
   */
  async start(wanted: Wanted, baseline: string): Promise<void> {
    const isFirst = !this.#runs?.some(
      (run) => run.experiment === wanted.experiment && run.deletedAt === null,
    );
    if (isFirst && wanted.recipe.learner.kind !== 'dummy') {
      const dummy: Recipe = {
        ...wanted.recipe,
        search: undefined,
        steps: [],
        learner: { kind: 'dummy' },
        calibration: 'none',
        imbalance: 'none',
      };
      await this.#begin({ ...wanted, name: baseline, recipe: dummy });
    }
    await this.#begin(wanted);
  }

  async #begin({ experiment, name, data, recipe }: Wanted): Promise<void> {
    const run: LabRun = {
      ...{ id: uniqueName(), experiment, name, data, recipe, startedAt: Date.now(), seconds: 0 },
      ...{
        state: 'begun',
        tried: [],
        result: null,
        error: null,
        note: '',
        tags: [],
        published: '',
        stages: [],
        deletedAt: null,
      },
    };
    await scoring.beginRun({ run });
    await this.load();
    void this.work(run.id);
  }

  /** Works on a run, from where it stopped. */
  async work(id: string): Promise<void> {
    if (this.#atWork[id]) return;
    const { operations, end } = trainer();
    const controller = new AbortController();
    const began = performance.now();
    const say = (state: Partial<AtWork>) => {
      const before = this.#atWork[id];
      if (before) this.#atWork = { ...this.#atWork, [id]: { ...before, ...state } };
    };
    const atWork: AtWork = {
      progress: null,
      left: null,
      stop: () => controller.abort(),
      keep: () => void operations.endSearch({ id }).catch(() => undefined),
    };
    this.#atWork = { ...this.#atWork, [id]: atWork };
    const progress = (report: LabProgress) => {
      const passed = (performance.now() - began) / 1000;
      const { done, total, phase } = report;
      say({
        progress: report,
        left: done > 0 && phase !== 'bundle' ? (passed * (total - done)) / done : null,
      });
    };
    let told: ErrorData | null = null;
    try {
      await operations.trainRun({ id }, { signal: controller.signal, progress });
    } catch (error) {
      told = toErrorData(error);
    } finally {
      end();
      this.#atWork = Object.fromEntries(Object.entries(this.#atWork).filter(([other]) => other !== id));
      await this.load();
    }
    const run = this.#runs?.find((one) => one.id === id);
    if (run && run.state !== 'begun')
      runEnded.tell({ name: run.name, auc: run.result?.metrics.test.auc ?? null });
    // What is kept with the run is said there.
    const isKept = run?.state === 'failed';
    if (told && told.code !== 'stopped' && !isKept) this.#error = told;
  }

  async amend(id: string, change: RunChange): Promise<void> {
    await this.#trying(() => scoring.amendRun({ id, change }));
  }

  async remove(id: string): Promise<void> {
    await this.#trying(() => scoring.removeRun({ id }));
  }

  /** Installs the bundle that came of a run. */
  async publish(id: string): Promise<InstalledBundle | null> {
    return this.#trying(async () => {
      const installed = await scoring.publishRun({ id });
      await bundles.loadInstalled();
      return installed;
    });
  }

  /** Whom the second of two runs decides otherwise; null where that can't be said. */
  readonly swap = (ids: readonly [string, string], { signal }: { signal: AbortSignal }) =>
    scoring.runSwap({ ids }, { signal });

  zip(id: string): Promise<Blob | null> {
    return this.#trying(() => scoring.runZip({ id }));
  }

  async #trying<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const value = await work();
      await this.load();
      return value;
    } catch (error) {
      this.#error = toErrorData(error);
      return null;
    }
  }
}

export const lab = new LabState();
