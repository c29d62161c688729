import { zipSync } from 'fflate';
import { readdirSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const PACKAGE = 'scoredesk_export';
/** A zip holds times; the same sources give the same bytes. */
const mtime = new Date('2000-01-01T12:00:00');

/** The export script as one file that Python runs: a zip of its package and what starts it. */
export function exportScriptZip(): Uint8Array {
  const names = readdirSync(`tools/${PACKAGE}`).filter((name) => name.endsWith('.py'));
  const modules = names
    .filter((name) => name !== '__main__.py')
    .map((name) => [`${PACKAGE}/${name}`, readFileSync(`tools/${PACKAGE}/${name}`)] as const);
  const start = readFileSync(`tools/${PACKAGE}/__main__.py`);
  const files = Object.fromEntries([['__main__.py', start] as const, ...modules]);
  return zipSync(files, { level: 9, mtime });
}

/** Writes scoredesk_export.pyz beside the page. */
export const exportScript: Plugin = {
  name: 'export-script',
  apply: 'build',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: `${PACKAGE}.pyz`, source: exportScriptZip() });
  },
};
