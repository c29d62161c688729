import { ScoredeskError } from '../core/errors';
import { MAX_MANIFEST_BYTES } from '../bundle/schema';
import { parseCatalogue } from '../bundle/validate';
import { openBundle, type Engine } from '../engine/engine';
import { ClientList } from '../engine/list';
import { bundleView, clientView } from '../engine/views';
import type { InstallProgress } from '../bundle/installed';
import type { ScoringOperations } from '../protocol/scoring';
import {
  installedBundle,
  installedBundles,
  removeBundle,
  storedSource,
  sweepFiles,
} from '../storage/bundles';
import { openDb, type Db } from '../storage/db';
import { fetchSmall } from '../storage/download';
import { install } from '../storage/install';

export interface ScoringSetup {
  /** Path of the site on its origin: storage names carry it. */
  basePath: string;
  wasmUrl: string;
}

/** What the scoring worker does: storage and one open bundle. */
export function scoringOperations({ basePath, wasmUrl }: ScoringSetup): ScoringOperations {
  let database: Promise<Db> | null = null;
  let open: { fingerprint: string; engine: Promise<Engine>; list: Promise<ClientList> | null } | null = null;

  const db = (): Promise<Db> => {
    if (!globalThis.isSecureContext) throw new ScoredeskError('insecure-context', {});
    database ??= openDb(basePath).then(async (opened) => {
      await sweepFiles(opened, basePath);
      return opened;
    });
    database.catch(() => (database = null));
    return database;
  };

  const engineOf = (fingerprint: string): Promise<Engine> => {
    if (open?.fingerprint === fingerprint) return open.engine;
    const engine = db().then(async (opened) => {
      await installedBundle(opened, fingerprint);
      return openBundle(await storedSource(opened, fingerprint), { wasmUrl });
    });
    open = { fingerprint, engine, list: null };
    engine.catch(() => (open = null));
    return engine;
  };

  const listOf = async (fingerprint: string): Promise<ClientList> => {
    const engine = await engineOf(fingerprint);
    if (open?.fingerprint !== fingerprint) return ClientList.of(engine);
    open.list ??= ClientList.of(engine);
    return open.list;
  };

  return {
    catalogue: async ({ url }, { signal }) => {
      const { bundles } = parseCatalogue(await fetchSmall(url, MAX_MANIFEST_BYTES, signal), url);
      return bundles.map((entry) => ({ ...entry, url: new URL(`${entry.path}/`, url).href }));
    },
    installed: async () => installedBundles(await db()),
    install: async ({ url }, { signal, progress }) => {
      const report = (state: InstallProgress) => progress(state);
      return install(url, { db: await db(), basePath, wasmUrl, signal, progress: report });
    },
    remove: async ({ fingerprint }) => {
      if (open?.fingerprint === fingerprint) open = null;
      await removeBundle(await db(), fingerprint);
      await sweepFiles(await db(), basePath);
    },
    open: async ({ fingerprint }) => bundleView(await engineOf(fingerprint)),
    client: async ({ fingerprint, id }) => {
      const { runtimeOnly } = await installedBundle(await db(), fingerprint);
      const engine = await engineOf(fingerprint);
      const seenIn = (await listOf(fingerprint)).seenIn(engine.rowOf(id));
      return clientView(engine, id, seenIn, !runtimeOnly);
    },
    list: async ({ fingerprint, query, columns, offset, limit }) =>
      (await listOf(fingerprint)).page(query, columns, offset, limit),
    neighbours: async ({ fingerprint, query, id }) => (await listOf(fingerprint)).neighbours(query, id),
  };
}
