/**
 * What would change a decision, of refused clients of a bundle: milliseconds of the whole answer (paths, flips, proof,
 * rescoring), and on request whether trying everything finds the same. Prints JSON.
 *
 *   npx tsx test/bench/paths.ts BUNDLE [clients] [--check]
 */
import { directorySource } from '../support/bundles';
import { changesOf, aimedAt, questionOf } from '../../src/engine/client/changes';
import { sheetOf } from '../../src/engine/client/sheet';
import { openBundle } from '../../src/engine/engine';
import { leastEffort } from '../support/enumerate';

const [folder, count = '200'] = process.argv.slice(2);
const checks = process.argv.includes('--check');
const engine = await openBundle(directorySource(folder), { runtime: 'core' });
const scores = await engine.scores();
const refused = engine.clients.ids.filter((_, row) => engine.decide(scores[row]) === 'refused');
const ids = Array.from(
  { length: Math.min(Number(count), refused.length) },
  (_, k) => refused[Math.floor((k * refused.length) / Math.min(Number(count), refused.length))],
);

const took: number[] = [];
const efforts: (number | null)[] = [];
let apart = 0;
for (const id of ids) {
  const sheet = sheetOf(engine, await engine.clients.of([id]));
  const began = performance.now();
  const { paths, proved } = await changesOf(engine, sheet);
  took.push(performance.now() - began);
  efforts.push(paths.at(0)?.effort ?? null);
  if (!checks) continue;
  const question = await aimedAt(engine, sheet, 'refused');
  const { situation, goal } = questionOf(engine, question);
  const found = paths.at(0)?.effort ?? Infinity;
  const tried = leastEffort(situation(question.levers.actionable), goal, found + 1e-9);
  if (!proved || (tried !== found && Math.abs(tried - found) > 1e-9)) apart++;
}
const [first] = took;
const warm = took.slice(1).sort((a, b) => a - b);
const at = (share: number) => warm[Math.min(warm.length - 1, Math.floor(share * warm.length))];
console.log(
  JSON.stringify({
    clients: ids.length,
    ids,
    none: efforts.filter((effort) => effort === null).length,
    efforts,
    first,
    median: at(0.5),
    p95: at(0.95),
    worst: warm.at(-1),
    ...(checks ? { apart } : {}),
  }),
);
