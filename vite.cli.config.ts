import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** The command line, for Node: dependencies stay in node_modules. */
export default defineConfig({
  publicDir: false,
  resolve: { alias: { '@noble/hashes/sha2.js': resolve(import.meta.dirname, 'src/cli/sha2.ts') } },
  build: {
    ssr: true,
    // The watchdog runs in a thread of its own, and so do those that fit models.
    rollupOptions: {
      input: ['src/cli/main.ts', 'src/cli/watchdog.ts', 'src/cli/fitWorker.ts'],
      // All in one folder: whatever file a command is in finds the threads and ../sql beside it.
      output: { chunkFileNames: '[name]-[hash].js' },
    },
    outDir: 'dist-cli',
    target: 'node20',
    emptyOutDir: true,
  },
  ssr: { noExternal: [/^@stdlib\//] },
});
