import { scoring } from '../client/scoring';
import { toErrorData, type ErrorData } from '../core/errors';
import type { BundleView } from '../engine/bundleView';
import type { ChangesView } from '../engine/client/changes';
import type { CellValue } from '../engine/client/cells';
import type { Edits } from '../engine/client/sheet';
import type { ClientView } from '../engine/client/view';
import type { WhatIfView } from '../engine/client/whatIf';
import { Asked } from './asked.svelte';
import { Newest } from './newest';
import { EMPTY_FORM, type ClientDraft, type DecisionForm } from '../protocol/advice';

export type Scenario = ClientDraft['scenarios'][number];

interface Client {
  fingerprint: string;
  id: string;
  /** Evaluator whose scores these are. */
  runtime: string;
  /** The file that is tried: another where a client of this device was edited. */
  file: string;
}

const named = ({ fingerprint, id }: Client) => ({ fingerprint, id });

interface Tried {
  client: Client;
  edits: Edits;
}

/** What is tried on the client on screen, and what would change the decision. */
class WhatIfState {
  #client = $state.raw<Client | null>(null);
  #edits = $state.raw<Edits>({});
  #view = $state.raw<WhatIfView | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #form = $state.raw<DecisionForm>(EMPTY_FORM);
  #scenarios = $state.raw<readonly Scenario[]>([]);
  #before = $state.raw<readonly Edits[]>([]);
  #restored = $state(false);
  /** What would change the decision of the client on screen. */
  readonly changes = new Asked<ChangesView>();
  readonly #scoring = new Newest((tried: Tried) => this.#score(tried));
  /** Every keystroke: what is shown is on the disk when the next one comes. */
  readonly #keeping = new Newest(
    async (draft: Pick<Client, 'fingerprint' | 'id'> & { draft: ClientDraft }) => {
      await scoring.keepDraft(draft).catch(() => undefined);
    },
  );

  get edits() {
    return this.#edits;
  }

  /** The client whose file is tried. */
  get id(): string | null {
    return this.#client?.id ?? null;
  }

  /** Of the edits as they were when it was asked: the newest that has come. */
  get view() {
    return this.#view;
  }

  get error() {
    return this.#error;
  }

  /** The decision that is being written. */
  get form() {
    return this.#form;
  }

  get scenarios() {
    return this.#scenarios;
  }

  get canUndo(): boolean {
    return this.#before.length > 0;
  }

  /** The edits were found on this device, from an earlier visit. */
  get restored() {
    return this.#restored;
  }

  /**
   * Another client is on screen, with what its address says of it, else with what was tried before. The same one keeps what
   * is tried.
   */
  async open(
    { fingerprint, runtime }: Pick<BundleView, 'fingerprint' | 'runtime'>,
    { id, cells }: Pick<ClientView, 'id' | 'cells'>,
    fromAddress: Edits,
  ): Promise<void> {
    const client: Client = { fingerprint, id, runtime, file: JSON.stringify(cells) };
    const before = this.#client;
    if (JSON.stringify(client) === JSON.stringify(this.#client)) {
      if (Object.keys(fromAddress).length > 0) this.follow(fromAddress);
      return;
    }
    this.#client = client;
    // Another evaluator scores: what was tried stays, and is scored and searched by it.
    if (before && JSON.stringify({ ...before, runtime }) === JSON.stringify(client))
      return this.#renew(client);
    this.#show({});
    [this.#scenarios, this.#before, this.#restored, this.#form] = [[], [], false, EMPTY_FORM];
    if (Object.keys(fromAddress).length > 0) this.#show(fromAddress);
    this.#search(client);
    const kept = await scoring.draft(named(client)).catch(() => null);
    if (client !== this.#client || !kept) return;
    this.#scenarios = kept.scenarios;
    this.#form = kept.form;
    if (Object.keys(this.#edits).length > 0 || Object.keys(kept.edits).length === 0) return;
    this.#restored = true;
    this.#show(kept.edits);
  }

  set(column: string, value: CellValue): void {
    this.put({ ...this.#edits, [column]: value });
  }

  /** The column is again as it is on file. */
  clear(column: string): void {
    this.put(Object.fromEntries(Object.entries(this.#edits).filter(([name]) => name !== column)));
  }

  /** These edits in the place of those before, which an undo brings back. */
  put(edits: Edits): void {
    this.#before = [...this.#before, this.#edits];
    this.#take(edits);
  }

  undo(): void {
    const before = this.#before.at(-1);
    if (!before) return;
    this.#before = this.#before.slice(0, -1);
    this.#take(before);
  }

  /** What an address says now: it was gone back to. */
  follow(edits: Edits): void {
    if (JSON.stringify(edits) !== JSON.stringify(this.#edits)) this.#take(edits);
  }

  fill(form: Partial<DecisionForm>): void {
    this.#form = { ...this.#form, ...form };
    this.#keep();
  }

  /** The decision is recorded: nothing of it is a draft any more. */
  recorded(): void {
    this.#form = EMPTY_FORM;
    this.put({});
  }

  nameScenario(name: string): void {
    const others = this.#scenarios.filter((scenario) => scenario.name !== name);
    this.#scenarios = [...others, { name, edits: this.#edits }];
    this.#keep();
  }

  removeScenario(name: string): void {
    this.#scenarios = this.#scenarios.filter((scenario) => scenario.name !== name);
    this.#keep();
  }

  #take(edits: Edits): void {
    this.#restored = false;
    this.#show(edits);
    this.#keep();
  }

  #show(edits: Edits): void {
    this.#edits = edits;
    const client = this.#client;
    if (client && Object.keys(edits).length > 0) this.#scoring.ask({ client, edits });
    else [this.#view, this.#error] = [null, null];
  }

  #keep(): void {
    if (!this.#client) return;
    const draft = { edits: this.#edits, scenarios: [...this.#scenarios], form: this.#form };
    this.#keeping.ask({ ...named(this.#client), draft });
  }

  async #score({ client, edits }: Tried): Promise<void> {
    let [view, error]: [WhatIfView | null, ErrorData | null] = [null, null];
    try {
      view = await scoring.whatIf({ ...named(client), edits });
    } catch (failed) {
      error = toErrorData(failed);
    }
    if (client === this.#client && Object.keys(this.#edits).length > 0)
      [this.#view, this.#error] = [view, error];
  }

  #renew(client: Client): void {
    this.#show(this.#edits);
    this.#search(client);
  }

  #search(client: Client): void {
    void this.changes.ask(JSON.stringify(client), () => scoring.changes(named(client)));
  }
}

export const whatIf = new WhatIfState();
