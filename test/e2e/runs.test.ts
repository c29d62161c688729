import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelOf, type LoggedRun } from '../../src/core/mlflow/run';
import type { Run } from '../../src/engine/lab/train';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'scoredesk-runs-'));
  const recipe = join(dir, 'recipe.json');
  const search = { kind: 'random', trials: 2, params: { trees: [10, 20] } };
  writeFileSync(recipe, JSON.stringify({ learner: { kind: 'boosting' }, search }));
  const rows = [
    '--data',
    'demo/german-credit/german-credit.csv',
    '--id',
    'client_id',
    '--target',
    'class=bad',
  ];
  expect(run('train', ...rows, '--recipe', recipe, '--out', join(dir, 'trees')).status).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', ...args], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

test('what train made goes to MLflow’s file store, and comes back', () => {
  const [out, all, models] = ['mlruns', 'all.json', 'models'].map((name) => join(dir, name));
  const made = run('runs', 'export', join(dir, 'trees'), '--experiment', 'prêt: 1', '--out', out);
  expect(made).toMatchObject({ status: 0, err: `${out}: 1 run of the experiment prêt: 1\n` });
  const listed = run('runs', 'import', out, '--out', all, '--models', models);
  expect(listed.out).toMatch(/^prêt: 1\t[0-9a-f]{32}\ttrees\tfinished\t/m);
  const [back] = JSON.parse(readFileSync(all, 'utf8')) as LoggedRun[];
  const { metrics, search } = JSON.parse(readFileSync(join(dir, 'trees', 'run.json'), 'utf8')) as Run;
  expect(back.metrics['test_auc'][0].value).toBe(metrics.test.auc);
  expect(back.metrics['search_value'].map(({ value }) => value)).toEqual(
    search?.tried.map(({ value }) => value),
  );
  expect(back.params).toMatchObject({ learner: 'boosting', trees: String(search?.best.params['trees']) });
  expect(back.artifacts.map(({ path }) => path).sort()).toEqual([
    ...['model/MLmodel', 'model/model.onnx', 'recipe.json', 'run.json'],
  ]);
  expect(modelOf(back)?.path).toBe('model/model.onnx');
  const model = readFileSync(join(dir, 'trees', 'model.onnx'));
  expect(readFileSync(join(models, `${back.id}.onnx`)).equals(model)).toBe(true);
});

test.each([
  ['a run.json that no training wrote', ['export', '{broken}', '--out', 'x'], /broken holds no run\.json: /],
  ['no bundle', ['export', 'test', '--out', 'x'], /^test holds no run\.json: /],
  [
    'a folder that is there',
    ['export', '{trees}', '--out', '{trees}'],
    /trees is there already\. Name a new folder/,
  ],
  ['no MLflow', ['import', 'test/cases'], /^There is no MLflow run in this folder/],
  ['no folder', ['import', 'test/none'], /test\/none/],
])('%s is told in one line', (_, args, told) => {
  mkdirSync(join(dir, 'broken'), { recursive: true });
  writeFileSync(join(dir, 'broken', 'run.json'), '{"recipe": {"learner": 3}, "metrics": []}');
  const there = (arg: string) => arg.replace(/\{(\w+)\}/, (_, name: string) => join(dir, name));
  const { status, err } = run('runs', ...args.map(there));
  expect([status, err.trim().split('\n').length]).toEqual([1, 1]);
  expect(err).toMatch(told);
});
