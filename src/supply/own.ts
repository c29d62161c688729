import { ScoredeskError } from '../core/errors';
import { columnsAsWritten } from '../core/onnx/read';
import { openParquet } from '../core/table/parquet';
import { inBlocks, type ByteRanges } from '../core/table/ranges';
import { readTable } from '../core/table/read';
import { wholeTable } from '../core/table/source';
import type { Table } from '../core/table/table';
import { pack, type Packed } from '../bundle/pack';
import type { PackStep } from '../bundle/packPlan';
import { ROW_NUMBER, type MakeChoice, type Proposal } from '../bundle/proposal';
import { propose, withRowNumbers } from '../bundle/propose';
import { keptAsWritten } from '../bundle/columns';
import { readDictionaryCsv } from '../bundle/dictionaryCsv';
import { IDENTIFIER, type Dictionary, type LocalText } from '../bundle/schema';
import { parseDictionary } from '../bundle/validate';
import type { PickedFile } from '../bundle/source';
import { algorithmTexts } from '../i18n/bundleTexts';
import { onnxRuntime, type BringWasm } from '../engine/runtime';
import { fileSupply, type Supply } from './supply';

/** Somebody's own model and tables, picked or dropped: no bundle yet. */

const isModel = ({ path }: PickedFile): boolean => /\.onnx$/i.test(path);
const nameOf = ({ path }: PickedFile): string => path.split('/').at(-1) ?? path;

async function bytesOf({ file, path }: PickedFile): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new ScoredeskError('file-unreadable', { path, reason: 'moved or changed' }, { cause: error });
  }
}

async function modelOf(files: readonly PickedFile[]): Promise<Uint8Array> {
  const model = files.find(isModel);
  if (!model)
    throw new ScoredeskError('import-no-manifest', { files: files.length, first: files[0]?.path ?? '' });
  return bytesOf(model);
}

/** A file's bytes as they are asked for: a large one is never whole in memory. */
export function rangesIn({ file, path }: PickedFile): ByteRanges {
  return inBlocks({
    byteLength: file.size,
    slice: async (from, to) => {
      const { buffer } = await bytesOf({ file: file.slice(from, to) as File, path });
      return buffer as ArrayBuffer;
    },
  });
}

/** A picked file as a table. @throws what reading tables throws */
export async function readPickedTable(file: PickedFile, text: readonly string[]): Promise<Table> {
  if (/\.parquet$/i.test(file.path))
    return wholeTable(await openParquet(rangesIn(file), nameOf(file), { text }));
  return readTable(await bytesOf(file), nameOf(file), { text });
}

/** @throws import-no-manifest without a model; what reading tables and `propose` throw */
export async function proposeOwn(files: readonly PickedFile[]): Promise<Proposal> {
  const tables: Table[] = [];
  const dictionary = await dictionaryIn(files);
  for (const file of files.filter((other) => !isModel(other) && other !== dictionary))
    tables.push(await readPickedTable(file, []));
  const described = dictionary && {
    file: nameOf(dictionary),
    dictionary: await readDictionary(dictionary),
  };
  return propose(await modelOf(files), tables, described);
}

/** What says what the columns are: a JSON object where a table would be a list, or a CSV called so. */
async function dictionaryIn(files: readonly PickedFile[]): Promise<PickedFile | null> {
  for (const file of files) {
    if (/dictionary[^/]*\.csv$/i.test(file.path)) return file;
    if (!/\.json$/i.test(file.path)) continue;
    const start = new TextDecoder().decode(await file.file.slice(0, 100).arrayBuffer());
    if (start.trimStart().startsWith('{')) return file;
  }
  return null;
}

async function readDictionary(file: PickedFile): Promise<Dictionary> {
  const bytes = await bytesOf(file);
  return /\.csv$/i.test(file.path) ? readDictionaryCsv(bytes, nameOf(file)) : parseDictionary(bytes);
}

/** The bundle made of them. @throws what `pack` throws */
export async function packOwn(
  files: readonly PickedFile[],
  choice: MakeChoice,
  wasm: BringWasm,
  task: { signal?: AbortSignal; progress?: (step: PackStep) => void },
): Promise<Packed> {
  const model = await modelOf(files);
  const described = files.find((file) => choice.dictionary !== '' && nameOf(file) === choice.dictionary);
  const dictionary = described && (await readDictionary(described));
  const asWritten = [...keptAsWritten(dictionary?.columns ?? [], choice.id), ...columnsAsWritten(model)];
  const read = async (name: string): Promise<Table | undefined> => {
    const file = files.find((other) => nameOf(other) === name);
    if (!file) return undefined;
    const table = await readPickedTable(file, asWritten);
    return choice.id === ROW_NUMBER ? withRowNumbers(table) : table;
  };
  const clients = await read(choice.clients);
  if (!clients) throw new ScoredeskError('rows-none', { file: choice.clients });
  const labelled = choice.target !== null;
  return pack({
    ...task,
    runtime: (onnx, bytes, output) => onnxRuntime(onnx, bytes, output, wasm),
    model,
    describe: await algorithmTexts(),
    clients,
    idColumn: choice.id,
    reference: labelled && choice.reference ? await read(choice.reference) : undefined,
    test: labelled && choice.test ? await read(choice.test) : undefined,
    current: choice.current ? await read(choice.current) : undefined,
    expected: choice.expected ? await read(choice.expected) : undefined,
    dictionary,
    target: choice.target ?? undefined,
    features: choice.features,
    threshold: choice.threshold,
    // One that was left as it is stays in both languages.
    title: textsOf(dictionary?.title).includes(choice.title) ? undefined : choice.title,
    id: dictionary?.id ?? bundleId(choice.title),
  });
}

const textsOf = (text: LocalText | undefined): string[] =>
  typeof text === 'string' ? [text] : Object.values(text ?? {});

/** A made bundle, ready to be installed. */
export function ownSupply(files: readonly PickedFile[], packed: Packed): Supply {
  const blobs = [...packed.files].map(([path, bytes]) => [path, new Blob([bytes.slice()])] as const);
  return fileSupply(nameOf(files.find(isModel) as PickedFile), new Map(blobs));
}

/** A title as an id: letters, digits and hyphens. */
export function bundleId(title: string): string {
  const plain = title
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return IDENTIFIER.test(plain) ? plain : 'bundle';
}
