/** Number columns of the German credit data, in the order in which the models of test/oracles/families were trained on them. */
export const NUMBERS = [
  'duration',
  'credit_amount',
  'installment_commitment',
  'residence_since',
  'age',
  'existing_credits',
  'num_dependents',
];
