import { verifyChain } from '../core/record/chain';
import { ScoredeskError } from '../core/errors';
import type { PickedFile } from '../bundle/source';
import { bundleView } from '../engine/bundleView';
import { changesOf } from '../engine/client/changes';
import type { Following, Sheet } from '../engine/client/sheet';
import type { ClientView } from '../engine/client/view';
import { isDecision, isOf, type DecisionRecord, type Person, type RecordLink } from '../core/record/record';
import type { Locale } from '../i18n/translate';
import { changing } from '../protocol/host';
import type { RecordAsked, ReviewAsked, VerifiedChain } from '../protocol/records';
import * as store from '../storage/records';
import type { Context, OpenBundle } from './context';

/** Decisions and reviews on this device's chain. */

export const recordDecision = changing(async (context: Context, asked: RecordAsked): Promise<RecordLink> => {
  const { decisionRecord } = await import('../engine/record');
  const bundle = await context.open(asked.fingerprint);
  const shown = await shownIn(bundle, asked.locale);
  const table = await context.clientRow(bundle.engine, asked.id);
  const db = await context.db();
  return store.underRecordsLock(context.basePath, async () => {
    const person = { bundle: bundle.engine.manifest.id, id: asked.id };
    refuseUnseen(await store.allRecords(db), person, asked.seen);
    const record = await decisionRecord(bundle.engine, { id: asked.id, table }, asked.given, {
      app: asked.app,
      shown,
    });
    return store.appendRecord(db, 'decision', record);
  });
});

/** A decision that somebody else took on this client meanwhile is read first. @throws record-meanwhile */
function refuseUnseen(links: readonly RecordLink[], person: Person, seen: number): void {
  const last = links.findLast(({ payload }) => isDecision(payload) && isOf(payload, person));
  if (!last || last.head.number <= seen || !isDecision(last.payload)) return;
  throw new ScoredeskError('record-meanwhile', { number: last.head.number, outcome: last.payload.outcome });
}

/** What the page says of a client of this bundle, and what a letter will, in a language. */
async function shownIn({ engine, overview }: OpenBundle, locale: Locale) {
  const [{ decisionLines }, { letterOf }, { loadMessages }] = await Promise.all([
    import('../report/decisionText'),
    import('../report/letter'),
    import('../i18n/areas'),
  ]);
  await loadMessages(locale, ['shell', 'client', 'advice', 'records']);
  const bundle = bundleView(engine, overview);
  return async (
    view: ClientView,
    sheet: Sheet,
    corrected: readonly Following[],
  ): Promise<DecisionRecord['shown']> => {
    const changes = await changesOf(engine, sheet);
    return {
      locale,
      lines: decisionLines(locale, bundle, view),
      letter: letterOf(locale, bundle, view, { changes, corrected }),
    };
  };
}

/** A human review of a decision: asked for, or done. @throws record-gone, record-erased */
export const recordReview = changing(async (context: Context, review: ReviewAsked): Promise<RecordLink> => {
  const db = await context.db();
  return store.underRecordsLock(context.basePath, async () => {
    const { payload } = await store.recordOf(db, review.of);
    if (!payload) throw new ScoredeskError('record-erased', { number: review.of });
    return store.appendRecord(db, 'review', { ...review, version: 1, client: payload.client });
  });
});

/** This device's chain, every hash recomputed. */
export async function records(context: Context): Promise<VerifiedChain> {
  const links = await store.allRecords(await context.db());
  return { device: links.at(0)?.head.device ?? '', file: '', links, verified: verifyChain(links) };
}

/** The chains of picked files, each verified by itself. @throws records-unreadable, file-unreadable */
export async function readRecords(
  _context: Context,
  { files }: { files: PickedFile[] },
): Promise<VerifiedChain[]> {
  const { parseRecords } = await import('../core/record/schema');
  const chains: VerifiedChain[] = [];
  for (const { file, path } of files) {
    const { links } = parseRecords(new Uint8Array(await file.arrayBuffer()), path);
    for (const device of new Set(links.map(({ head }) => head.device))) {
      const own = links.filter(({ head }) => head.device === device);
      chains.push({ device, file: path, links: own, verified: verifyChain(own) });
    }
  }
  return chains;
}

/** Erases what was recorded of a client (GDPR art. 17). @returns how many records */
export const eraseRecords = changing(async (context: Context, person: Person): Promise<number> => {
  const db = await context.db();
  return store.underRecordsLock(context.basePath, () => store.eraseClient(db, person));
});
