/**
 * What each dependency costs in the built app: its share of a chunk's code, in kB of that chunk's
 * gzip size. Run after `npm run build`: node tools/weights.mjs
 */
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const weights = new Map();

/** Adds up the chunks of one bundle, the page's or a worker's. */
const measure = (place) => ({
  name: 'weights',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      const modules = Object.entries(chunk.modules).map(([id, module]) => [
        packageOf(id),
        module.renderedLength,
      ]);
      const rendered = modules.reduce((sum, [, length]) => sum + length, 0);
      const gzip = gzipSync(chunk.code).length;
      for (const [name, length] of modules) {
        const key = `${place} ${name}`;
        weights.set(key, (weights.get(key) ?? 0) + (gzip * length) / rendered);
      }
    }
  },
});

function packageOf(id) {
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(id);
  const name = found?.[1] ?? 'scoredesk';
  return name.startsWith('@stdlib/') ? '@stdlib/*' : name;
}

await build({
  logLevel: 'error',
  build: { write: false },
  plugins: [measure('page')],
  worker: { format: 'es', plugins: () => [measure('worker')] },
});
for (const [key, bytes] of [...weights].sort((a, b) => b[1] - a[1])) {
  if (bytes >= 100) console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${key}`);
}
