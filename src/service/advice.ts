import { certaintyOf, type Certainty } from '../engine/client/certainty';
import { changesOf, type ChangesView } from '../engine/client/changes';
import { prepareAdvice } from '../engine/client/prepare';
import { sheetOf, type Edits } from '../engine/client/sheet';
import { whatIf as tried, type WhatIfView } from '../engine/client/whatIf';
import { similarTo, type SimilarQuestion, type SimilarView } from '../engine/client/similar';
import { changing } from '../protocol/host';
import type { ClientDraft } from '../protocol/advice';
import * as drafts from '../storage/drafts';
import type { Context } from './context';

/** What is talked over with a client: what would change the decision, what if. */

interface OfClient {
  fingerprint: string;
  id: string;
}

const rowOf = async (context: Context, { fingerprint, id }: OfClient) => {
  const engine = await context.engine(fingerprint);
  return { engine, table: await context.clientRow(engine, id) };
};

/** Reads what a client's page will ask for: nobody waits for it. */
export const prepare = async (context: Context, { fingerprint }: { fingerprint: string }): Promise<void> =>
  prepareAdvice(await context.engine(fingerprint));

/** @throws client-unknown, method-unsupported */
export async function changes(context: Context, asked: OfClient): Promise<ChangesView> {
  const { engine, table } = await rowOf(context, asked);
  return changesOf(engine, sheetOf(engine, table));
}

/** @throws client-unknown */
export async function whatIf(context: Context, asked: OfClient & { edits: Edits }): Promise<WhatIfView> {
  const { engine, table } = await rowOf(context, asked);
  return tried(engine, table, asked.edits);
}

export const draft = async (context: Context, { fingerprint, id }: OfClient): Promise<ClientDraft | null> =>
  drafts.keptDraft(await context.db(), fingerprint, id);

export const keepDraft = changing(
  async (
    context: Context,
    { fingerprint, id, draft: own }: OfClient & { draft: ClientDraft },
  ): Promise<void> => drafts.keepDraft(await context.db(), fingerprint, id, own),
);

/** The client among people like this. @throws client-unknown */
export async function similar(context: Context, asked: OfClient & SimilarQuestion): Promise<SimilarView> {
  const { engine, table } = await rowOf(context, asked);
  return similarTo(engine, table, asked);
}

/** How far the client's score may be relied on. @throws client-unknown */
export async function certainty(
  context: Context,
  asked: OfClient & { probability: number },
): Promise<Certainty> {
  const { engine, table } = await rowOf(context, asked);
  return certaintyOf(engine, table, asked.id, asked.probability);
}
