import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ASSETS = 'dist/assets/';

test('no file of the build imports the worker’s own: WebKit would run it, and its host, a second time', () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith('.js'));
  const own = scripts.filter((name) => name.startsWith('scoring.worker'));
  expect(own).toHaveLength(1);
  const importing = scripts.filter((name) =>
    readFileSync(ASSETS + name, 'utf8').match(new RegExp(`(from|import)\\s*\\(?["'\`]\\./${own[0]}`)),
  );
  expect(importing).toEqual([]);
});
