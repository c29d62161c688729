import { pack } from '../../src/bundle/pack';
import type { PackInput } from '../../src/bundle/packPlan';
import { memorySource } from '../../src/bundle/memory';
import { parseDictionary } from '../../src/bundle/validate';
import { openBundle, type Engine, type OpenOptions } from '../../src/engine/engine';
import { algorithmTexts } from '../../src/i18n/bundleTexts';
import { bytesOf, tableOf, textOf } from './files';

const DEMO = 'demo/german-credit/';

/** LightGBM's model of the demo's data, packed. */
export async function germanInput(): Promise<PackInput> {
  const table = (name: string) => tableOf(DEMO + name, ['client_id']);
  return {
    model: bytesOf(`${DEMO}lightgbm/model.onnx`),
    clients: await table('german-credit.csv'),
    idColumn: 'client_id',
    reference: await table('reference.csv'),
    current: await table('current.csv'),
    test: await table('test.csv'),
    target: { column: 'class', value: 'bad' },
    expected: await table('lightgbm/predictions.csv'),
    dictionary: parseDictionary(bytesOf(`${DEMO}dictionary.json`)),
    id: 'german-credit',
    describe: await algorithmTexts(),
  };
}

export async function openGerman(options?: OpenOptions): Promise<Engine> {
  return openBundle(memorySource('german', (await pack(await germanInput())).files), options);
}

/** Arguments of the call of `train` that makes the demo, less its --out. */
export function germanTraining(): string[] {
  const [[, ...args]] = JSON.parse(textOf(`${DEMO}make.json`)) as string[][];
  return args.slice(0, -2).map((text) => text.replace('{demo}/', DEMO));
}
