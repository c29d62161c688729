import { ScoredeskError } from '../core/errors';
import { typedRow, type ReadTable } from '../engine/client/typed';
import type { Edits } from '../engine/client/sheet';
import { whatIf, type WhatIfView } from '../engine/client/whatIf';
import type { Decision } from '../core/decision/decision';
import { changing } from '../protocol/host';
import * as store from '../storage/locals';
import type { Context } from './context';

/** Clients that are typed in on this device. */

interface OfBundle {
  fingerprint: string;
}

/** A client of this device, as a list shows it. */
export interface LocalClient {
  id: string;
  /** Milliseconds. */
  at: number;
  probability: number;
  decision: Decision;
}

export async function locals(context: Context, { fingerprint }: OfBundle): Promise<LocalClient[]> {
  const kept = await store.keptLocals(await context.db(), fingerprint);
  if (kept.length === 0) return [];
  const engine = await context.engine(fingerprint);
  const scored: LocalClient[] = [];
  for (const { id, at, values } of kept) {
    const [probability] = await engine.score(typedRow(engine, id, values));
    scored.push({ id, at, probability, decision: engine.decide(probability) });
  }
  return scored;
}

/** The values of a client of this device; null where there is none of that name. */
export const local = async (
  context: Context,
  { fingerprint, id }: OfBundle & { id: string },
): Promise<Edits | null> => store.keptLocal(await context.db(), fingerprint, id);

/** @throws client-known where another client goes by this name, in the bundle or, of a new one, on this device */
export const keepLocal = changing(
  async (
    context: Context,
    { isNew, ...client }: OfBundle & { id: string; values: Edits; isNew: boolean },
  ): Promise<void> => {
    const db = await context.db();
    const { fingerprint, id } = client;
    const { clients } = await context.engine(fingerprint);
    if (clients.has(id)) throw new ScoredeskError('client-known', { id, where: 'bundle' });
    if (isNew && (await store.keptLocal(db, fingerprint, id)))
      throw new ScoredeskError('client-known', { id, where: 'device' });
    await store.keepLocal(db, client);
  },
);

export const removeLocal = changing(
  async (context: Context, { fingerprint, id }: OfBundle & { id: string }): Promise<void> =>
    store.removeLocal(await context.db(), fingerprint, id),
);

/** The score of what is typed so far, all else missing. */
export async function scoreTyped(
  context: Context,
  { fingerprint, values }: OfBundle & { values: Edits },
): Promise<WhatIfView> {
  const engine = await context.engine(fingerprint);
  return whatIf(engine, typedRow(engine, '', {}), values);
}

/** Rows that were pasted or picked, as typed values. @throws what reading tables throws, naming the field */
export async function readTyped(
  context: Context,
  { fingerprint, file, name }: OfBundle & { file: Blob; name: string },
): Promise<ReadTable> {
  const [{ readTable }, { readClients }, { keptAsWritten }] = await Promise.all([
    import('../core/table/read'),
    import('../engine/client/typed'),
    import('../bundle/columns'),
  ]);
  const engine = await context.engine(fingerprint);
  const text = keptAsWritten(engine.manifest.columns, engine.idColumn);
  return readClients(engine, await readTable(new Uint8Array(await file.arrayBuffer()), name, { text }));
}
