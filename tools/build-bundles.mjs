/**
 * Makes every demo bundle in public/bundles/ and writes the catalogue of all that is there, bundles put there by
 * hand among them.
 * Each demo/<name>/pack.json holds the arguments of `scoredesk pack`, less --out, or train.json those of `scoredesk train`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = 'public/bundles';

mkdirSync(OUT, { recursive: true });
const COMMANDS = ['pack', 'train'];
const commandOf = (name) => COMMANDS.find((command) => existsSync(join('demo', name, `${command}.json`)));
const demos = readdirSync('demo').sort().filter(commandOf);
const bundles = [...demos.map(makeDemo), ...others(demos)];
const catalogue = { format: 'scoredesk-catalogue', bundles };
writeFileSync(join(OUT, 'index.json'), JSON.stringify(catalogue, null, 1) + '\n');
console.log(`${OUT}/index.json: ${bundles.map((bundle) => `${bundle.id}@${bundle.version}`).join(', ')}`);

/** Bundles that somebody put here by hand: their folders stay, and are listed. */
function others(names) {
  return readdirSync(OUT)
    .sort()
    .filter((name) => !names.includes(name) && existsSync(join(OUT, name, 'bundle.json')))
    .map((name) => entryOf(name, readFileSync(join(OUT, name, 'bundle.json'))));
}

function makeDemo(name) {
  const command = commandOf(name);
  const args = JSON.parse(readFileSync(join('demo', name, `${command}.json`), 'utf8'));
  const out = join(OUT, name);
  rmSync(out, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, ['bin/scoredesk.js', command, ...args, '--out', out], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  return entryOf(name, readFileSync(join(out, 'bundle.json')));
}

/** What a visitor sees of a bundle before downloading it. */
function entryOf(path, bytes) {
  const manifest = JSON.parse(bytes.toString('utf8'));
  const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);
  return {
    path,
    id: manifest.id,
    version: manifest.version,
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    title: manifest.title,
    description: manifest.description,
    clients: sum(manifest.data.clients.files, (file) => file.rows),
    features: sum(manifest.model.inputs, (input) => input.columns.length),
    threshold: manifest.decision.threshold,
    algorithm: manifest.model.algorithm,
    bytes: bytes.length + sum(manifest.files, (file) => file.bytes),
  };
}
