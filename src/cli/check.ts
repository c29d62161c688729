import { Command } from 'commander';
import { openBundle } from '../engine/engine';
import { SCORE_TOLERANCE, verifyBundle, type Verification } from '../engine/verify';
import { count, plural, print, sayProgress } from './console';
import { bundleFindings } from '../engine/training';
import { requireFindings, STRICT } from './findings';
import { openSource } from './files';

export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Verify a bundle: schema, sizes, checksums, rows, expected predictions, parity, monotone directions.',
    )
    .argument('<bundle>', 'directory or zip')
    .addHelpText('after', '\nExample:\n  scoredesk check public/bundles/german-credit')
    .option(...STRICT)
    .action(async (path: string, { strict = false }: { strict?: boolean }) => {
      const engine = await openBundle(await openSource(path));
      const report = await verifyBundle(engine, { progress: sayProgress });
      const { manifest, fingerprint } = engine;
      print(`${manifest.id}@${manifest.version}  ${fingerprint}`);
      for (const line of reportLines(report)) print(line);
      if (engine.runtimeFailure) print(`note      onnxruntime did not start: ${engine.runtimeFailure}`);
      const findings = await bundleFindings(engine, { progress: sayProgress });
      requireFindings(findings, strict);
      if (findings.length === 0 && engine.manifest.training)
        print('training  ok: rows, outcomes and scores are like those of the training');
    });
}

export function reportLines(report: Verification): string[] {
  const { files, bytes, expected, monotone, runtime } = report;
  const figure = (value: number) => value.toExponential(1);
  return [
    `files     ok: ${plural(files, 'file')}, ${count(bytes)} bytes, sizes and SHA-256 as declared`,
    `expected  ok: ${plural(expected.rows, 'client')} by ${runtime}, largest difference ${figure(expected.largest)}`,
    parityLine(report),
    ...(monotone
      ? [`monotone  ok: ${plural(monotone, 'declared direction')} held on the clients tried`]
      : []),
  ];
}

function parityLine({ parity: { rows, largest, holds }, runtime, unread }: Verification): string {
  if (unread)
    return `parity    none: core/model can't read ${unread}; runtime only: scores and model-agnostic explanations`;
  if (runtime === 'core') return 'parity    not measured: onnxruntime did not start';
  const figure = largest.toExponential(1);
  if (holds)
    return `parity    ok: core/model and ${runtime} on ${plural(rows, 'row')}, largest difference ${figure}`;
  return `parity    missed: core/model differs by ${figure} (at most ${SCORE_TOLERANCE}): installs as runtime only`;
}
