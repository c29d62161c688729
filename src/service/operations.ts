import * as advice from './advice';
import * as batch from './batch';
import * as bundles from './bundles';
import * as check from './check';
import * as client from './client';
import * as data from './data';
import * as drift from './drift';
import * as exchange from './exchange';
import * as features from './features';
import * as install from './install';
import * as lab from './lab';
import * as locals from './locals';
import * as model from './model';
import * as parts from './parts';
import * as portfolio from './portfolio';
import * as records from './records';
import * as settings from './settings';

/**
 * What the scoring worker does: every function that these files export is an operation, which the page calls by its
 * name (src/client/scoring).
 */
export const operations = {
  ...bundles,
  ...install,
  ...check,
  ...client,
  ...advice,
  ...model,
  ...portfolio,
  ...batch,
  ...drift,
  ...data,
  ...features,
  ...exchange,
  ...lab,
  ...parts,
  ...locals,
  ...records,
  ...settings,
};
export type ScoringOperations = typeof operations;
