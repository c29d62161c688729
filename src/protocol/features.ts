/** What files that were dropped are, by their columns. */
export interface FeaturesLook {
  /** `absent`: columns that the SQL knows and the file lacks. */
  tables: { table: string; file: string; absent: number }[];
  /** Files that are none of the tables. */
  others: string[];
  /** Whether the table that says who is in it is there. */
  possible: boolean;
  /** Tables without which some features can't be made. */
  lacks: string[];
  bytes: number;
}

/** `family`: the SQL file that runs. */
export interface FeaturesProgress {
  step: 'engine' | 'family' | 'write';
  family?: string;
  done: number;
  total: number;
}

export interface FeaturesMade {
  rows: number;
  columns: number;
  table: Blob;
}
