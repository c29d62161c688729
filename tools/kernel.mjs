/**
 * Compiles the kernels of kernels/ (AssemblyScript) into the bytes that the app instantiates: `node tools/kernel.mjs`.
 * test/core/kernels.test.ts compares the two.
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

/** Each kernel, the file of its bytes, and the name that they have there. */
export const KERNELS = [
  { source: 'kernels/shap.ts', target: 'src/core/explain/kernel/bytes.ts', name: 'SHAP_KERNEL' },
  { source: 'kernels/train.ts', target: 'src/core/train/boosting/kernel/bytes.ts', name: 'TRAIN_KERNEL' },
];
const OPTIONS = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--noAssert'];

/** @returns the text of the kernel's target */
export async function compiledKernel({ source, name }) {
  let bytes;
  const writeFile = (_, contents) => (bytes = contents);
  const { error, stderr } = await asc.main([source, ...OPTIONS, '--outFile', 'kernel.wasm'], { writeFile });
  if (error) throw new Error(stderr.toString());
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,96}/g)
    .map((line) => `  '${line}',`);
  return [
    `/** ${source} as WebAssembly, in base 64: made by tools/kernel.mjs. */`,
    `export const ${name} = [`,
    ...lines,
    "].join('');",
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const kernel of KERNELS) writeFileSync(kernel.target, await compiledKernel(kernel));
