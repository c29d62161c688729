import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const common = { environment: 'node', testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2 } as const;

/** `unit` runs in Node on the sources; `e2e` drives the built app and the built command. */
export default defineConfig({
  plugins: [svelte()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...common,
          name: 'unit',
          setupFiles: ['test/support/messages.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
        },
      },
      {
        extends: true,
        test: {
          ...common,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // As long as Playwright waits: what is looked for again and again comes when the machine lets it.
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
