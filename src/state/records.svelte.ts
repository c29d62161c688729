import { APP_VERSION } from '../client/about';
import { saveFile } from '../client/device';
import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { PickedFile } from '../bundle/source';
import type { DecisionGiven } from '../engine/record';
import { isOf, RECORDS_FORMAT, type Person, type RecordLink } from '../core/record/record';
import type { ReviewAsked, VerifiedChain } from '../protocol/records';
import { locale } from './locale.svelte';
import { keepSetting, readSetting } from './settings';
import { tabs } from './tabs';

/** Decisions and reviews: this device's chain, and chains of files that are only looked at. */
class RecordsState {
  #own = $state.raw<VerifiedChain | null>(null);
  #opened = $state.raw<readonly VerifiedChain[]>([]);
  #error = $state.raw<ErrorData | null>(null);
  #backedUp = $state(Number(readSetting('backedUp') ?? 0));

  constructor() {
    tabs.listen((message) => {
      if (message.kind === 'records') void this.load();
    });
  }

  /** null until storage has answered. */
  get own() {
    return this.#own;
  }

  get opened() {
    return this.#opened;
  }

  get error() {
    return this.#error;
  }

  /** Records that are in no exported file yet. */
  get notBackedUp(): number {
    return Math.max(0, (this.#own?.links.length ?? 0) - this.#backedUp);
  }

  /** The records on a client, the latest first. */
  of(person: Person): RecordLink[] {
    return (this.#own?.links ?? []).filter(({ payload }) => isOf(payload, person)).reverse();
  }

  /** Read and verified once a tab; it follows what is recorded here and in others. */
  async need(): Promise<void> {
    if (!this.#own) await this.load();
  }

  async load(): Promise<void> {
    try {
      this.#own = await scoring.records();
      this.#error = null;
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  /** @throws what recording throws: nothing is recorded then */
  async decide(fingerprint: string, person: Person, given: DecisionGiven): Promise<RecordLink> {
    const seen = this.of(person).at(0)?.head.number ?? 0;
    const asked = { fingerprint, id: person.id, given, seen, locale: locale.current, app: APP_VERSION };
    return this.#changed(scoring.recordDecision(asked));
  }

  async review(review: ReviewAsked): Promise<RecordLink> {
    return this.#changed(scoring.recordReview(review));
  }

  async erase(person: Person): Promise<void> {
    await this.#changed(scoring.eraseRecords(person)).catch((error: unknown) => {
      this.#error = toErrorData(error);
    });
  }

  /** Looks into files of other devices; nothing of them is kept. */
  async open(files: PickedFile[]): Promise<void> {
    try {
      this.#opened = [...this.#opened, ...(await scoring.readRecords({ files }))];
      this.#error = null;
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  close(chain: VerifiedChain): void {
    this.#opened = this.#opened.filter((other) => other !== chain);
  }

  /** Everything as one file: a backup, and what a replay reads. */
  save(): void {
    const links = this.#own?.links ?? [];
    const content = { format: RECORDS_FORMAT, formatVersion: 1, links };
    saveFile(new Blob([JSON.stringify(content, null, 1)], { type: 'application/json' }), 'records.json');
    this.#backedUp = links.length;
    keepSetting('backedUp', String(links.length));
  }

  async #changed<T>(change: Promise<T>): Promise<T> {
    try {
      return await change;
    } finally {
      await this.load();
      tabs.tell({ kind: 'records' });
    }
  }
}

export const records = new RecordsState();
