import { isEmptyDraft, type ClientDraft } from '../protocol/advice';
import { asWriteError, type Db } from './db';

/** What somebody tries on a client: there after a kill. An empty one is none. */
export async function keepDraft(db: Db, fingerprint: string, id: string, draft: ClientDraft): Promise<void> {
  const transaction = db.transaction('drafts', 'readwrite', { durability: 'strict' });
  try {
    if (isEmptyDraft(draft)) await transaction.store.delete([fingerprint, id]);
    else await transaction.store.put({ ...draft, fingerprint, id, at: Date.now() });
    await transaction.done;
  } catch (error) {
    throw asWriteError(error, 10_000);
  }
}

export async function keptDraft(db: Db, fingerprint: string, id: string): Promise<ClientDraft | null> {
  const found = await db.get('drafts', [fingerprint, id]);
  return found ? { edits: found.edits, scenarios: found.scenarios, form: found.form } : null;
}

/** Keys of a bundle's drafts. */
export const draftsOf = (fingerprint: string): IDBKeyRange =>
  IDBKeyRange.bound([fingerprint], [fingerprint, []]);
