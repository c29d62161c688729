import type { LocalText } from './schema';

/** What somebody's own files look like, and what is proposed to make of them. Plain data. */
export interface Proposal {
  /** Tables by their file's name, with their columns in file order. */
  tables: { name: string; rows: number; columns: string[] }[];
  /** The table of the clients, and the labelled one that trained the model; "" for none. */
  clients: string;
  reference: string;
  /** Labelled rows that the model never saw, later rows, the library's predictions; "" for none. */
  test: string;
  current: string;
  expected: string;
  /** A dictionary among the files, which says what columns are; "" for none. */
  dictionary: string;
  /** Of the dictionary. */
  title: LocalText | null;
  threshold: number;
  /** Columns that name each client once; ROW_NUMBER stands last. */
  ids: string[];
  id: string;
  /** Columns with few enough values to be an outcome, with those values. */
  targets: { column: string; values: string[] }[];
  /** The likely outcome; its value that means default is "" where no known word says it. */
  target: { column: string; value: string } | null;
  /** Columns that the model takes, in its order. */
  features: string[];
  /** How many it wants. */
  wanted: number;
}

/** What somebody decided of a proposal. */
export interface MakeChoice extends Pick<
  Proposal,
  | 'clients'
  | 'reference'
  | 'test'
  | 'current'
  | 'expected'
  | 'dictionary'
  | 'id'
  | 'target'
  | 'features'
  | 'threshold'
> {
  title: string;
}

/** The id of clients that have none of their own: 1, 2, 3 … */
export const ROW_NUMBER = 'row';
