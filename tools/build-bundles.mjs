/**
 * Packs every demo bundle into public/bundles/ and writes the catalogue beside them.
 * Each demo/<name>/pack.json holds the arguments of `scoredesk pack`, less --out.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = 'public/bundles';

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const bundles = readdirSync('demo')
  .sort()
  .filter((name) => existsSync(join('demo', name, 'pack.json')))
  .map(packDemo);
const catalogue = { format: 'scoredesk-catalogue', bundles };
writeFileSync(join(OUT, 'index.json'), JSON.stringify(catalogue, null, 1) + '\n');
console.log(`${OUT}/index.json: ${bundles.map((bundle) => `${bundle.id}@${bundle.version}`).join(', ')}`);

function packDemo(name) {
  const args = JSON.parse(readFileSync(join('demo', name, 'pack.json'), 'utf8'));
  const out = join(OUT, name);
  const { status } = spawnSync(process.execPath, ['bin/scoredesk.js', 'pack', ...args, '--out', out], {
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
