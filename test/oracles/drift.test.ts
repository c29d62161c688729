import { beforeAll, describe, expect, test } from 'vitest';
import { compareTables, type Comparison, type CompareOptions } from '../../src/core/drift/compare';
import type { Scored } from '../../src/core/drift/performance';
import { defaultTest, evidentlyTest } from '../../src/core/drift/evidently';
import { pairOf, type Pair } from '../../src/core/drift/sample';
import { stabilityOf } from '../../src/core/drift/stability';
import { asCompared, driftTypeOf } from '../../src/core/drift/types';
import { asLevels } from '../../src/core/drift/sample';
import { sourceOf } from '../../src/core/table/source';
import { columnOf, type Table } from '../../src/core/table/table';
import { digits, loadPair, PAIRS } from '../support/drift';

async function compared(reference: Table, current: Table, options: CompareOptions): Promise<Comparison> {
  const steps = compareTables(sourceOf(reference), sourceOf(current), options);
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

/** Scores, decisions and outcomes as the car loan set has them. */
function scoredOf(table: Table, labelled = true): Scored {
  const numbers = (name: string): ArrayLike<number> => {
    const column = columnOf(table, name);
    return column.kind === 'number' ? column.values : [];
  };
  return {
    probability: Float64Array.from(numbers('y_pred_proba')),
    refused: Uint8Array.from(numbers('y_pred')),
    target: labelled ? Int8Array.from(numbers('repaid')) : null,
  };
}

/** Those that Evidently chooses by itself. */
const TESTS = ['ks', 'chisquare', 'z', 'wasserstein', 'jensenshannon'] as const;

describe.each(PAIRS)('%s', (name) => {
  let tables: Awaited<ReturnType<typeof loadPair>>;
  beforeAll(async () => {
    tables = await loadPair(name);
  });
  const pair = (column: string): Pair => {
    const [a, b] = [tables.reference, tables.current].map((table) => asCompared(columnOf(table, column)));
    const found = pairOf(a, b);
    if (!found) throw new Error(column);
    return found;
  };

  test('Evidently: types, chosen tests, values and verdicts', () => {
    for (const wanted of tables.expected.evidently.columns) {
      const column = columnOf(tables.current, wanted.name);
      const type = driftTypeOf(column, 'evidently');
      expect([wanted.name, type]).toEqual([
        wanted.name,
        { num: 'number', cat: 'category', text: 'text' }[wanted.type],
      ]);
      if (type === 'text') continue;
      const numbers = pair(wanted.name);
      const both = type === 'category' && numbers.kind === 'number' ? asLevels(numbers) : numbers;
      const whole = column.kind === 'number' && column.written === 'whole';
      expect([wanted.name, defaultTest(both)]).toEqual([wanted.name, wanted.test]);
      for (const other of TESTS) {
        const value = wanted.others[other];
        if (value === null || value === undefined) continue;
        const found = evidentlyTest(other, both, whole);
        expect.soft([wanted.name, other, found.value.toPrecision(7)]).toEqual([wanted.name, other, value.toPrecision(7)]);
        if (other === wanted.test) expect([wanted.name, found.drifted]).toEqual([wanted.name, wanted.drifted]);
      }
    }
  });

  test('population stability index', () => {
    for (const [column, wanted] of Object.entries(tables.expected.psi)) {
      const found = stabilityOf(pair(column)).value;
      expect.soft([column, found.toPrecision(7)]).toEqual([column, wanted.toPrecision(7)]);
    }
  });

  test('NannyML: values, limits and alerts by chunk', async () => {
    const { reference, current, expected } = tables;
    if (!expected.nannyml) return;
    const columns = [...new Set(expected.nannyml[0].columns.map((column) => column.name))].filter((n) => n !== '*');
    const { chunk, time } = expected.options;
    const found = await compared(reference, current, {
      preset: 'nannyml',
      columns,
      outside: ['y_pred_proba', 'y_pred'],
      chunking: { size: chunk as number },
      time: time as string | undefined,
    });
    expect(found.chunks.map(({ rows }) => rows)).toEqual(expected.nannyml.map(({ rows }) => rows));
    expected.nannyml.forEach((wanted, i) => {
      for (const { name, test, value, lower, upper, alert } of wanted.columns) {
        const own = found.chunks[i].columns.find((column) => column.name === name && column.test === test);
        expect
          .soft([name, test, own && digits(own.value), own && digits(own.lower), own && digits(own.upper), own?.alert])
          .toEqual([name, test, digits(value), digits(lower), digits(upper), alert]);
      }
    });
  });

  test.each([true, false])('NannyML: estimated and realised performance (current labelled: %s)', async (labelled) => {
    const { reference, current, expected } = tables;
    if (!expected.performance) return;
    const { chunk, time } = expected.options;
    const found = await compared(reference, current, {
      preset: 'psi',
      columns: ['car_value'],
      chunking: { size: chunk as number },
      time: time as string,
      scores: async () => ({ reference: scoredOf(reference), current: scoredOf(current, labelled), costs: { kind: 'count', falseNegative: 5, falsePositive: 1 } }),
    });
    const chunks = expected.performance[labelled ? 'chunks' : 'unlabelled'];
    expect(found.calibrated).toBe(expected.performance.calibrated);
    chunks.forEach((wanted, i) => {
      for (const metric of wanted) {
        // NannyML gives the value of a chunk's business, here the cost of a client.
        const cost = metric.name === 'business_value' ? -1 / found.chunks[i].rows : 1;
        const own = found.chunks[i].metrics.find(({ name }) => name === (cost === 1 ? metric.name : 'cost'));
        const limits = [metric.lower * cost, metric.upper * cost];
        if (cost !== 1) limits.reverse();
        const wantedDigits = [metric.estimated * cost, metric.realized === null ? null : metric.realized * cost, ...limits];
        expect
          .soft([metric.name, ...[own?.estimated, own?.realized, own?.lower, own?.upper].map((v) => digits(v ?? null)), own?.alert])
          .toEqual([metric.name, ...wantedDigits.map(digits), metric.alert]);
      }
    });
  });
});
