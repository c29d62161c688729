import { reasonOf, ScoredeskError } from '../core/errors';
import { MAX_MANIFEST_BYTES } from '../bundle/schema';
import type { Site } from '../protocol/site';
import { parseCatalogue } from '../bundle/validate';
import { zipFiles } from '../bundle/zip';
import { openBundle, type Engine } from '../engine/engine';
import { ClientList } from '../engine/client/list';
import type { Overview } from '../engine/overview';
import type { Progress, Task } from '../engine/runtime';
import { modelView } from '../engine/model/view';
import { bundleView, clientReasons, clientView } from '../engine/client/view';
import type { InstallProgress } from '../protocol/installed';
import type { OperationTask } from '../protocol/host';
import type { ScoringOperations } from '../protocol/scoring';
import {
  forgetInstall,
  installedBundle,
  installedBundles,
  pausedInstalls,
  removeBundle,
  storedFiles,
  storedSource,
  sweep,
} from '../storage/bundles';
import { keptOverview } from '../storage/computed';
import { openDb, type Db } from '../storage/db';
import type { EngineFile } from '../supply/engineFile';
import { fetchSmall } from '../supply/download';
import { install } from '../supply/install';
import { logScore } from '../storage/log';
import { pickedSupply } from '../supply/picked';
import { ANSWER_WITHIN, readSite } from '../supply/reach';
import { webSupply, type Supply } from '../supply/supply';
import { driftOperations } from './drift';

export interface ScoringSetup {
  /** Address of the site's root: storage names carry its path. */
  base: string;
  /** onnxruntime's wasm. */
  engineFile: EngineFile;
}

/** The bundle that is open: its engine, and what a look at every row gave. */
interface Desk {
  engine: Engine;
  overview: Overview;
  list: ClientList;
}

/** What the scoring worker does: storage and one open bundle. */
export function scoringOperations({ base, engineFile }: ScoringSetup): ScoringOperations {
  const basePath = new URL(base).pathname;
  const wasm = () => engineFile.load();
  let database: Promise<Db> | null = null;
  let outdated = false;
  let site: Promise<Site> | null = null;
  let open: { fingerprint: string; desk: Promise<Desk> } | null = null;

  const db = (): Promise<Db> => {
    if (!globalThis.isSecureContext) throw new ScoredeskError('insecure-context', {});
    if (outdated) throw new ScoredeskError('tab-outdated', {});
    const gone = (byNewer: boolean) => {
      outdated ||= byNewer;
      database = null;
      open = null;
    };
    database ??= openDb(basePath, gone).then(async (opened) => {
      await sweep(opened, basePath);
      return opened;
    });
    database.catch(() => (database = null));
    return database;
  };

  const network = async () => {
    site ??= readSite(base);
    site.catch(() => (site = null));
    return { base, site: await site };
  };

  const deskOf = (fingerprint: string, task: Task = {}): Promise<Desk> => {
    if (open?.fingerprint === fingerprint) return open.desk;
    const desk = openDesk(fingerprint, task);
    open = { fingerprint, desk };
    desk.catch(() => {
      if (open?.desk === desk) open = null;
    });
    return desk;
  };

  const openDesk = async (fingerprint: string, task: Task): Promise<Desk> => {
    const stored = await db();
    const { runtimeOnly } = await installedBundle(stored, fingerprint);
    const engine = await openBundle(await storedSource(stored, fingerprint), { wasm, runtimeOnly });
    const overview = await keptOverview(stored, engine, task);
    return { engine, overview, list: new ClientList(engine, overview) };
  };

  const installFrom = async (supply: Supply, fingerprint: string, { signal, progress }: OperationTask) => {
    const report = (state: InstallProgress) => progress(state);
    const opened = (engine: Engine, overview: Overview) => {
      const desk = Promise.resolve({ engine, overview, list: new ClientList(engine, overview) });
      open ??= { fingerprint: engine.fingerprint, desk };
    };
    const task = { db: await db(), basePath, engineFile, signal, fingerprint, progress: report, opened };
    return install(supply, task);
  };

  /** A database closed under an operation, by another tab or because the data were cleared, is no bug. */
  const asClosed = (error: unknown): unknown => {
    if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') return error;
    database = null;
    open = null;
    return outdated
      ? new ScoredeskError('tab-outdated', {}, { cause: error })
      : new ScoredeskError('storage-failed', { reason: reasonOf(error) }, { cause: error });
  };

  const operations: ScoringOperations = {
    ...driftOperations({ db, engineOf: async (fingerprint) => (await deskOf(fingerprint)).engine }),
    site: async () => (await network()).site,
    catalogue: async ({ url }, { signal }) => {
      const { bundles } = parseCatalogue(
        await fetchSmall(url, MAX_MANIFEST_BYTES, {
          network: await network(),
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN)]),
        }),
        url,
      );
      const { origin, host } = new URL(url);
      const shownHost = origin === new URL(base).origin ? '' : host;
      return bundles.map((entry) => ({
        ...entry,
        url: new URL(`${entry.path}/`, url).href,
        host: shownHost,
      }));
    },
    installed: async () => installedBundles(await db()),
    paused: async () => pausedInstalls(await db()),
    install: async ({ url, fingerprint }, task) =>
      installFrom(webSupply(url, await network()), fingerprint, task),
    installPicked: async ({ files }, task) => installFrom(await pickedSupply(files), '', task),
    // Reading CSV and packing are fetched when somebody makes a bundle.
    propose: async ({ files }) => (await import('../supply/own')).proposeOwn(files),
    make: async ({ files, choice }, task) => {
      const { ownSupply } = await import('../supply/own');
      return installFrom(await ownSupply(files, choice, wasm), '', task);
    },
    discard: async ({ fingerprint }) => {
      await forgetInstall(await db(), fingerprint);
      await sweep(await db(), basePath);
    },
    zip: async ({ fingerprint }) => {
      const files = await storedFiles(await db(), fingerprint);
      const pieces: BlobPart[] = [];
      const readable = files.map(({ path, blob }) => ({
        path,
        read: async () => new Uint8Array(await blob.arrayBuffer()),
      }));
      await zipFiles(readable, (piece) => pieces.push(piece));
      return new Blob(pieces, { type: 'application/zip' });
    },
    remove: async ({ fingerprint }) => {
      if (open?.fingerprint === fingerprint) open = null;
      await removeBundle(await db(), fingerprint);
      await sweep(await db(), basePath);
    },
    open: async ({ fingerprint }, { signal, progress }) => {
      const report = (state: Progress) => progress(state);
      const { engine, overview } = await deskOf(fingerprint, { signal, progress: report });
      return bundleView(engine, overview);
    },
    client: async ({ fingerprint, id, log }) => {
      await installedBundle(await db(), fingerprint);
      const { engine, list } = await deskOf(fingerprint);
      const view = await clientView(engine, id, list.seenIn(engine.rowOf(id)));
      const at = new Date().toISOString();
      if (log) await logScore(await db(), fingerprint, { id, at, probability: view.probability });
      return view;
    },
    reasons: async ({ fingerprint, id }, { signal }) =>
      clientReasons((await deskOf(fingerprint)).engine, id, { signal }),
    model: async ({ fingerprint }) => modelView((await deskOf(fingerprint)).engine),
    insight: async ({ fingerprint }, { signal, progress }) => {
      const { insightOf } = await import('../engine/model/importance');
      return insightOf((await deskOf(fingerprint)).engine, { signal, progress: (state) => progress(state) });
    },
    permutation: async ({ fingerprint }, { signal, progress }) => {
      const { permutationOf } = await import('../engine/model/importance');
      return permutationOf((await deskOf(fingerprint)).engine, {
        signal,
        progress: (state) => progress(state),
      });
    },
    dependence: async ({ fingerprint, column }, { signal }) => {
      const { dependenceOf } = await import('../engine/model/importance');
      return dependenceOf((await deskOf(fingerprint)).engine, column, { signal });
    },
    accounts: async ({ fingerprint, id, methods }, { signal, progress }) => {
      const { accountsOf } = await import('../engine/model/importance');
      const { engine } = await deskOf(fingerprint);
      return accountsOf(engine, id, methods, { signal, progress: (state) => progress(state) });
    },
    list: async ({ fingerprint, query, columns, offset, limit }) =>
      (await deskOf(fingerprint)).list.page(query, columns, offset, limit),
    neighbours: async ({ fingerprint, query, id }) => (await deskOf(fingerprint)).list.neighbours(query, id),
  };
  return guarded(operations, asClosed);
}

/** The same operations, their errors seen by `translate` first. */
function guarded(operations: ScoringOperations, translate: (error: unknown) => unknown): ScoringOperations {
  const entries = Object.entries(operations).map(([name, operation]) => [
    name,
    (argument: never, task: OperationTask) =>
      (operation as (argument: never, task: OperationTask) => Promise<unknown>)(argument, task).catch(
        (error: unknown) => {
          throw translate(error);
        },
      ),
  ]);
  return Object.fromEntries(entries) as ScoringOperations;
}
