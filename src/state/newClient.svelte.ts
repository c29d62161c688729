import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { CellValue } from '../engine/client/cells';
import type { Edits } from '../engine/client/sheet';
import type { ReadClient, ReadTable } from '../engine/client/typed';
import type { WhatIfView } from '../engine/client/whatIf';
import type { LocalClient } from '../service/locals';
import { EMPTY_FORM } from '../protocol/advice';

/** What is typed of a client that is not in the bundle, kept as a draft under this name. */
const DRAFT = '\u0000new';

/** A client being typed in, and those that were typed in on this device. */
class NewClientState {
  #fingerprint = '';
  #id = $state('');
  #values = $state.raw<Edits>({});
  #view = $state.raw<WhatIfView | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #locals = $state.raw<readonly LocalClient[]>([]);
  #asking = false;
  #keeping: Promise<unknown> = Promise.resolve();

  get id() {
    return this.#id;
  }

  get values() {
    return this.#values;
  }

  get view() {
    return this.#view;
  }

  get error() {
    return this.#error;
  }

  get locals() {
    return this.#locals;
  }

  async list(fingerprint: string): Promise<void> {
    this.#locals = await scoring.locals({ fingerprint }).catch(() => []);
  }

  /** Begins with a client of this device, or with what was typed before and not saved. */
  async open(fingerprint: string, id: string): Promise<void> {
    this.#fingerprint = fingerprint;
    [this.#id, this.#values, this.#view, this.#error] = [id, {}, null, null];
    try {
      const kept = id
        ? await scoring.local({ fingerprint, id })
        : (await scoring.draft({ fingerprint, id: DRAFT }))?.edits;
      if (kept && this.#fingerprint === fingerprint && this.#id === id) this.#show(kept);
      else void this.#ask();
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  set(column: string, value: CellValue): void {
    this.#show({ ...this.#values, [column]: value });
    this.#keep();
  }

  clear(column: string): void {
    this.#show(Object.fromEntries(Object.entries(this.#values).filter(([name]) => name !== column)));
    this.#keep();
  }

  fill(values: Edits): void {
    this.#show(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)));
    this.#keep();
  }

  /** @returns whether it is on this device now */
  async save(id: string): Promise<boolean> {
    try {
      const isNew = this.#id === '';
      await scoring.keepLocal({ fingerprint: this.#fingerprint, id, values: this.#values, isNew });
      if (!this.#id) await this.#forgetDraft();
      return true;
    } catch (error) {
      this.#error = toErrorData(error);
      return false;
    }
  }

  async remove(fingerprint: string, id: string): Promise<void> {
    await scoring.removeLocal({ fingerprint, id }).catch((error: unknown) => {
      this.#error = toErrorData(error);
    });
    await this.list(fingerprint);
  }

  /** Rows of a table that was pasted or picked; null where they can't be read: `error` then names the field. */
  async read(file: Blob, name: string): Promise<ReadTable | null> {
    try {
      this.#error = null;
      return await scoring.readTyped({ fingerprint: this.#fingerprint, file, name });
    } catch (error) {
      this.#error = toErrorData(error);
      return null;
    }
  }

  /** @returns whether all of them are on this device now; the first that is not is told */
  async saveAll(clients: readonly ReadClient[]): Promise<boolean> {
    try {
      for (const { id, values } of clients)
        await scoring.keepLocal({ fingerprint: this.#fingerprint, id, values, isNew: true });
      return true;
    } catch (error) {
      this.#error = toErrorData(error);
      return false;
    }
  }

  #show(values: Edits): void {
    this.#values = values;
    this.#error = null;
    void this.#ask();
  }

  #keep(): void {
    if (this.#id) return;
    const draft = { edits: this.#values, scenarios: [], form: EMPTY_FORM };
    const fingerprint = this.#fingerprint;
    this.#keeping = this.#keeping
      .then(() => scoring.keepDraft({ fingerprint, id: DRAFT, draft }))
      .catch(() => undefined);
  }

  async #forgetDraft(): Promise<void> {
    await this.#keeping;
    const draft = { edits: {}, scenarios: [], form: EMPTY_FORM };
    await scoring.keepDraft({ fingerprint: this.#fingerprint, id: DRAFT, draft });
  }

  /** The newest wins; nothing queues. */
  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      for (;;) {
        const values = this.#values;
        const view = await scoring.scoreTyped({ fingerprint: this.#fingerprint, values });
        this.#view = view;
        if (values === this.#values) return;
      }
    } catch (error) {
      this.#error = toErrorData(error);
    } finally {
      this.#asking = false;
    }
  }
}

export const newClient = new NewClientState();
