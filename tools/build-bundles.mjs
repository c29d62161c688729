/**
 * Makes every demo bundle in public/bundles/ and writes the catalogue of all that is there, bundles put there by
 * hand among them.
 * Each demo/<name>/make.json lists calls of the command, one after the other; {demo}, {work} and {out} stand for the demo's
 * folder, one for what lies between, and the bundle's. A bundle is made anew when its demo, the SQL or the command changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = 'public/bundles';
const CACHE = 'node_modules/.cache/scoredesk';
const MADE_BY = ['dist-cli', 'sql'];

mkdirSync(OUT, { recursive: true });
mkdirSync(CACHE, { recursive: true });
const demos = readdirSync('demo')
  .sort()
  .filter((name) => existsSync(join('demo', name, 'make.json')));
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
  const [demo, out] = [join('demo', name), join(OUT, name)];
  const stamp = join(CACHE, `${name}.sha256`);
  const manifest = join(out, 'bundle.json');
  const wanted = digestOf([demo, ...MADE_BY]);
  const state = () => `${wanted} ${existsSync(manifest) ? digestOf([out]) : ''}`;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== state()) {
    make(demo, out, join(CACHE, name));
    writeFileSync(stamp, state());
  }
  return entryOf(name, readFileSync(manifest));
}

function make(demo, out, work) {
  for (const folder of [out, work]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const places = { demo, out, work };
  for (const call of JSON.parse(readFileSync(join(demo, 'make.json'), 'utf8'))) {
    const args = call.map((text) => text.replace(/\{(\w+)\}/g, (_, place) => places[place]));
    const { status } = spawnSync(process.execPath, ['bin/scoredesk.js', ...args], { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  rmSync(work, { recursive: true, force: true });
}

/** One digest of all files below these folders, with their names. */
function digestOf(folders) {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort(byPath)) {
      if (!entry.isFile()) continue;
      const path = pathOf(entry);
      hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
    }
  return hash.digest('hex');
}

function pathOf({ parentPath, name }) {
  return join(parentPath, name);
}
function byPath(a, b) {
  return pathOf(a) < pathOf(b) ? -1 : 1;
}

/** What a visitor sees of a bundle before downloading it. */
function entryOf(path, bytes) {
  const manifest = JSON.parse(bytes.toString('utf8'));
  const onUse = (manifest.data.current?.files ?? []).flatMap(({ path: name, optional }) =>
    optional ? [name] : [],
  );
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
    onUse: sum(manifest.files, (file) => (onUse.includes(file.path) ? file.bytes : 0)),
  };
}
