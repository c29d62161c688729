import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { CellValue } from '../engine/client/cells';
import type { Edits } from '../engine/client/sheet';
import type { ReadClient, ReadTable } from '../engine/client/typed';
import type { WhatIfView } from '../engine/client/whatIf';
import type { LocalClient } from '../service/locals';
import { EMPTY_FORM } from '../protocol/advice';
import { Newest } from './newest';

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
  /** Columns that were typed or emptied since the form was opened; null once all of them were filled. */
  #touched: Set<string> | null = new Set();
  readonly #scoring = new Newest((values: Edits) => this.#score(values));
  readonly #keeping = new Newest(async ({ fingerprint, edits }: { fingerprint: string; edits: Edits }) => {
    const draft = { edits, scenarios: [], form: EMPTY_FORM };
    await scoring.keepDraft({ fingerprint, id: DRAFT, draft }).catch(() => undefined);
  });

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

  /** Begins with a client of this device, or with what was typed before and not saved; what is typed meanwhile stays. */
  async open(fingerprint: string, id: string): Promise<void> {
    this.#fingerprint = fingerprint;
    [this.#id, this.#values, this.#view, this.#error] = [id, {}, null, null];
    const touched = (this.#touched = new Set<string>());
    try {
      const kept = id
        ? await scoring.local({ fingerprint, id })
        : (await scoring.draft({ fingerprint, id: DRAFT }))?.edits;
      if (touched !== this.#touched) return;
      const untouched = Object.entries(kept ?? {}).filter(([name]) => !touched.has(name));
      this.#show({ ...Object.fromEntries(untouched), ...this.#values });
      if (touched.size > 0) this.#keep();
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }

  set(column: string, value: CellValue): void {
    this.#touched?.add(column);
    this.#show({ ...this.#values, [column]: value });
    this.#keep();
  }

  clear(column: string): void {
    this.#touched?.add(column);
    this.#show(Object.fromEntries(Object.entries(this.#values).filter(([name]) => name !== column)));
    this.#keep();
  }

  fill(values: Edits): void {
    this.#touched = null;
    this.#show(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)));
    this.#keep();
  }

  /** @returns whether it is on this device now */
  async save(id: string): Promise<boolean> {
    try {
      const isNew = this.#id === '';
      await scoring.keepLocal({ fingerprint: this.#fingerprint, id, values: this.#values, isNew });
      if (isNew) this.#keeping.ask({ fingerprint: this.#fingerprint, edits: {} });
      await this.#keeping.settled();
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
    this.#scoring.ask(values);
  }

  #keep(): void {
    if (!this.#id) this.#keeping.ask({ fingerprint: this.#fingerprint, edits: this.#values });
  }

  async #score(values: Edits): Promise<void> {
    try {
      this.#view = await scoring.scoreTyped({ fingerprint: this.#fingerprint, values });
    } catch (error) {
      this.#error = toErrorData(error);
    }
  }
}

export const newClient = new NewClientState();
