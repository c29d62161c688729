import { bundleView, type BundleView } from '../engine/bundleView';
import type { ListPage, ListQuery, Neighbours } from '../engine/client/list';
import { clientReasons, clientView, type ClientReasons, type ClientView } from '../engine/client/view';
import type { Engine } from '../engine/engine';
import type { Progress } from '../engine/runtime';
import type { OperationTask } from '../protocol/host';
import { installedBundle } from '../storage/bundles';
import { logScore } from '../storage/log';
import type { Context, OpenBundle } from './context';

/** A bundle opened, its clients listed, one of them shown. */

type OpeningTask = OperationTask<Progress>;

/** @returns the bundle as the pages show it; rows scored are reported where it is opened for the first time */
export async function open(
  context: Context,
  { fingerprint }: { fingerprint: string },
  task: OpeningTask,
): Promise<BundleView> {
  const { engine, overview } = await context.open(fingerprint, task);
  return bundleView(engine, overview);
}

export interface ClientAsked {
  fingerprint: string;
  id: string;
  /** The list in which the client has neighbours. */
  query: ListQuery;
  /** The evaluator of the bundle's view that the page has; null where it has none. */
  known: Pick<BundleView, 'runtime' | 'runtimeFailure'> | null;
  /** Keep the score with the day: compared as what was scored over time. */
  log: boolean;
}

/** All that a client's page shows, in one answer. */
export interface ShownClient {
  /** null where the page has it as it is. */
  bundle: BundleView | null;
  client: ClientView;
  /** null of a client that was typed in on this device. */
  neighbours: Neighbours | null;
}

/** @throws client-unknown, bundle-not-installed */
export async function client(
  context: Context,
  { fingerprint, id, query, known, log }: ClientAsked,
  task: OpeningTask,
): Promise<ShownClient> {
  const db = await context.db();
  await installedBundle(db, fingerprint);
  const { engine, overview, list } = await context.open(fingerprint, task);
  const isLocal = !engine.clients.has(id);
  const row = await context.clientRow(engine, id);
  const view = await clientView(engine, id, isLocal ? null : list.seenIn(engine.clients.rowOf(id)), row);
  if (log && !isLocal)
    await logScore(db, fingerprint, { id, at: new Date().toISOString(), probability: view.probability });
  return {
    bundle: isSame(known, engine) ? null : bundleView(engine, overview),
    client: view,
    neighbours: isLocal ? null : await list.neighbours(query, id),
  };
}

const isSame = (known: ClientAsked['known'], { runtime, runtimeFailure }: Engine): boolean =>
  known?.runtime === runtime.name && known.runtimeFailure === runtimeFailure;

/** A client's reasons, where they take more than a moment. */
export async function reasons(
  context: Context,
  { fingerprint, id }: { fingerprint: string; id: string },
  { signal }: OperationTask,
): Promise<ClientReasons> {
  const engine = await context.engine(fingerprint);
  return clientReasons(engine, id, { signal }, await context.clientRow(engine, id));
}

export interface ListArgument {
  fingerprint: string;
  query: ListQuery;
  /** Columns whose values each row brings. */
  columns: string[];
  offset: number;
  limit: number;
}

export async function list(
  context: Context,
  { fingerprint, query, columns, offset, limit }: ListArgument,
): Promise<ListPage> {
  const { list: clients }: OpenBundle = await context.open(fingerprint);
  return clients.page(query, columns, offset, limit);
}
