import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  BLOCK,
  patternKernel,
  plainPatterns,
  type PatternKernel,
} from '../../../src/core/explain/kernel/patterns';
import { countCovers } from '../../../src/core/explain/covers';
import type { TreeEnsemble } from '../../../src/core/model/trees';
import { readWhole, treeFile, type TestTree } from '../../support/onnx';
import { seededRandom } from '../../../src/core/numeric/random';
import { compiledKernel, KERNELS } from '../../../tools/kernel.mjs';

const SIZE = 16;
const AT = { values: 0, bounds: 8 * BLOCK, table: 8 * BLOCK + 8 * SIZE, sums: 0, ranks: 0, patterns: 0 };
AT.sums = AT.table + 8 * 128;
AT.ranks = AT.sums + 8 * BLOCK;
AT.patterns = AT.ranks + 2 * BLOCK;
const YES = AT.patterns + 2 * BLOCK;
const NO = YES + 2 * BLOCK;
const END = NO + 2 * BLOCK;

/** Everything that the loops write, after all of them have run over the same random rows. */
function run(kernel: PatternKernel): Uint8Array {
  const random = seededRandom(7);
  const { buffer } = kernel;
  const odd = [NaN, Infinity, -Infinity, -0, 0, 3, 4];
  const value = (): number => (random() < 0.3 ? odd[Math.floor(7 * random())] : 12 * random() - 2);
  new Float64Array(buffer, AT.values, BLOCK).forEach((_, i, all) => (all[i] = value()));
  new Float64Array(buffer, AT.bounds, SIZE).fill(Infinity).set([-Infinity, 0, 1.5, 3, 4, 7.25]);
  new Float64Array(buffer, AT.table, 128).forEach((_, i, all) => (all[i] = random() - 0.5));
  const patterns = new Uint16Array(buffer, AT.patterns, BLOCK);
  patterns.forEach((_, i) => (patterns[i] = Math.floor(16 * random())));
  kernel.rankAbove(AT.values, AT.bounds, SIZE, AT.ranks);
  kernel.mark(AT.ranks, 3, AT.patterns, 1 << 4);
  kernel.add(AT.table, AT.patterns, AT.sums);
  kernel.follow(AT.ranks, 5, AT.patterns, 1 << 5, 1 << 5, YES, NO);
  kernel.rankFrom(AT.values, AT.bounds, SIZE, AT.ranks);
  kernel.follow(AT.ranks, 2, YES, 0, 1 << 4, AT.patterns, NO);
  kernel.mark(AT.ranks, 0, NO, 1 << 6);
  kernel.mark(AT.ranks, 65_535, NO, 1 << 6);
  kernel.add(AT.table, NO, AT.sums);
  return new Uint8Array(buffer, 0, END);
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('the loops of tree SHAP', () => {
  test('in WebAssembly give the bits of those in TypeScript', () => {
    const compiled = patternKernel(END);
    expect(compiled.mark.toString()).toContain('[native code]');
    expect(Buffer.compare(run(compiled), run(plainPatterns(END)))).toBe(0);
  });

  test('by quadrature, too', async () => {
    const random = seededRandom(3);
    const width = 9;
    const tree = (depth: number): TestTree =>
      depth === 0 || random() < 0.1
        ? { value: random() - 0.5 }
        : {
            feature: Math.floor(width * random()),
            mode: random() < 0.5 ? 'BRANCH_LEQ' : 'BRANCH_GT',
            threshold: Math.floor(20 * random()),
            missingYes: random() < 0.5,
            yes: tree(depth - 1),
            no: tree(depth - 1),
          };
    const { model } = readWhole(treeFile(width, [tree(7), tree(1), tree(5)]));
    const trees = model.predictor as TreeEnsemble;
    const rows = Float64Array.from({ length: 200 * width }, () =>
      random() < 0.2 ? NaN : Math.floor(40 * random()) / 2,
    );
    const covers = countCovers(trees, rows, 200, width);
    const explained = async (): Promise<Float64Array> => {
      const { PathShap } = await import('../../../src/core/explain/pathShap');
      const shap = new PathShap(trees, covers);
      const out = new Float64Array(rows.length);
      for (let row = 0; row < 200; row++) shap.addRow(rows, row * width, out, row * width);
      return out;
    };
    const compiled = await explained();
    vi.resetModules();
    vi.stubGlobal('WebAssembly', undefined);
    expect(await explained()).toEqual(compiled);
  });

  test.each(KERNELS.map((kernel) => [kernel.source, kernel] as const))(
    'are those of %s',
    async (_, kernel) => {
      expect(await compiledKernel(kernel)).toBe(readFileSync(kernel.target, 'utf8'));
    },
  );
});
