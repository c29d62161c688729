import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { germanTraining } from '../support/german';
import { spreadRandom } from '../../src/core/numeric/random';
import type { Run } from '../../src/engine/lab/train';
import { largestDifference, numbers, tableOf } from '../support/files';

const GERMAN = 'demo/german-credit/german-credit.csv';
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'scoredesk-train-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/scoredesk.js', ...args], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

const recipe = (content: object): string => file('recipe.json', JSON.stringify(content));
const train = (out: string, ...args: string[]) => run('train', '--out', join(dir, out), ...args);
const german = (out: string, ...args: string[]) =>
  train(out, '--data', GERMAN, '--id', 'client_id', '--target', 'class=bad', ...args);
const found = (out: string): Run => JSON.parse(readFileSync(join(dir, out, 'run.json'), 'utf8')) as Run;

describe('scoredesk train', () => {
  const BOOSTED = {
    seed: 7,
    learner: { kind: 'boosting', params: { trees: 60, leaves: 6, columnShare: 0.5, patience: 20 } },
    threshold: { costs: { kind: 'count', falseNegative: 5, falsePositive: 1 } },
  };

  test('makes a bundle that check accepts, with run.json, and the same bytes again', () => {
    const dictionary = ['--dictionary', 'demo/german-credit/dictionary.json'];
    const { status, out } = german('a', '--recipe', recipe(BOOSTED), ...dictionary);
    expect(status).toBe(0);
    expect(out).toMatch(/200 test rows +0\.[78]\d+/);
    const checked = run('check', join(dir, 'a'));
    expect(checked.status).toBe(0);
    expect(checked.out).toMatch(/expected +ok: 50 clients by onnxruntime/);
    expect(checked.out).toMatch(/parity +ok/);
    expect(checked.out).toMatch(/monotone +ok/);
    const { metrics, baseline, threshold, rows, warnings } = found('a');
    expect(rows).toEqual({ train: 800, test: 200 });
    expect(warnings).toEqual([]);
    expect(metrics.cv.auc).toBeGreaterThan(0.74);
    expect(metrics.test.logLoss).toBeLessThan(baseline.logLoss);
    expect(threshold.reviewFrom).toBeLessThanOrEqual(threshold.threshold);
    expect(threshold.interval?.[0]).toBeLessThanOrEqual(threshold.threshold);
    expect(german('b', '--recipe', recipe(BOOSTED), ...dictionary).status).toBe(0);
    for (const name of ['bundle.json', 'model.onnx'])
      expect(readFileSync(join(dir, 'b', name))).toEqual(readFileSync(join(dir, 'a', name)));
  });

  test('a regression on prepared columns, in place of what was there: explained, scored, as run.json has it', async () => {
    const steps = [
      { kind: 'dropConstant' },
      { kind: 'impute' },
      { kind: 'clip' },
      { kind: 'dropCorrelated', over: 0.6, keep: 'first' },
      { kind: 'scale', with: 'robust' },
      { kind: 'oneHot' },
    ];
    const written = { steps, learner: { kind: 'logistic', params: { c: 0.1 } }, calibration: 'platt' };
    expect(german('a', '--recipe', recipe(written)).status).toBe(0);
    const { steps: notes, columns, metrics, calibration } = found('a');
    expect(notes).toEqual([expect.objectContaining({ step: 'dropCorrelated', kept: 'duration' })]);
    expect(columns).not.toContain('credit_amount');
    expect(calibration?.kind === 'platt' && calibration.slope).toBeGreaterThan(0.5);
    expect(metrics.cv.auc).toBeGreaterThan(0.74);
    expect(run('check', join(dir, 'a')).status).toBe(0);
    const [scores, reasons] = [join(dir, 'scores.csv'), join(dir, 'reasons.csv')];
    expect(run('score', join(dir, 'a'), '--out', scores).status).toBe(0);
    expect(run('explain', join(dir, 'a'), '--ids', '1,2,3', '--out', reasons).status).toBe(0);
    const probabilities = numbers(await tableOf(scores, ['client_id']), 'probability');
    const explained = await tableOf(reasons, ['client_id']);
    const inputs = [...explained.columns.keys()].filter((name) => name !== 'client_id' && name !== 'base');
    const margins = Array.from({ length: 3 }, (_, row) =>
      inputs.reduce((sum, name) => sum + numbers(explained, name)[row], numbers(explained, 'base')[row]),
    );
    const own = Float64Array.from(margins, (margin) => 1 / (1 + Math.exp(-margin)));
    expect(largestDifference(own, probabilities.subarray(0, 3))).toBeLessThan(1e-9);
  });

  test('a scorecard, and boosting on rows that SMOTE added, searched', () => {
    expect(
      german('s', '--recipe', recipe({ learner: { kind: 'scorecard' }, threshold: { fBeta: 3 } })).status,
    ).toBe(0);
    expect(run('check', join(dir, 's')).out).toMatch(/parity +ok/);
    const { scorecard, metrics } = found('s');
    expect(scorecard?.bins.length).toBeGreaterThan(60);
    expect(metrics.cv.auc).toBeGreaterThan(0.76);
    const searched = recipe({
      imbalance: { kind: 'smote' },
      learner: { kind: 'boosting', params: { trees: 20, leaves: 6 } },
      search: {
        kind: 'grid',
        metric: 'auc',
        params: { learningRate: [0.001, 0.1], l2: { min: 1, max: 100, scale: 'log', n: 2 } },
      },
    });
    const { status, out } = german('s', '--recipe', searched);
    expect(status).toBe(0);
    expect(out).toMatch(/best of 4 candidates: learningRate 0\.1, l2 \d+ \(0\.7\d+ ± /);
    expect(found('s').search?.tried).toHaveLength(4);
  });

  test('raw rows, with gaps, and nothing to tell them apart by: the baseline, a model without a split, a warning', () => {
    const gaps = csv(300, (row) => `${row % 3 ? row % 7 : ''},1,${row % 10 === 0 ? 1 : 0}`);
    const data = ['--data', file('gaps.csv', gaps), '--target', 'bad'];
    expect(train('g', ...data).status).toBe(0);
    expect(found('g').baseline.logLoss).toBeCloseTo(0.325, 3);
    for (const written of [{ learner: { kind: 'dummy' } }, { leaveOut: ['a'] }]) {
      const { status, err } = train('g', ...data, '--recipe', recipe(written));
      expect(status).toBe(0);
      expect(err).toContain('refusing nobody is best');
      expect(run('check', join(dir, 'g')).out).toMatch(/parity +ok/);
    }
  });

  test('rows kept aside come from a file of their own, and rows without an id are numbered', () => {
    const data = ['--data', 'demo/german-credit/reference.csv', '--test', 'demo/german-credit/test.csv'];
    const written = recipe({ leaveOut: ['client_id'], learner: { kind: 'boosting', params: { trees: 20 } } });
    expect(train('c', ...data, '--target', 'class=bad', '--recipe', written).status).toBe(0);
    expect(found('c').rows).toEqual({ train: 800, test: 200 });
    expect(found('c').columns).not.toContain('client_id');
  });

  test('later rows keep their day, clients are those that are named', () => {
    expect(train('n', ...germanTraining()).status).toBe(0);
    const manifest = JSON.parse(readFileSync(join(dir, 'n', 'bundle.json'), 'utf8')) as {
      columns: { name: string; role: string }[];
      data: Record<string, { files: { rows: number }[] }>;
      expected: { from: string };
    };
    expect(manifest.columns).toContainEqual(expect.objectContaining({ name: 'applied_on', role: 'time' }));
    const rows = ['clients', 'reference', 'test', 'current'].map((part) => manifest.data[part].files[0].rows);
    expect(rows).toEqual([1000, 800, 200, 3000]);
    // The learner's own scores, of all clients, are those of the file.
    expect(manifest.expected.from).toBe('library');
  });

  test('rows that a column names are kept aside; rows weigh what a column says', () => {
    const part = (row: number): string => (row % 4 === 0 ? 'test' : 'train');
    const head = 'a,part,w,bad\n';
    const line = (row: number): string =>
      `${row % 7},${part(row)},${row % 2 ? 3 : 1},${(row * 7919) % 10 < 4 ? 1 : 0}`;
    const data = file('parts.csv', head + Array.from({ length: 400 }, (_, row) => line(row)).join('\n'));
    const split = { given: { column: 'part', value: 'test' } };
    const learner = { kind: 'dummy' };
    const args = ['--data', data, '--target', 'bad', '--recipe'];
    expect(train('w', ...args, recipe({ split, weights: 'w', learner })).status).toBe(0);
    const weighed = found('w');
    expect(weighed.rows).toEqual({ train: 300, test: 100 });
    expect(weighed.columns).toEqual(['a']);
    const wrong = train('v', ...args, recipe({ split, weights: 'part', learner }));
    expect([wrong.status, wrong.err]).toEqual([1, expect.stringContaining('part')]);
  });

  test('a search that was kept is gone on from, by the same recipe on the same data alone', () => {
    const kept = join(dir, 'kept.json');
    const search = { kind: 'grid', params: { trees: [3, 5, 8] } };
    const learner = { kind: 'boosting', params: { leaves: 4 } };
    const first = recipe({ learner, search: { ...search, trials: 2 } });
    expect(german('k', '--recipe', first, '--resume', kept).status).toBe(0);
    const before = JSON.parse(readFileSync(kept, 'utf8')) as { tried: { value: number }[] };
    expect(before.tried).toHaveLength(2);
    // What is kept is taken, not tried again: its figures stand as they are.
    before.tried[0].value = 0.0123;
    writeFileSync(kept, JSON.stringify(before));
    expect(german('k', '--recipe', recipe({ learner, search }), '--resume', kept).status).toBe(0);
    expect(found('k').search?.tried.map(({ value }) => value)[0]).toBe(0.0123);
    expect(found('k').search?.tried).toHaveLength(3);
    const other = german('k', '--recipe', recipe({ learner, search, seed: 9 }), '--resume', kept);
    expect([other.status, other.err]).toEqual([
      1,
      expect.stringContaining('holds what another search tried'),
    ]);
  });

  test('the first Ctrl-C ends a search with the best that it has', async () => {
    const kept = join(dir, 'stopped.json');
    const search = { kind: 'random', trials: 10_000, params: { leaves: [3, 5] } };
    const written = recipe({ learner: { kind: 'boosting', params: { trees: 3 } }, search });
    const args = ['--data', GERMAN, '--target', 'class=bad', '--recipe', written, '--resume', kept];
    const command = spawn(process.execPath, ['bin/scoredesk.js', 'train', '--out', join(dir, 'y'), ...args]);
    const ended = new Promise((resolve) => command.once('exit', resolve));
    await expect.poll(() => existsSync(kept)).toBe(true);
    command.kill('SIGINT');
    expect(await ended).toBe(0);
    const tried = found('y').search?.tried.length ?? 0;
    expect(tried).toBeGreaterThan(0);
    expect(tried).toBeLessThan(10_000);
    expect(run('check', join(dir, 'y')).status).toBe(0);
  });

  test('two threads give the bytes of one', () => {
    const written = recipe({ learner: { kind: 'boosting', params: { trees: 20 } }, calibration: 'isotonic' });
    const bytes = ['1', '2'].map((workers) => {
      expect(german(workers, '--recipe', written, '--workers', workers).status).toBe(0);
      return ['bundle.json', 'model.onnx'].map((name) => readFileSync(join(dir, workers, name)));
    });
    expect(bytes[1]).toEqual(bytes[0]);
  });

  test('a failure in a thread is told as it is', () => {
    const written = recipe({ learner: { kind: 'logistic' } });
    const { status, err } = german('x', '--recipe', written, '--workers', '2');
    expect([status, err]).toEqual([1, expect.stringContaining('holds categories')]);
  });

  test.each(['s0', 's1', 's3', 's4'])('template %s makes a bundle that check accepts', (template) => {
    const { status, err } = german(template, '--template', template);
    expect(status).toBe(0);
    expect(err).toContain('expected  ok: 50 clients by onnxruntime');
    expect(found(template).metrics.cv.auc).toBeGreaterThan(0.74);
    expect(err.includes('explanations are sampled')).toBe(['s3', 's4'].includes(template));
  });

  test('rows without an outcome are clients, and nothing is learned from them, where that is asked for', () => {
    const line = (row: number): string =>
      `${row % 7},${(row * 31) % 11},${row % 5 ? Number(row % 7 < 2) : ''}`;
    const args = ['--data', file('some.csv', csv(500, line)), '--target', 'bad'];
    const refused = train('l', ...args);
    expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('has no outcome in 100 rows')]);
    expect(train('l', ...args, '--labelled-only').status).toBe(0);
    expect(found('l').rows).toEqual({ train: 320, test: 80 });
    expect(run('check', join(dir, 'l')).status).toBe(0);
    const out = join(dir, 'scores.csv');
    expect(run('score', join(dir, 'l'), '--out', out).status).toBe(0);
    expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toHaveLength(501);
  });

  const csv = (rows: number, of: (row: number) => string): string =>
    `a,b,bad\n${Array.from({ length: rows }, (_, row) => of(row)).join('\n')}\n`;

  test('what tells the outcome alone, and what names the row, is said by name', () => {
    const data = csv(200, (row) => `${row},${(row % 3) + (row % 4 === 0 ? 10 : 0)},${row % 4 === 0 ? 1 : 0}`);
    const { status, err } = train('d', '--data', file('leak.csv', data), '--target', 'bad');
    expect(status).toBe(0);
    expect(err).toContain('Warning: a is another in each row, as an id is');
    expect(err).toMatch(/Warning: b tells the outcome nearly alone \(AUC 1\.000\)/);
  });

  test('a category of 10,000 levels is free text: said, kept for display, no input of the model', () => {
    const data = csv(10_000, (row) => `${row % 10},town ${row},${(row * 7919) % 10 < 3 ? 1 : 0}`);
    const written = recipe({ folds: 2, learner: { kind: 'boosting', params: { trees: 5 } } });
    const { status, err } = train(
      't',
      '--data',
      file('towns.csv', data),
      '--target',
      'bad',
      '--recipe',
      written,
    );
    expect(status).toBe(0);
    expect(err).toContain('Warning: b holds free text or dates');
    expect(found('t').columns).toEqual(['a']);
    expect(run('check', join(dir, 't')).status).toBe(0);
  });

  test.each<[string, () => string[], string]>([
    [
      'one class',
      () => [
        '--data',
        file(
          'x.csv',
          csv(90, (row) => `${row % 5},1,0`),
        ),
        '--target',
        'bad',
      ],
      'have the same outcome',
    ],
    [
      'a gap in the target',
      () => [
        '--data',
        file(
          'x.csv',
          csv(90, (row) => `1,2,${row ? row % 2 : ''}`),
        ),
        '--target',
        'bad',
      ],
      'has no outcome in 1 rows',
    ],
    [
      'five rows',
      () => [
        '--data',
        file(
          'x.csv',
          csv(5, (row) => `1,2,${row % 2}`),
        ),
        '--target',
        'bad',
      ],
      'too few to train',
    ],
    [
      'constant columns',
      () => [
        '--data',
        file(
          'x.csv',
          csv(90, (row) => `1,2,${row % 2}`),
        ),
        '--target',
        'bad',
        '--recipe',
        recipe({ steps: [{ kind: 'dropConstant' }] }),
      ],
      'took out every column',
    ],
    [
      'an unknown step',
      () => [
        '--data',
        GERMAN,
        '--target',
        'class=bad',
        '--recipe',
        recipe({ steps: [{ kind: 'impute' }, { kind: 'drop' }] }),
      ],
      'steps.1.kind',
    ],
    [
      'an unknown parameter',
      () => [
        '--data',
        GERMAN,
        '--target',
        'class=bad',
        '--recipe',
        recipe({ learner: { kind: 'boosting', params: { num_leaves: 3 } } }),
      ],
      'learner.params.num_leaves',
    ],
    [
      'a gap where there must be none',
      () => [
        '--data',
        file(
          'x.csv',
          csv(90, (row) => `${row % 7 ? row % 5 : ''},2,${row % 2}`),
        ),
        '--target',
        'bad',
        '--recipe',
        recipe({ learner: { kind: 'logistic' } }),
      ],
      'add the step impute',
    ],
    [
      'a category where there must be none',
      () => [
        '--data',
        GERMAN,
        '--id',
        'client_id',
        '--target',
        'class=bad',
        '--recipe',
        recipe({ learner: { kind: 'logistic' } }),
      ],
      'add the step oneHot',
    ],
    ['a target that is not there', () => ['--data', GERMAN, '--target', 'clas=bad'], 'class'],
  ])('one clear line, and nothing written: %s', (_, args, words) => {
    const { status, err } = train('bad', ...args());
    expect(err).toContain(words);
    expect(status).toBe(1);
    expect(existsSync(join(dir, 'bad'))).toBe(false);
  });

  test.each([
    ...['dummy', 'scorecard', 'forest', 'boosting'].map((kind) => ['a recipe of', kind]),
    ...['s0', 's1', 's4'].map((name) => ['template', name]),
  ])('noise is found to be noise by %s %s', (how, name) => {
    const random = spreadRandom(5);
    const line = (): string =>
      `${random().toFixed(4)},${'xyz'[Math.floor(3 * random())]},${random() < 0.3 ? 1 : 0}`;
    const args =
      how === 'template' ? ['--template', name] : ['--recipe', recipe({ learner: { kind: name } })];
    const data = file('noise.csv', csv(20_000, line));
    expect(train('n', '--data', data, '--target', 'bad', ...args).status).toBe(0);
    const { cv, test: unseen } = found('n').metrics;
    // Of a fifth of the rows the standard error is .009.
    expect(Math.abs(cv.auc - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(unseen.auc - 0.5)).toBeLessThan(0.03);
  });
});
