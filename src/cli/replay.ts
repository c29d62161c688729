import { Command } from 'commander';
import { verifyChain } from '../core/record/chain';
import { ScoredeskError } from '../core/errors';
import { openBundle, type Engine } from '../engine/engine';
import { typicalOf } from '../engine/overview';
import { replay } from '../engine/record';
import { isDecision, type RecordLink } from '../core/record/record';
import { parseRecords } from '../core/record/schema';
import { decisionLines, type DecidedBy } from '../report/decisionText';
import { EXIT_REFUSED, plural, print } from './console';
import { openSource, readBytes } from './files';
import { wholeOption } from './options';

interface Options {
  number?: number;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('Recompute score, reasons and text of recorded decisions, and say what differs.')
    .argument('<records>', 'a file of records, as the Decisions page writes it')
    .argument('<bundle>', 'directory or zip')
    .option('--number <N>', 'only this record', wholeOption)
    .addHelpText(
      'after',
      '\nExample:\n  scoredesk replay records.json public/bundles/german-credit --number 3',
    )
    .action(async (path: string, source: string, { number }: Options) => {
      const { links } = parseRecords(await readBytes(path), path);
      const chosen = links.filter(({ head }) => number === undefined || head.number === number);
      if (chosen.length === 0) throw new ScoredeskError('record-gone', { number: number ?? 0 });
      const chainHolds = sayChains(links);
      const engine = await openBundle(await openSource(source));
      const bundle = await decidedBy(engine);
      let differences = 0;
      for (const link of chosen) differences += await replayOne(engine, bundle, link);
      if (differences > 0 || !chainHolds) process.exitCode = EXIT_REFUSED;
    });
}

async function decidedBy(engine: Engine): Promise<DecidedBy> {
  const { manifest, unit, fingerprint } = engine;
  return { manifest, unit, fingerprint, typical: await typicalOf(engine) };
}

/** @returns whether every device's chain holds */
function sayChains(links: readonly RecordLink[]): boolean {
  let holds = true;
  for (const device of new Set(links.map(({ head }) => head.device))) {
    const { faults, erased, backwards, last } = verifyChain(
      links.filter(({ head }) => head.device === device),
    );
    const own = links.filter(({ head }) => head.device === device).length;
    holds &&= faults.length === 0;
    for (const { number, fault } of faults) print(`chain     broken at record ${number}: ${fault}`);
    if (faults.length === 0)
      print(
        `chain     ok: ${plural(own, 'record')} of ${device}, ${erased} erased, last ${last.slice(0, 12)}`,
      );
    for (const number of backwards) print(`note      the clock was set back before record ${number}`);
  }
  return holds;
}

async function replayOne(engine: Engine, bundle: DecidedBy, { head, payload }: RecordLink): Promise<number> {
  if (payload === null) print(`record ${head.number}  erased`);
  if (!isDecision(payload)) return 0;
  const lines = (view: Parameters<typeof decisionLines>[2]) =>
    decisionLines(payload.shown.locale, bundle, view);
  const found = await replay(engine, payload, lines);
  for (const { what, where, recorded, recomputed } of found)
    print(
      `record ${head.number}  ${[what, where].filter(Boolean).join(' ')}: recorded ${recorded}, now ${recomputed}`,
    );
  if (found.length === 0)
    print(
      `record ${head.number}  ok: score, reasons and text are those of ${bundle.manifest.id}@${bundle.manifest.version}`,
    );
  return found.length;
}
