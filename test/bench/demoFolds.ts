/**
 * The demo's recipe with ten seeds: folds, cross-validated scores and the figures of the 200 test rows, as JSON for test/peers/demo.py.
 *
 *   npx tsx test/bench/demoFolds.ts
 */
import { readFileSync } from 'node:fs';
import { keptAsWritten } from '../../src/bundle/columns';
import { parseTarget } from '../../src/bundle/target';
import { parseDictionary } from '../../src/bundle/validate';
import { readTableFile } from '../../src/cli/files';
import { auc, logLoss } from '../../src/core/metrics/binary';
import { crossValidate } from '../../src/core/train/crossValidate';
import { fit, predict } from '../../src/core/train/fit';
import { divided, localFitter } from '../../src/core/train/fitter';
import { parseRecipe } from '../../src/engine/lab/recipe';
import { labPart, labTable } from '../../src/engine/lab/rows';

const DEMO = 'demo/german-credit';
const bytes = (name: string) => new Uint8Array(readFileSync(`${DEMO}/${name}`));
const dictionary = parseDictionary(bytes('dictionary.json'));
const { learner, folds } = parseRecipe(bytes('recipe.json'));
const options = { target: parseTarget('class=bad'), id: 'client_id', dictionary, leaveOut: [] };
const asWritten = keptAsWritten(dictionary.columns ?? [], 'client_id');
const { rows, declared } = labTable(await readTableFile(`${DEMO}/reference.csv`, asWritten), options);
const test = labPart(await readTableFile(`${DEMO}/test.csv`, asWritten), declared, options).rows;
if (learner.kind !== 'boosting') throw new Error(learner.kind);

const found = [];
for (let seed = 1; seed <= 10; seed++) {
  const spec = {
    steps: [],
    imbalance: 'none',
    learner: { ...learner, params: { ...learner.params, seed } },
  } as const;
  const division = { folds, seed, rowShare: 1 };
  const parts = divided(rows, division);
  const fitter = localFitter(rows, async () => undefined);
  const { scores } = await crossValidate(fitter, spec, division, parts);
  const own = predict(fit(rows, spec).pipeline, test);
  const figures = (target: Uint8Array, p: Float64Array) => [auc(target, p), logLoss(target, p)];
  found.push({
    seed,
    fold: [...parts.fold],
    cv: figures(rows.target, scores),
    test: figures(test.target, own),
  });
}
console.log(JSON.stringify(found));
