import { reasonOf, ScoredeskError } from '../core/errors';
import type { Table } from '../core/table/table';
import { ClientList } from '../engine/client/list';
import { typedRow } from '../engine/client/typed';
import { openBundle, type Engine, type OpenOptions } from '../engine/engine';
import type { Hand } from '../engine/hands';
import type { Overview } from '../engine/overview';
import type { Task } from '../engine/runtime';
import type { Site } from '../protocol/site';
import { installedBundle, sweep } from '../storage/bundles';
import { keepDirectory, keptDirectory, keptOverview } from '../storage/computed';
import { openDb, scopedName, type Db } from '../storage/db';
import { keptLocal } from '../storage/locals';
import type { EngineFile } from '../supply/engineFile';
import { sourceOnUse, type OnUse } from '../supply/onUse';
import { readSite, type Network } from '../supply/reach';
import { Crew, type CrewSetup, type OpenedAs } from './crew';

export interface ContextSetup {
  /** Address of the site's root: storage names carry its path. */
  base: string;
  /** onnxruntime's wasm. */
  engineFile: EngineFile;
  /** Hears that a part of a bundle is being fetched. */
  tell: OnUse['tell'];
  /** How others like this worker are started. */
  crew: Omit<CrewSetup, 'lockName'>;
}

/** Columns that a helper keeps: each part is read once. */
const HELPER_BYTES = 32e6;

/** An open bundle: its engine, and what a look at every row gave. */
export interface OpenBundle {
  engine: Engine;
  overview: Overview;
  list: ClientList;
}

/** What the operations of the scoring worker share: storage, the way to the network, one open bundle. */
export class Context {
  readonly base: string;
  readonly basePath: string;
  readonly engineFile: EngineFile;
  #database: Promise<Db> | null = null;
  /** Another tab has brought in a newer version of the database. */
  #outdated = false;
  #site: Promise<Site> | null = null;
  #open: { fingerprint: string; bundle: Promise<OpenBundle> } | null = null;
  #helping: { key: string; engine: Promise<Engine> } | null = null;
  readonly #tell: OnUse['tell'];
  readonly #crew: Crew;

  constructor({ base, engineFile, tell, crew }: ContextSetup) {
    this.base = base;
    this.basePath = new URL(base).pathname;
    this.engineFile = engineFile;
    this.#tell = tell;
    this.#crew = new Crew({ ...crew, lockName: scopedName(this.basePath, 'helper') });
  }

  /** Who else works on what goes over all clients of this engine. */
  readonly hands = (engine: Engine): Hand[] => this.#crew.hands(engine);

  readonly wasm = (): Promise<ArrayBuffer> => this.engineFile.load();

  /** @throws insecure-context, tab-outdated; what `openDb` throws */
  async db(): Promise<Db> {
    if (!globalThis.isSecureContext) throw new ScoredeskError('insecure-context', {});
    if (this.#outdated) throw new ScoredeskError('tab-outdated', {});
    const opening = (this.#database ??= this.#openDatabase());
    opening.catch(() => (this.#database = null));
    return opening;
  }

  async #openDatabase(): Promise<Db> {
    const opened = await openDb(this.basePath, (byNewer) => {
      this.#outdated ||= byNewer;
      this.#forget();
    });
    await sweep(opened, this.basePath);
    return opened;
  }

  async network(): Promise<Network> {
    const site = (this.#site ??= readSite(this.base));
    site.catch(() => (this.#site = null));
    return { base: this.base, site: await site };
  }

  /** How parts of a bundle come that it was ready without. */
  async onUse(): Promise<OnUse> {
    const network = () => this.network();
    return { db: await this.db(), basePath: this.basePath, network, tell: this.#tell };
  }

  /** An installed bundle, opened once. @throws bundle-not-installed; what `openBundle` throws */
  open(fingerprint: string, task: Task = {}): Promise<OpenBundle> {
    if (this.#open?.fingerprint === fingerprint) return this.#open.bundle;
    const bundle = this.#openStored(fingerprint, task);
    this.#open = { fingerprint, bundle };
    bundle.catch(() => {
      if (this.#open?.bundle === bundle) this.#open = null;
    });
    return bundle;
  }

  async #openStored(fingerprint: string, task: Task): Promise<OpenBundle> {
    const db = await this.db();
    const engine = await this.#openEngine(db, fingerprint);
    return asOpen(engine, await keptOverview(db, engine, { ...task, others: this.hands(engine) }));
  }

  async #openEngine(db: Db, fingerprint: string): Promise<Engine> {
    const { runtimeOnly, scoredBy: runtime } = await installedBundle(db, fingerprint);
    return this.#openFiles(db, { fingerprint, runtimeOnly, runtime });
  }

  /** A bundle whose files are stored, be it installed or about to be. */
  async #openFiles(db: Db, { fingerprint, ...how }: OpenedAs, more: OpenOptions = {}): Promise<Engine> {
    const directory = await keptDirectory(db, fingerprint);
    const source = await sourceOnUse(fingerprint, await this.onUse());
    const engine = await openBundle(source, { ...how, ...more, wasm: this.wasm, directory });
    if (!directory) void keepDirectory(db, engine);
    return engine;
  }

  /** The bundle that another worker has open, to do parts of its work: the last one stays open. @throws as `openBundle` */
  helping(opened: OpenedAs): Promise<Engine> {
    const key = JSON.stringify(opened);
    if (this.#helping?.key === key) return this.#helping.engine;
    const engine = this.db().then((db) => this.#openFiles(db, opened, { keptBytes: HELPER_BYTES }));
    this.#helping = { key, engine };
    engine.catch(() => (this.#helping = null));
    return engine;
  }

  /** An installed bundle beside the open one, which stays open. @throws as `open` */
  async second(fingerprint: string): Promise<Engine> {
    if (this.#open?.fingerprint === fingerprint) return this.engine(fingerprint);
    return this.#openEngine(await this.db(), fingerprint);
  }

  async engine(fingerprint: string): Promise<Engine> {
    return (await this.open(fingerprint)).engine;
  }

  /** One client's row: of the bundle, else of those typed in on this device. @throws client-unknown */
  async clientRow(engine: Engine, id: string): Promise<Table> {
    if (!engine.clients.has(id)) {
      const values = await keptLocal(await this.db(), engine.fingerprint, id);
      if (values) return typedRow(engine, id, values);
    }
    return engine.clients.of([id]);
  }

  /** Takes a bundle that was opened to be checked, unless another one is in use. */
  adopt(engine: Engine, overview: Overview): void {
    const { fingerprint } = engine;
    this.#open ??= { fingerprint, bundle: Promise.resolve(asOpen(engine, overview)) };
  }

  /** Puts another evaluator in the place of the one that scored this bundle so far. */
  replace(engine: Engine, overview: Overview): void {
    const { fingerprint } = engine;
    if (this.#open?.fingerprint !== fingerprint) return;
    this.#open = { fingerprint, bundle: Promise.resolve(asOpen(engine, overview)) };
  }

  close(fingerprint: string): void {
    if (this.#open?.fingerprint === fingerprint) this.#open = null;
  }

  /** A database closed under an operation, by another tab or because the data were cleared, is no bug. */
  readonly asKnown = (error: unknown): unknown => {
    if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') return error;
    this.#forget();
    return this.#outdated
      ? new ScoredeskError('tab-outdated', {}, { cause: error })
      : new ScoredeskError('storage-failed', { reason: reasonOf(error) }, { cause: error });
  };

  #forget(): void {
    this.#database = null;
    this.#open = null;
  }
}

const asOpen = (engine: Engine, overview: Overview): OpenBundle => ({
  engine,
  overview,
  list: new ClientList(engine, overview),
});
