import { beforeAll, describe, expect, test } from 'vitest';
import { zipSync } from 'fflate';
import { memorySource } from '../../src/bundle/memory';
import { pack } from '../../src/bundle/pack';
import { unzipBundle, zipSource } from '../../src/bundle/zip';
import { compareSides } from '../../src/engine/drift/compare';
import { columnEffect, matchedColumn } from '../../src/engine/drift/effect';
import { openBundle, type Engine } from '../../src/engine/engine';
import { explainByMethod } from '../../src/engine/model/methods';
import { ClientList } from '../../src/engine/client/list';
import { overviewOf } from '../../src/engine/overview';
import { verifyBundle } from '../../src/engine/verify';
import { bundleView } from '../../src/engine/bundleView';
import { clientView } from '../../src/engine/client/view';
import { namedBy, pointsOf } from '../../src/pages/model/methods';
import { codeOf, largestDifference } from '../support/files';
import { germanInput, openGerman } from '../support/german';

let engine: Engine;
let files: Map<string, Uint8Array>;
beforeAll(async () => {
  engine = await openGerman();
  files = (await pack(await germanInput())).files;
});

test('a client’s view: score, decision, reasons that add up, data with flags', async () => {
  const view = await clientView(engine, '641', null);
  const scores = await engine.scores();
  expect(view.probability).toBe(scores[engine.clients.rowOf('641')]);
  expect(view.decision).toBe('refused');
  const { reasons } = view.explanation ?? { reasons: null };
  const shown = [
    ...(reasons?.against ?? []),
    ...(reasons?.inFavour ?? []),
    ...(reasons ? [reasons.others] : []),
  ];
  expect(shown.reduce((sum, reason) => sum + reason.points, 0)).toBe(reasons?.total.points);
  expect(view.cells.length).toBe(21);
  expect(await clientView(engine, '641', null)).toEqual(view);
});

test('the Model page gives a client the points of the client page', async () => {
  const { reasons } = (await clientView(engine, '641', null)).explanation ?? { reasons: null };
  const { methods } = await explainByMethod(engine, '641', ['path']);
  const named = namedBy(methods[0]);
  expect(pointsOf(methods[0], named).points).toEqual(
    [...(reasons?.against ?? []), ...(reasons?.inFavour ?? [])].map(({ points }) => points),
  );
});

test('the same input gives the same figures and the same text', async () => {
  const again = await openGerman();
  const text = async (opened: Engine) => JSON.stringify(await clientView(opened, '7', null));
  expect(await text(again)).toBe(await text(engine));
  expect(again.fingerprint).toBe(engine.fingerprint);
});

test('the bundle’s view: axis, typical values, no target', async () => {
  const view = bundleView(engine, await overviewOf(engine));
  expect(view.scale.clients).toBe(1000);
  expect(view.typical).toMatchObject({ duration: 18, checking_status: 'no checking' });
  expect(view.typical['class']).toBeUndefined();
});

test('the suggested clients are a clear yes, a near miss and a clear no that the model never saw', async () => {
  const list = new ClientList(engine, await overviewOf(engine));
  const ids = engine.manifest.suggest ?? [];
  const views = await Promise.all(
    ids.map((id) => clientView(engine, id, list.seenIn(engine.clients.rowOf(id)))),
  );
  expect(views.map((view) => [view.decision, view.seenIn])).toEqual([
    ['accepted', 'test'],
    ['refused', 'test'],
    ['refused', 'test'],
  ]);
  expect(views[1].distance).toBeLessThan(6);
});

test('the evaluator that stands in gives the same scores', async () => {
  const core = await openGerman({ runtime: 'core' });
  expect(core.runtime.name).toBe('core');
  expect(largestDifference(await core.scores(), await engine.scores())).toBeLessThan(1e-6);
});

test('work stops when asked', async () => {
  const stop = new AbortController();
  stop.abort();
  const all = await engine.clients.table();
  expect(await codeOf(() => engine.explain(all, 'path', { signal: stop.signal }))).toBe('stopped');
  expect(await codeOf(() => engine.score(all, { signal: stop.signal }))).toBe('stopped');
});

test('unknown clients and methods are refused', async () => {
  expect(await codeOf(() => clientView(engine, '1001', null))).toBe('client-unknown');
  expect(
    await codeOf(() => engine.explain({ rows: 0, width: 0, values: new Float64Array() }, 'magic' as 'path')),
  ).toBe('method-unsupported');
});

test('a bundle in which two clients share an id is refused when it is opened', async () => {
  const bundle = new Map(files);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('bundle.json'))) as {
    data: { clients: { id: string } };
  };
  // Another column as the id: its values repeat.
  manifest.data.clients.id = 'purpose';
  bundle.set('bundle.json', new TextEncoder().encode(JSON.stringify(manifest)));
  expect(await codeOf(() => openBundle(memorySource('twice', bundle), { runtime: 'core' }))).toBe(
    'ids-repeated',
  );
});

test('a manifest nested deeper than anything needs is refused', async () => {
  const text = new TextDecoder().decode(files.get('bundle.json')).trimEnd();
  const deep = `${text.slice(0, -1)},"x":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  const bundle = new Map(files).set('bundle.json', new TextEncoder().encode(deep));
  expect(await codeOf(() => openBundle(memorySource('deep', bundle)))).toBe('bundle-not');
});

describe('sources', () => {
  test('the bundle.json nearest the top is the bundle’s, whatever its folder is called', () => {
    const inside = unzipBundle(
      zipSync({
        'a-long-name-of-a-folder/bundle.json': new Uint8Array(1),
        'a-long-name-of-a-folder/model.onnx': new Uint8Array(2),
        'a/b/bundle.json': new Uint8Array(3),
      }),
    );
    expect([...inside.keys()].sort()).toEqual(['bundle.json', 'model.onnx']);
  });

  const zipped = (folder: string) =>
    zipSync(Object.fromEntries([...files].map(([path, bytes]) => [folder + path, bytes])));

  test.each(['', 'german-credit/'])('a zip with its files under "%s"', async (folder) => {
    const opened = await openBundle(zipSource('z.zip', zipped(folder)));
    expect(opened.fingerprint).toBe(engine.fingerprint);
    expect(await verifyBundle(opened)).toMatchObject({ files: 6, parity: { holds: true } });
  });

  test.each<[string, Record<string, Uint8Array>, string]>([
    ['a path that leaves the folder', { '../bundle.json': new Uint8Array(1) }, 'zip-unsafe-path'],
    ['an absolute path', { '/etc/passwd': new Uint8Array(1) }, 'zip-unsafe-path'],
    ['a backslash', { 'a\\b': new Uint8Array(1) }, 'zip-unsafe-path'],
    ['no bundle.json', { 'model.onnx': new Uint8Array(1) }, 'import-no-manifest'],
  ])('%s is refused', async (_, content, code) =>
    expect(await codeOf(() => zipSource('z.zip', zipSync(content)))).toBe(code),
  );

  test('a bomb is refused by what it claims', async () => {
    const bomb = zipSync({ 'bundle.json': new Uint8Array(40_000_000), a: new Uint8Array(1) });
    const view = new DataView(bomb.buffer, bomb.byteOffset);
    const central = view.getUint32(bomb.length - 22 + 16, true);
    view.setUint32(central + 24, 0xfffffff0, true);
    expect(await codeOf(() => zipSource('z.zip', bomb))).toBe('zip-too-large');
  });

  test.each<[string, (files: Map<string, Uint8Array>) => void, string]>([
    [
      'a changed byte',
      (all) => all.set('clients.parquet', flipped(all, 'clients.parquet')),
      'bundle-file-hash',
    ],
    [
      'a cut file',
      (all) => all.set('model.onnx', (all.get('model.onnx') as Uint8Array).slice(0, -1)),
      'bundle-file-size',
    ],
    ['a file that is not there', (all) => all.delete('covers.bin'), 'bundle-file-missing'],
  ])('%s is refused', async (_, damage, code) => {
    const damaged = new Map(files);
    damage(damaged);
    expect(await codeOf(async () => verifyBundle(await openBundle(memorySource('damaged', damaged))))).toBe(
      code,
    );
  });
});

function flipped(all: Map<string, Uint8Array>, path: string): Uint8Array {
  const bytes = (all.get(path) as Uint8Array).slice();
  bytes[bytes.length >> 1] ^= 1;
  return bytes;
}

describe('drift of the demo', () => {
  const request = {
    reference: { source: 'reference' },
    current: { source: 'current' },
    preset: 'psi',
    chunking: { period: 'month' },
  } as const;

  test('what moved, what it does to scores and decisions', async () => {
    const seen: string[] = [];
    const columns = (done: readonly { name: string }[]) => seen.push(...done.map(({ name }) => name));
    const found = await compareSides(engine, request, {}, { columns });
    const { comparison, model, sides } = found;
    const drifted = comparison.columns.filter(({ verdict }) => verdict === 'drifted');
    expect(drifted.map(({ name }) => name)).toEqual(['savings_status']);
    expect(comparison.chunks.map(({ rows }) => rows)).toEqual(new Array(12).fill(250));
    expect(comparison.chunks[0].metrics.length).toBe(7);
    expect([found.fittedOn, found.score, found.target]).toEqual(['test', 'probability', 'class']);
    expect(sides.current).toMatchObject({
      rows: 3000,
      labelled: true,
      absent: [],
      repeatedIds: 0,
      unscored: 0,
    });
    expect(model?.importance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(model?.changed).toBeGreaterThan(0.05);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('the same request gives the same figures', async () => {
    const text = async () => JSON.stringify(await compareSides(engine, request, {}));
    expect(await text()).toBe(await text());
  });

  test('a column brought back to itself changes no score; numbers and levels keep their shares', async () => {
    const same = { ...request, current: { source: 'reference' } } as const;
    for (const column of ['duration', 'purpose', 'savings_status']) {
      const found = await columnEffect(engine, same, column, {});
      expect(found?.refused.now).toBeCloseTo(found?.refused.asReference ?? NaN, 12);
    }
    const current = {
      kind: 'text' as const,
      dictionary: ['a', 'b'],
      codes: Int32Array.from({ length: 1000 }, (_, i) => i % 2),
    };
    const reference = {
      kind: 'text' as const,
      dictionary: ['b', 'c'],
      codes: Int32Array.from({ length: 400 }, (_, i) => (i % 4 ? 0 : -1)),
    };
    const matched = matchedColumn(reference, current);
    const count = (code: number) =>
      matched?.kind === 'text' ? matched.codes.filter((other) => other === code).length : NaN;
    expect(count(-1)).toBeGreaterThan(200);
    expect(count(-1)).toBeLessThan(300);
    expect(count(0)).toBe(0);
  });

  test('gaps are exchanged, never ranked: values that are there stay where they are', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => i / 10);
    const gapped = values.map((value, i) => (i % 5 < 2 ? NaN : value));
    const back = matchedColumn({ kind: 'number', values }, { kind: 'number', values: gapped });
    const found = back?.kind === 'number' ? back.values : [];
    const moved =
      gapped.reduce((sum, value, i) => sum + (Number.isNaN(value) ? 0 : Math.abs(value - found[i])), 0) / 600;
    expect(moved).toBeLessThan(2);
    expect([...found].filter((_, i) => i % 5 < 2).reduce((a, b) => a + b, 0) / 400).toBeCloseTo(50, -1);
  });

  test('stops when asked, refuses what is not there', async () => {
    const stop = new AbortController();
    const stopped = codeOf(() => compareSides(engine, request, {}, { signal: stop.signal }));
    stop.abort();
    expect(await stopped).toBe('stopped');
    const logged = { ...request, current: { source: 'logged' } } as const;
    expect(await codeOf(() => compareSides(engine, logged, {}))).toBe('drift-side-none');
    const empty = { ...request, current: { source: 'current', from: '2030-01-01' } } as const;
    expect(await codeOf(() => compareSides(engine, empty, {}))).toBe('drift-filter-empty');
  });
});
