import type { Engine } from '../engine/engine';
import { PART_ROWS, type Hand } from '../engine/hands';
import { trustedScript } from '../protocol/trusted';
import { WorkerClient } from '../protocol/workerClient';
import type * as parts from './parts';

/** How a bundle is open: another worker opens it the same way. */
export interface OpenedAs {
  fingerprint: string;
  runtime: 'onnxruntime' | 'core';
  runtimeOnly: boolean;
}

export interface CrewSetup {
  /** Script of the worker that this one is, and its build. */
  script: string;
  build: string;
  /** Prefix of the locks' names. */
  lockName: string;
}

/** Each has an evaluator and a block of clients of its own: some 100 MB. */
const MOST_HELPERS = 7;
/** Milliseconds without work after which they give their memory back. */
const IDLE = 30_000;

/**
 * Other workers of the same script that do parts of what goes over all clients: one a core, less the one that this worker
 * runs on. They open the bundle from storage themselves, so that only results cross.
 */
export class Crew {
  readonly #setup: CrewSetup;
  #clients: WorkerClient[] = [];
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(setup: CrewSetup) {
    this.#setup = setup;
  }

  /** Who does parts for this engine; nobody where there is little to do, or nothing to do it with. */
  hands(engine: Engine): Hand[] {
    if (engine.clients.count <= PART_ROWS || typeof Worker === 'undefined') return [];
    const opened = openedAs(engine);
    const count = Math.min(MOST_HELPERS, (navigator.hardwareConcurrency || 1) - 1);
    while (this.#clients.length < count) this.#clients.push(this.#helper());
    return this.#clients.map((client) => {
      const remote = client.operations<typeof parts>();
      return {
        scoreRange: (range, task) => this.#busy(remote.scorePart({ opened, range }, task)),
        explainAt: (positions, of, task) =>
          this.#busy(remote.explainPart({ opened: toExplain(opened), positions, of }, task)),
      };
    });
  }

  #helper(): WorkerClient {
    const { script, lockName, build } = this.#setup;
    const spawn = async (): Promise<Worker> =>
      new Worker(trustedScript(script), { type: 'module', name: 'helper' });
    return new WorkerClient(spawn, lockName, build);
  }

  async #busy<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => {
        this.dismiss();
      }, IDLE);
    }
  }

  /** Ends all of them. */
  dismiss(): void {
    clearTimeout(this.#idle);
    for (const client of this.#clients) client.end();
    this.#clients = [];
  }
}

const openedAs = ({ fingerprint, runtime, onnx }: Engine): OpenedAs => ({
  fingerprint,
  runtime: runtime.name,
  runtimeOnly: onnx.model === null,
});

/** Explanations ask onnxruntime only where nothing else reads the model: starting it takes as long as some 10,000 of them. */
const toExplain = (opened: OpenedAs): OpenedAs =>
  opened.runtimeOnly ? opened : { ...opened, runtime: 'core' };
