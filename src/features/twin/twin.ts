import type { Table } from '../../core/table/table';
import { application, type Cells } from './application';
import { bureauRows, CREDIT_STATUS, CREDIT_TYPES, CURRENCIES, MONTH_STATUS } from './bureau';
import { CARD_STATUS, cardRows } from './card';
import { Draws } from './draws';
import { facts, TABLES, type TableName } from './facts';
import { defaults, habitsOf } from './outcome';
import { earlierOf } from './previous';
import { POS_STATUS, termRows } from './repayment';
import { TableRows, type TwinColumn } from './rows';
import { drifted, UNLABELLED, USUAL, type Setting } from './setting';

export interface TwinRequest {
  clients: number;
  seed: number;
  /** The first of twelve months (YYYY-MM) in which these applications were made, drifting away; with their day. */
  later?: string;
  /** Number of the first application. */
  firstId?: number;
}

/** Clients made at once: what is in memory. */
const BLOCK = 2000;
/** Applications without an outcome: as many as Kaggle's test file has of all. */
const UNLABELLED_SHARE = 0.13682;
const FIRST_CLIENT = 100002;
/** Ids of later applications do not meet those before. */
const FIRST_LATER = 600001;

export const APPLIED_ON = 'APPLIED_ON';
const MONTHS = 12;

/**
 * The eight tables of the Home Credit case, made: nobody's rows, with the shares, ranges, gaps, correlations and keys of the
 * real ones (facts.json). Block by block, each with the rows of some clients; the same seed gives the same rows.
 */
export function* twin({
  clients,
  seed,
  later,
  firstId = later === undefined ? FIRST_CLIENT : FIRST_LATER,
}: TwinRequest): Generator<ReadonlyMap<TableName, Table>> {
  const out = tableRows(later !== undefined);
  let [bureauId, previousId] = later === undefined ? [5_000_000, 1_000_001] : [9_000_000, 4_000_001];
  const ids = { bureau: () => bureauId++, previous: () => previousId++ };
  for (let from = 0; from < clients; from += BLOCK) {
    const to = Math.min(clients, from + BLOCK);
    for (let client = from; client < to; client++)
      addClient(
        new Draws(seed, client),
        { id: firstId + client, ...whenOf(client, clients, later) },
        out,
        ids,
      );
    yield new Map(TABLES.map((name) => [name, out[name].take()]));
  }
}

type Out = Record<TableName, TableRows>;

/** How applications of a time are, and the day of one; null where nobody asks. */
interface When {
  setting: Setting | null;
  day: string | null;
}

function whenOf(client: number, clients: number, later: string | undefined): When {
  if (later === undefined) return { setting: null, day: null };
  const share = (client + 0.5) / clients;
  return { setting: drifted(share), day: dayOf(later, share) };
}

/** A day of the twelve months: those of the same length come one after the other. */
function dayOf(first: string, share: number): string {
  const [year, month] = first.split('-').map(Number);
  const at = Math.floor(share * MONTHS);
  const days = new Date(Date.UTC(year, month + at, 0)).getUTCDate();
  const day = 1 + Math.floor((share * MONTHS - at) * days);
  return new Date(Date.UTC(year, month - 1 + at, day)).toISOString().slice(0, 10);
}

function addClient(
  draws: Draws,
  { id, setting, day }: When & { id: number },
  out: Out,
  ids: { bureau: () => number; previous: () => number },
): void {
  const isUnlabelled = setting === null && draws.chance(UNLABELLED_SHARE);
  const own = setting ?? (isUnlabelled ? UNLABELLED : USUAL);
  const made = application(draws, own);
  const habits = habitsOf(draws, made);
  const isBad = defaults(draws, made, habits, own);
  const cells: Cells = { SK_ID_CURR: id, ...made.cells };
  if (isUnlabelled) out.application_test.addCells(cells);
  else out.application_train.addCells({ ...cells, TARGET: isBad ? 1 : 0, [APPLIED_ON]: day });
  bureauRows(draws, id, habits, out, ids.bureau);
  const { rows, contracts } = earlierOf(draws, id, habits, ids.previous);
  for (const row of rows) out.previous_application.addCells(row);
  for (const contract of contracts)
    (contract.kind === 'card' ? cardRows : termRows)(draws, id, contract, habits, out);
}

/** Levels of texts whose rows are added by their places. */
const LEVELS: Partial<Record<TableName, Record<string, readonly string[]>>> = {
  bureau: { CREDIT_ACTIVE: CREDIT_STATUS, CREDIT_CURRENCY: CURRENCIES, CREDIT_TYPE: CREDIT_TYPES },
  bureau_balance: { STATUS: MONTH_STATUS },
  POS_CASH_balance: { NAME_CONTRACT_STATUS: POS_STATUS },
  credit_card_balance: { NAME_CONTRACT_STATUS: CARD_STATUS },
};

function tableRows(hasDays: boolean): Out {
  const columnsOf = (table: TableName): TwinColumn[] =>
    Object.entries(facts.tables[table]).map(([name, kind]) =>
      kind === 'text' ? { name, kind, levels: [...(LEVELS[table]?.[name] ?? [])] } : { name, kind },
    );
  const all = TABLES.map((name): [TableName, TableRows] => [name, new TableRows(name, columnsOf(name))]);
  const out = Object.fromEntries(all) as Out;
  if (hasDays)
    out.application_train = new TableRows('application_train', [
      ...columnsOf('application_train'),
      { name: APPLIED_ON, kind: 'text', levels: [] },
    ]);
  return out;
}
