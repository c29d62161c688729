import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const common = { environment: 'node', testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2 } as const;

/** Files that take longest begin first, so that no worker is left waiting for one of them at the end. */
const LONGEST = ['spark', 'train', 'cli', 'drift', 'app', 'model', 'stops', 'browserFeatures'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted].sort((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`));
  return place < 0 ? LONGEST.length : place;
}

/** `unit` runs in Node on the sources; `e2e` drives the built app and the built command. */
export default defineConfig({
  plugins: [svelte()],
  test: {
    sequence: { sequencer: LongestFirst },
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
