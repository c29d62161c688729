import { defineConfig } from 'vite';

/** The command line, for Node: dependencies stay in node_modules. */
export default defineConfig({
  publicDir: false,
  build: { ssr: 'src/cli/main.ts', outDir: 'dist-cli', target: 'node20', emptyOutDir: true },
  ssr: { noExternal: [/^@stdlib\//] },
});
