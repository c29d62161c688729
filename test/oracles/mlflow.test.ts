import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFileStore, type StoreFile } from '../../src/core/mlflow/read';
import { latest, modelOf, type LoggedRun } from '../../src/core/mlflow/run';
import { experimentId, fileStore, logName, type WrittenRun } from '../../src/core/mlflow/write';
import { codeOf } from '../support/files';

/** What MLflow's own client reads of stores that it wrote (mlflow.py). */
interface Told {
  experiment: string;
  status: string;
  deleted: boolean;
  started: number;
  ended: number | null;
  params: Record<string, string>;
  metrics: Record<string, number | string>;
  tags: Record<string, string>;
  artifacts: string[];
}

const HERE = 'test/oracles/mlflow';
const VERSIONS = readdirSync(HERE);

function filesOf(folder: string): StoreFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => ({
      path: `mlruns/${path}`,
      bytes: statSync(join(folder, path)).size,
      text: () => Promise.resolve(readFileSync(join(folder, path), 'utf8')),
    }));
}

const inMemory = (files: ReadonlyMap<string, Uint8Array>): StoreFile[] =>
  [...files].map(([path, bytes]) => ({
    ...{ path, bytes: bytes.length },
    text: () => Promise.resolve(new TextDecoder().decode(bytes)),
  }));

/** A run in the words of the client. */
function told(run: LoggedRun): Told {
  const metrics = Object.entries(run.metrics).map(([name, points]) => [name, latest(points)] as const);
  const text = (value: number) =>
    Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? value : value > 0 ? 'inf' : '-inf';
  const isOfUser = ([name]: [string, string]) => !/^mlflow\.(source|user)/.test(name);
  return {
    experiment: run.experiment,
    status: run.status.toUpperCase(),
    deleted: run.isDeleted,
    started: run.startedAt,
    ended: run.endedAt,
    params: { ...run.params },
    metrics: Object.fromEntries(metrics.map(([name, value]) => [name, text(value)])),
    tags: Object.fromEntries(Object.entries(run.tags).filter(isOfUser)),
    artifacts: run.artifacts.map(({ path }) => path).sort(),
  };
}

describe.each(VERSIONS)('a file store of MLflow %s', (version) => {
  const expected = JSON.parse(readFileSync(join(HERE, version, 'expected.json'), 'utf8')) as Record<string, Told>;

  test('is read as its own client reads it', async () => {
    const runs = await readFileStore(filesOf(join(HERE, version, 'mlruns')));
    expect(runs.length).toBe(Object.keys(expected).length);
    for (const run of runs) {
      const wanted = expected[run.name];
      const own = told(run);
      // The client lists what a logged model of version 3 left under the model alone.
      const model = own.artifacts.some((path) => path === 'model/MLmodel') ? run.artifacts.length : 0;
      expect({ ...own, artifacts: model ? [] : own.artifacts }).toEqual({ ...wanted, artifacts: model ? [] : wanted.artifacts });
    }
    expect(modelOf(runs.find(({ name }) => name === 'with a model') as LoggedRun)?.bytes).toBe(
      statSync('test/cases/numbers-written-as-text/model.onnx').size,
    );
  });
});

const RUN: WrittenRun = {
  id: '0123456789abcdef0123456789abcdef',
  experiment: "prêt: l'été",
  name: '# 1: yes',
  status: 'finished',
  startedAt: 1_790_000_000_000,
  endedAt: 1_790_000_010_000,
  isDeleted: false,
  params: { 'learner/depth': '6', note: 'two\nlines' },
  metrics: {
    auc: [
      { value: 0.5, step: 0, at: 1 },
      { value: NaN, step: 2, at: 2 },
      { value: -Infinity, step: 1, at: 3 },
    ],
  },
  tags: { 'mlflow.note.content': 'A note.' },
  artifacts: new Map([['model/model.onnx', new Uint8Array(9)]]),
};

describe('a file store that is written', () => {
  test('is read as it was meant', async () => {
    const other = { ...RUN, id: 'f'.repeat(32), name: 'no', isDeleted: true, startedAt: 5, endedAt: null };
    const [run, gone] = await readFileStore(inMemory(fileStore([RUN, other], 'file:///srv/mlruns')));
    expect(run).toEqual({
      ...RUN,
      tags: { ...RUN.tags, 'mlflow.runName': RUN.name },
      artifacts: [{ path: 'model/model.onnx', file: expect.stringMatching(/model.onnx$/) as string, bytes: 9 }],
    });
    expect([gone.isDeleted, gone.endedAt, gone.name]).toEqual([true, null, 'no']);
    expect(latest(run.metrics['auc'])).toBeNaN();
  });

  test('has names that MLflow takes, and no path that leaves it', () => {
    expect(logName('taux (%)')).toBe('taux ___');
    expect(logName('../../x//y/.')).toBe('_/_/x/_/y/_');
    expect(experimentId('a')).toMatch(/^\d{18}$/);
    expect(experimentId('a')).not.toBe(experimentId('b'));
  });
});

describe('a folder that is no store, or a broken one', () => {
  const file = (path: string, text: string): StoreFile => ({
    ...{ path, bytes: text.length },
    text: () => Promise.resolve(text),
  });
  const meta = 'run_id: abc\nexperiment_id: "1"\nstatus: 3\nstart_time: 1\n';
  test.each([
    ['nothing', [], 'mlflow-none'],
    ['files of no folder', [file('/a.txt', ''), file('b.txt', '')], 'mlflow-none'],
    ['an experiment alone', [file('1/meta.yaml', 'experiment_id: "1"\nname: x\n')], 'mlflow-none'],
    ['no YAML', [file('1/r/meta.yaml', '{{{')], 'mlflow-unreadable'],
    ['a list', [file('1/r/meta.yaml', '- 1')], 'mlflow-none'],
    ['aliases without end', [file('1/r/meta.yaml', 'a: &a [1]\nb: [*a,*a]\nrun_id: x')], 'mlflow-unreadable'],
    ['an id that is a path', [file('1/r/meta.yaml', 'run_id: ../../x\n')], 'mlflow-unreadable'],
    ['a metric of words', [file('1/r/meta.yaml', meta), file('1/r/metrics/auc', 'often\n')], 'mlflow-unreadable'],
    [
      'a value without end',
      [file('1/r/meta.yaml', meta), { ...file('1/r/params/p', ''), bytes: 1e9 }],
      'mlflow-unreadable',
    ],
  ])('%s', async (_, files, code) => {
    expect(await codeOf(() => readFileStore(files))).toBe(code);
  });

  test('names of objects’ own are names like others', async () => {
    const [run] = await readFileStore([file('1/r/meta.yaml', meta), file('1/r/metrics/__proto__', '1 2 3\n')]);
    expect(Object.keys(run.metrics)).toEqual(['__proto__']);
  });
});
