import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ValidationView } from '../../src/engine/model/validation';
import { axeViolations } from '../support/axe';
import { useInstalledApp } from '../support/installed';

const BUNDLE = 'public/bundles/german-credit';
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'scoredesk-validate-'))));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (...args: string[]) =>
  spawnSync(process.execPath, ['bin/scoredesk.js', ...args], { encoding: 'utf8' });

describe('scoredesk validate', () => {
  test('writes the figures as JSON, the same each time', () => {
    const { stdout, status } = run('validate', BUNDLE, '--out', '-');
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as ValidationView & { bundle: { id: string } };
    expect([found.bundle.id, found.on, found.validation.rows]).toEqual(['german-credit', 'test', 200]);
    expect(found.validation.figures.auc.value).toBeCloseTo(0.8336904761904762, 12);
    expect(run('validate', BUNDLE, '--out', '-').stdout).toBe(stdout);
  });

  test('writes a report that needs nothing else, in either language', () => {
    const out = join(folder, 'report.html');
    const { stdout, status } = run('validate', BUNDLE, '--out', out, '--language', 'fr');
    expect([status, stdout]).toEqual([0, expect.stringContaining('ROC AUC  0.834 (0.774 to 0.893)')]);
    const report = readFileSync(out, 'utf8');
    expect(report).toContain('Équité par groupe');
    expect(report).not.toMatch(/<script|https?:/);
  });

  test('says why there is nothing to validate by', () => {
    const out = join(folder, 'bare');
    const demo = 'demo/german-credit';
    const packed = run(
      'pack',
      '--model',
      `${demo}/lightgbm/model.onnx`,
      '--clients',
      `${demo}/test.csv`,
      '--id',
      'client_id',
      '--dictionary',
      `${demo}/dictionary.json`,
      '--threshold',
      '0.18',
      '--out',
      out,
    );
    expect([packed.status, packed.stderr]).toEqual([0, expect.any(String)]);
    const { status, stderr } = run('validate', out, '--out', '-');
    expect([status, stderr]).toEqual([1, expect.stringContaining('the bundle has no rows with outcomes')]);
  });
});

describe('the model page', () => {
  const app = useInstalledApp();

  test('shows how the model does on rows that it never saw, and on groups', async () => {
    const { page, complaints } = await app.open('#/b/german-credit%402.0.0/model');
    await page.getByText('Measured on 200 rows that the model never saw, 60 of them defaults.').waitFor();
    await page.getByRole('row', { name: /^ROC AUC 0\.834 0\.774 to 0\.893$/ }).waitFor();
    await page.getByRole('row', { name: /^woman, divorced, dependent or married 63 15\.9%/ }).waitFor();
    await page.getByRole('img', { name: /^ROC curve: 14\.5%, Repayers refused 60%/ }).waitFor();
    const stability = page.getByRole('region', { name: 'Stability over time' });
    await stability.getByText('Later rows of the bundle with outcomes, by month.').waitFor();
    expect(await stability.getByRole('row').count()).toBeGreaterThan(3);
    const saved = async (format: string): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Save the validation as ${format}` }).click(),
      ]);
      return readFileSync(await download.path(), 'utf8');
    };
    expect(JSON.parse(await saved('JSON'))).toEqual(JSON.parse(run('validate', BUNDLE, '--out', '-').stdout));
    expect(await saved('HTML')).toContain('Stability over time');
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
