/**
 * Seconds of a comparison of two Parquet files in a folder (test/peers/drift.py makes them and sets the figures beside
 * its peers'). Prints JSON.
 */
import '../support/messages';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareTables, type Comparison } from '../../src/core/drift/compare';
import { policyOf } from '../../src/core/drift/policy';
import type { Preset } from '../../src/core/drift/types';
import { readParquet } from '../../src/core/table/parquet';
import { sourceOf } from '../../src/core/table/source';
import type { Table } from '../../src/core/table/table';
import { driftHtml } from '../../src/report/driftHtml';
import { driftRows } from '../../src/report/driftSummary';

const folder = process.argv[2];
const table = (name: string): Promise<Table> =>
  readParquet(new Uint8Array(readFileSync(join(folder, `${name}.parquet`))), name);

async function compared(reference: Table, current: Table, preset: Preset, policy = policyOf(preset)) {
  const start = performance.now();
  let first = NaN;
  const steps = compareTables(sourceOf(reference), sourceOf(current), { preset, policy });
  for (;;) {
    const step = await steps.next();
    if (step.done) return { comparison: step.value, first, seconds: (performance.now() - start) / 1000 };
    if (Number.isNaN(first)) first = (performance.now() - start) / 1000;
  }
}

function reportOf(comparison: Comparison): string {
  return driftHtml({
    locale: 'en',
    title: 'bench',
    subtitle: '',
    at: new Date(0),
    comparison,
    result: null,
    rows: driftRows('en', comparison.columns, null, []),
    columns: [],
  });
}

const [reference, current] = [await table('reference'), await table('current')];
const out: Record<string, unknown> = {};
out['univariate'] = (await compared(reference, current, 'nannyml', policyOf('psi'))).seconds;
for (const preset of ['evidently', 'psi', 'nannyml'] as const) {
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await compared(reference, current, preset));
  const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  out[preset] = {
    cold: runs[0].seconds,
    seconds: best.seconds,
    first: runs[0].first,
    columns: best.comparison.columns.map(({ name, tests }) => ({ name, ...tests[0] })),
  };
  if (preset !== 'evidently') continue;
  const html = reportOf(best.comparison);
  writeFileSync(join(folder, 'report.html'), html);
  out['report'] = html.length;
}
console.log(JSON.stringify(out));
