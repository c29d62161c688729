import { filePieces } from '../core/table/write';
import { ScoredeskError } from '../core/errors';
import type { PickedFile } from '../bundle/source';
import { buildFeatures, planned, type Part } from '../features/build';
import { describeCsv } from '../features/csvHead';
import { parseManifest, type Manifest } from '../features/manifest';
import { recognise, type Recognised } from '../features/recognise';
import type { OperationTask } from '../protocol/host';
import { trustedScript } from '../protocol/trusted';
import type { FeaturesLook, FeaturesMade, FeaturesProgress } from '../protocol/features';
import type { Context } from './context';

/** Raw tables that somebody dropped, and the features that the SQL of this app makes of them. */

const SQL = import.meta.glob<string>('../../sql/home-credit/*.sql', { query: '?raw', import: 'default' });

/** The set's own tables are all that it has. */
const manifestOf = async (): Promise<Manifest> =>
  parseManifest(
    new TextEncoder().encode((await import('../../sql/home-credit/manifest.json?raw')).default),
    () => Promise.resolve(new Uint8Array()),
  );

const nameOf = ({ path }: PickedFile): string => path.split('/').at(-1) ?? path;

async function recognised(files: readonly PickedFile[]): Promise<{ manifest: Manifest; found: Recognised }> {
  const manifest = await manifestOf();
  const tables = [];
  for (const picked of files) tables.push(await describeCsv(picked.file, nameOf(picked)));
  return { manifest, found: recognise(manifest, tables) };
}

/** Which table each file is, and what can be made of them. @throws features-twice */
export async function featuresLook(
  _context: Context,
  { files }: { files: readonly PickedFile[] },
): Promise<FeaturesLook> {
  const { manifest, found } = await recognised(files);
  const { made, left } = planned(manifest, found);
  return {
    tables: [...found.tables].map(([table, { file, absent }]) => ({
      table,
      file: file.path,
      absent: absent.length,
    })),
    others: found.others,
    possible: made.includes(manifest.families[0]),
    lacks: [...new Set(left.map(({ lacks }) => lacks))],
    bytes: files.reduce((sum, { file }) => sum + file.size, 0),
  };
}

/**
 * The table of features as Parquet. The engine is fetched from this site, and kept by the service worker.
 *
 * @throws duckdb-missing, sql-failed, table-unreadable, features-none; stopped
 */
export async function featuresMake(
  _context: Context,
  { files }: { files: readonly PickedFile[] },
  { signal, progress }: OperationTask<FeaturesProgress>,
): Promise<FeaturesMade> {
  const { manifest, found } = await recognised(files);
  const { made } = planned(manifest, found);
  if (!made.includes(manifest.families[0]))
    throw new ScoredeskError('features-none', {
      folder: files.map(nameOf).join(', '),
      wanted: manifest.families[0].needs.join(', '),
    });
  const [{ browserConnector }, { wasmUrl, workerUrl }] = await Promise.all([
    import('../features/duckdbBrowser'),
    import('./duckdbFiles'),
  ]);
  progress({ step: 'engine', done: 0, total: 0 });
  const connector = await browserConnector(new Map(files.map((picked) => [nameOf(picked), picked.file])), {
    wasmUrl,
    worker: () => new Worker(trustedScript(workerUrl), { name: 'duckdb' }),
    progress: (done, total) => progress({ step: 'engine', done, total }),
  });
  const stop = (): void => connector.close();
  signal.addEventListener('abort', stop);
  try {
    const parts = await Promise.all(
      made.map(async (family): Promise<Part> => {
        const sql = (await SQL[`../../sql/home-credit/${family.name}.sql`]()).replace(/;\s*$/, '');
        return { family, sql, path: `made_${family.name}` };
      }),
    );
    let done = 0;
    const size = await stoppable(
      signal,
      buildFeatures(connector, manifest, found, parts, OUT, {
        isKept: async () => false,
        keep: async () => undefined,
        begins: (family) => progress({ step: 'family', family, done: done++, total: parts.length + 1 }),
        progress: () => undefined,
        ended: () => undefined,
      }),
    );
    progress({ step: 'write', done: parts.length, total: parts.length + 1 });
    const pieces = filePieces(
      connector.tables(`SELECT * FROM ${connector.from(OUT)} ORDER BY ${manifest.key}`, OUT),
      'parquet',
    );
    const chunks: BlobPart[] = [];
    for await (const piece of pieces) chunks.push(piece as BlobPart);
    return { ...size, table: new Blob(chunks, { type: 'application/vnd.apache.parquet' }) };
  } finally {
    signal.removeEventListener('abort', stop);
    connector.close();
  }
}

const OUT = 'features';

/** What a closed engine never answers ends when it is stopped. @throws stopped */
function stoppable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => reject(new ScoredeskError('stopped', {}));
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    work.then(resolve, reject);
  });
}
