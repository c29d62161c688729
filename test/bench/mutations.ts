import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { readDictionaryCsv } from '../../src/bundle/dictionaryCsv';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { parseDictionary } from '../../src/bundle/validate';
import { zipSource } from '../../src/bundle/zip';
import { decodeCovers } from '../../src/core/explain/covers';
import { probabilities } from '../../src/core/model/evaluate';
import type { TreeEnsemble } from '../../src/core/model/trees';
import { seededRandom } from '../../src/core/numeric/random';
import { readTable } from '../../src/core/table/read';
import { jsonPieces } from '../../src/core/table/write';
import { openBundle } from '../../src/engine/engine';
import { mutate, refusedOrFine } from '../hostile/mutate';
import { bytesOf } from '../support/files';
import { germanInput } from '../support/german';
import { readWhole } from '../support/onnx';

/**
 * What a mutated file may cost: mutations of every format, each format in a process of its own, the slowest of them and
 * the most memory that the process had. `npx tsx test/bench/mutations.ts [times]` writes test/bench/mutations.md.
 */

interface Format {
  files: Uint8Array[];
  use(bytes: Uint8Array): unknown;
}

const named = (folder: string, ...names: string[]) =>
  names.map((name) => bytesOf(`test/oracles/${folder}/${name}`));
const table = (name: string) => (bytes: Uint8Array) => readTable(bytes, name);

function score(bytes: Uint8Array): void {
  const { model } = readWhole(bytes, {});
  probabilities(model, new Float64Array(3 * model.width).fill(1), 3);
}

const FORMATS: Record<string, () => Format | Promise<Format>> = {
  ONNX: () => ({
    files: [
      ...named(
        'families',
        'logistic-pca.onnx',
        'onehot-logistic.onnx',
        'ordinal-forest.onnx',
        'catboost.onnx',
      ),
      ...named('composite', 'tree-ensemble-5.onnx', 'regressor.onnx', 'flat.onnx', 'logistic-power.onnx'),
      ...named('', 'gaps/model.onnx', 'pipeline/model.onnx'),
    ],
    use: score,
  }),
  Parquet: () => ({
    files: named(
      'parquet',
      ...[
        'pandas-snappy',
        'pandas-zstd',
        'pandas-gzip',
        'pyarrow-split',
        'pyarrow-v2-nodict',
        'duckdb-zstd',
      ].map((name) => `${name}.parquet`),
    ),
    use: table('f.parquet'),
  }),
  CSV: () => ({ files: [bytesOf('demo/german-credit/test.csv')], use: table('f.csv') }),
  JSON: async () => ({ files: [await jsonTable('')], use: table('f.json') }),
  'JSON lines': async () => ({ files: [await jsonTable('lines')], use: table('f.jsonl') }),
  'dictionary.json': () => ({ files: [bytesOf('demo/german-credit/dictionary.json')], use: parseDictionary }),
  'dictionary.csv': () => ({
    files: [
      strToU8(
        'name,role,type,label_en,label_fr,levels\nage,feature,number,Age,Âge,\nid,id,,,,\npurpose,feature,category,Purpose,Objet,car|house|other\n',
      ),
    ],
    use: (bytes) => readDictionaryCsv(bytes, 'd.csv'),
  }),
  covers: async () => {
    const files = await demo();
    const trees = readWhole(files.get('model.onnx') as Uint8Array).model.predictor as TreeEnsemble;
    return { files: [files.get('covers.bin') as Uint8Array], use: (bytes) => decodeCovers(bytes, trees) };
  },
  'bundle.json': async () => {
    const files = await demo();
    return { files: [files.get('bundle.json') as Uint8Array], use: (bytes) => openChanged(files, bytes) };
  },
  zip: async () => ({
    files: [zipSync(Object.fromEntries(await demo()))],
    use: async (bytes) => openBundle(zipSource('z.zip', bytes), { runtime: 'core' }),
  }),
};

const demo = async () => (await pack(await germanInput())).files;

async function openChanged(files: ReadonlyMap<string, Uint8Array>, manifest: Uint8Array): Promise<void> {
  const engine = await openBundle(memorySource('hostile', new Map(files).set('bundle.json', manifest)), {
    runtime: 'core',
  });
  for (const p of await engine.scores()) engine.decide(p);
}

async function jsonTable(as: 'lines' | ''): Promise<Uint8Array> {
  const text = [...jsonPieces(await readTable(bytesOf('demo/german-credit/test.csv'), 'test.csv'))].join('');
  return strToU8(as === 'lines' ? text.replace(/^\[\n|\n\]\n$/g, '').replaceAll('},\n', '}\n') : text);
}

interface Found {
  refused: number;
  longest: number;
  megabytes: number;
}

async function attack(format: string, times: number): Promise<Found> {
  const { files, use } = await FORMATS[format]();
  // What is mutated is good.
  for (const file of files) await use(file);
  const random = seededRandom(FORMATS_IN_ORDER.indexOf(format) + 100);
  let [refused, longest] = [0, 0];
  for (let i = 0; i < times; i++) {
    const mutated = mutate(files[i % files.length], random);
    const before = performance.now();
    if (await refusedOrFine(`${format} ${i}`, () => use(mutated))) refused++;
    longest = Math.max(longest, performance.now() - before);
  }
  return { refused, longest, megabytes: process.resourceUsage().maxRSS / 1024 };
}

const FORMATS_IN_ORDER = Object.keys(FORMATS);
const [times = '10000', only] = process.argv.slice(2);
if (only) console.log(JSON.stringify(await attack(only, Number(times))));
else {
  const rows = FORMATS_IN_ORDER.map((format) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [...process.execArgv, process.argv[1], times, format],
      {
        encoding: 'utf8',
      },
    );
    if (!stdout) throw new Error(stderr);
    const { refused, longest, megabytes } = JSON.parse(stdout) as Found;
    return `| ${format} | ${Number(times).toLocaleString('en')} | ${refused.toLocaleString('en')} | ${Math.round(longest)} | ${Math.round(megabytes)} |`;
  });
  writeFileSync(
    'test/bench/mutations.md',
    `Mutated files, read or refused with a code (\`npx tsx test/bench/mutations.ts\`); a process a format.

| format | mutations | refused | longest, ms | memory of the process, MB |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`,
  );
}
