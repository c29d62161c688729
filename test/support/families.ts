/** Number columns of test/oracles/families/data.csv, in the order of the models' training. */
export const NUMBERS = [
  'duration',
  'credit_amount',
  'installment_commitment',
  'residence_since',
  'age',
  'existing_credits',
  'num_dependents',
];
