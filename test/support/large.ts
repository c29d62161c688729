import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pack } from '../../src/bundle/pack';
import { parseDictionary } from '../../src/bundle/validate';
import { takeRows, textColumn, type Column, type Table } from '../../src/core/table/table';
import type { PackInput } from '../../src/bundle/packPlan';
import { algorithmTexts } from '../../src/i18n/bundleTexts';
import { bytesOf, tableOf } from './files';
import { germanInput } from './german';

/**
 * A bundle of many clients: those of a small one, drawn again and again, with numbers and names of their own.
 * Written into a built site as its only one.
 */
export async function publishLarge(
  site: string,
  clients: number,
  input: PackInput | Promise<PackInput> = germanInput(),
): Promise<void> {
  const small = await input;
  const dictionary = parseDictionary(
    new TextEncoder().encode(
      JSON.stringify({
        ...small.dictionary,
        id: 'large',
        title: `${clients} clients`,
        columns: [{ name: 'who', role: 'name', type: 'text' }, ...(small.dictionary?.columns ?? [])],
      }),
    ),
  );
  const { files } = await pack({
    ...small,
    clients: drawn(small, clients),
    expected: undefined,
    dictionary,
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
    features: small.clients.columns.size - 1,
    threshold: small.dictionary?.decision?.threshold ?? 0.5,
    bytes: [...files.values()].reduce((sum, file) => sum + file.length, 0),
  };
  writeFileSync(
    join(site, 'bundles/index.json'),
    JSON.stringify({ format: 'scoredesk-catalogue', bundles: [entry] }),
  );
}

const FIRST = ['Marie-Antoinette', 'José', 'Ana', 'Żaneta', 'Li', 'Fatoumata'];
const LAST = ['Rakotoarisoa-Vandenberghe-Oppenheimer de la Tour', 'Núñez', 'Renard', 'Öz', 'Ng', 'Castaing'];

/** 200 columns and 300 trees, as `python test/peers/paths.py --make FOLDER` makes them. */
export async function wideInput(folder: string): Promise<PackInput> {
  const rows = await tableOf(join(folder, 'table.parquet'), ['id']);
  const [clients, test] = [0, 1].map((odd) =>
    takeRows(
      rows,
      Int32Array.from({ length: rows.rows >> 1 }, (_, i) => 2 * i + odd),
    ),
  );
  return {
    model: bytesOf(join(folder, 'export/model.onnx')),
    clients,
    idColumn: 'id',
    reference: clients,
    test,
    target: { column: 'y' },
    dictionary: parseDictionary(bytesOf(join(folder, 'dictionary.json'))),
    describe: await algorithmTexts(),
  };
}

/** The rows and the 500 trees that `python test/peers/run.py --keep FOLDER` leaves: float32 [rows, 200]. */
export async function benchInput(folder: string): Promise<PackInput> {
  const bytes = bytesOf(join(folder, 'inputs.f32'));
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const width = 200;
  const rows = values.length / width;
  const columns = new Map<string, Column>([
    ['id', textColumn(Array.from({ length: rows }, (_, i) => String(i)))],
  ]);
  for (let j = 0; j < width; j++)
    columns.set(`c${j}`, {
      kind: 'number',
      values: Float32Array.from({ length: rows }, (_, i) => values[i * width + j]),
    });
  const clients: Table = { name: 'inputs', rows, columns };
  return {
    model: bytesOf(join(folder, 'model.onnx')),
    clients,
    idColumn: 'id',
    reference: takeRows(
      clients,
      Int32Array.from({ length: 10_000 }, (_, i) => i),
    ),
    describe: await algorithmTexts(),
  };
}

function drawn({ clients: table, idColumn }: PackInput, rows: number): Table {
  const picked = takeRows(
    table,
    Int32Array.from({ length: rows }, (_, i) => (i * 7919) % table.rows),
  );
  const columns = new Map(picked.columns);
  columns.set(idColumn, textColumn(Array.from({ length: rows }, (_, i) => String(100_000 + i))));
  columns.set(
    'who',
    textColumn(Array.from({ length: rows }, (_, i) => `${FIRST[i % 6]} ${LAST[(i * 5) % 6]} ${i}`)),
  );
  return { ...picked, columns };
}

/** The demo's clients as lines of a CSV, again and again, each with an id of its own. */
export function* lines(rows: number): Generator<string> {
  const [header, ...clients] = readFileSync('demo/german-credit/german-credit.csv', 'utf8')
    .trim()
    .split('\n');
  yield `${header}\n`;
  for (let from = 0; from < rows; from += 1000) {
    const block = Array.from({ length: Math.min(1000, rows - from) }, (_, i) =>
      clients[i % clients.length].replace(/^[^,]*/, String(from + i + 1)),
    );
    yield `${block.join('\n')}\n`;
  }
}
