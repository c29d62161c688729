import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** The command line, for Node: dependencies stay in node_modules. */
export default defineConfig({
  publicDir: false,
  resolve: { alias: { '@noble/hashes/sha2.js': resolve(import.meta.dirname, 'src/cli/sha2.ts') } },
  build: { ssr: 'src/cli/main.ts', outDir: 'dist-cli', target: 'node20', emptyOutDir: true },
  ssr: { noExternal: [/^@stdlib\//] },
});
