import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pack } from '../../src/bundle/pack';
import { parseDictionary } from '../../src/bundle/validate';
import { takeRows, textColumn, type Table } from '../../src/core/table/table';
import { germanInput } from '../support/german';

/**
 * A bundle of many clients: the demo's, drawn again and again, with numbers and names of their own.
 * Written into a built site as its only one.
 */
export async function publishLarge(site: string, clients: number): Promise<void> {
  const input = await germanInput();
  const dictionary = parseDictionary(
    new TextEncoder().encode(
      JSON.stringify({
        ...input.dictionary,
        id: 'large',
        title: `${clients} clients`,
        columns: [{ name: 'who', role: 'name', type: 'text' }, ...(input.dictionary?.columns ?? [])],
      }),
    ),
  );
  const { files } = await pack({
    ...input,
    clients: drawn(input.clients, clients),
    expected: undefined,
    dictionary,
    features: input.features,
  });
  const folder = join(site, 'bundles/large');
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const bytes = files.get('bundle.json') ?? new Uint8Array();
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as { version: string };
  const entry = {
    path: 'large',
    id: 'large',
    version: manifest.version,
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    title: `${clients} clients`,
    clients,
    features: 18,
    threshold: 0.18,
    bytes: [...files.values()].reduce((sum, file) => sum + file.length, 0),
  };
  writeFileSync(
    join(site, 'bundles/index.json'),
    JSON.stringify({ format: 'scoredesk-catalogue', bundles: [entry] }),
  );
}

const FIRST = ['Marie-Antoinette', 'José', 'Ana', 'Żaneta', 'Li', 'Fatoumata'];
const LAST = ['Rakotoarisoa-Vandenberghe-Oppenheimer de la Tour', 'Núñez', 'Renard', 'Öz', 'Ng', 'Castaing'];

function drawn(table: Table, rows: number): Table {
  const picked = takeRows(
    table,
    Int32Array.from({ length: rows }, (_, i) => (i * 7919) % table.rows),
  );
  const columns = new Map(picked.columns);
  columns.set('client_id', textColumn(Array.from({ length: rows }, (_, i) => String(100_000 + i))));
  columns.set(
    'who',
    textColumn(Array.from({ length: rows }, (_, i) => `${FIRST[i % 6]} ${LAST[(i * 5) % 6]} ${i}`)),
  );
  return { ...picked, columns };
}
