/**
 * Compiles kernels/shap.ts (AssemblyScript) into src/core/explain/kernel/bytes.ts: `node tools/kernel.mjs`.
 * test/core/explain/kernel.test.ts compares the two.
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const TARGET = 'src/core/explain/kernel/bytes.ts';
const OPTIONS = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--noAssert'];

/** @returns the file's text */
export async function compiledKernel() {
  let bytes;
  const writeFile = (_, contents) => (bytes = contents);
  const { error, stderr } = await asc.main(['kernels/shap.ts', ...OPTIONS, '--outFile', 'kernel.wasm'], {
    writeFile,
  });
  if (error) throw new Error(stderr.toString());
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,96}/g)
    .map((line) => `  '${line}',`);
  return [
    '/** kernels/shap.ts as WebAssembly, in base 64: made by tools/kernel.mjs. */',
    'export const SHAP_KERNEL = [',
    ...lines,
    "].join('');",
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(TARGET, await compiledKernel());
