import type { Model } from '../../core/model/model';
import type { Table } from '../../core/table/table';
import type { ModelInput } from '../encode';
import { columnFindings } from './columnFindings';
import type { Scored } from './facts';
import type { Finding } from './findings';
import { idFindings } from './ids';
import { outcomeFindings } from './outcomeFindings';
import type { TrainingFacts } from './schema';
import { splitFindings } from './splits';

/** A model's inputs, and what is known of the rows that trained it. */
export interface Trained {
  inputs: readonly ModelInput[];
  model: Model | null;
  /** Null where nothing is known: a table is then compared with the model's own splits alone. */
  facts: TrainingFacts | null;
}

export interface ComparedRows {
  /** In its declared types. */
  table: Table;
  id: string;
  /** Null before they are scored. */
  scores?: Scored | null;
  /** 1 default, 0 repaid, NaN unknown; of every row. */
  outcomes?: ArrayLike<number> | null;
  /** The very rows that trained the model. */
  trained?: boolean;
}

/** What a table holds in its columns that the training did not: known before anything is scored. */
export function rowFindings({ inputs, model, facts }: Trained, { table, id }: ComparedRows): Finding[] {
  const columns = columnFindings(table, inputs, facts);
  // Where the training's values are known, a segment beyond the splits is within them: nothing is wrong with it.
  const known = facts !== null && facts.from !== 'clients';
  const missed = known ? [] : splitFindings(model, inputs, table);
  return [...idFindings(table, id), ...columns, ...missed];
}

/** What is strange in the scores and outcomes of a table. */
export function scoreFindings({ inputs, facts }: Trained, rows: ComparedRows): Finding[] {
  const { table, scores = null, outcomes = null, trained = false } = rows;
  return outcomeFindings({ table, inputs, scores, outcomes, trained }, facts);
}
