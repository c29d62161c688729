import { describe, expect, test } from 'vitest';
import {
  chunkOption,
  costOption,
  identifierOption,
  namesOption,
  probabilityOption,
  wholeOption,
} from '../../src/cli/options';

describe('what an option’s text means', () => {
  test('names between commas, with commas between quotes', () => {
    expect(namesOption('a, b ,"c,d"')).toEqual(['a', 'b', 'c,d']);
    expect(() => namesOption('')).toThrow('as in a,b');
  });

  test('chunks by rows, by number, by time', () => {
    expect(chunkOption('500')).toEqual({ size: 500 });
    expect(chunkOption('/10')).toEqual({ number: 10 });
    expect(chunkOption('month')).toEqual({ period: 'month' });
    for (const text of ['0', '/0', '-5', '1.5', 'moon']) expect(() => chunkOption(text)).toThrow('is wanted');
  });

  test('whole numbers and probabilities', () => {
    expect(wholeOption('12')).toBe(12);
    for (const text of ['0', '1e3', '12345678901', ' 1'])
      expect(() => wholeOption(text)).toThrow('whole number');
    expect(probabilityOption('0.18')).toBe(0.18);
    for (const text of ['0', '1', 'half', ''])
      expect(() => probabilityOption(text)).toThrow('between 0 and 1');
  });

  test('costs of the two mistakes', () => {
    expect(costOption('fn=10,fp=1.5')).toEqual({ kind: 'count', falseNegative: 10, falsePositive: 1.5 });
    for (const text of ['10,1', 'fn=-1,fp=1', 'fp=1,fn=10'])
      expect(() => costOption(text)).toThrow('Two costs');
  });

  test('an identifier is no path', () => {
    expect(identifierOption('german-credit_2.0')).toBe('german-credit_2.0');
    for (const text of ['../x', 'a/b', '', 'é']) expect(() => identifierOption(text)).toThrow('are wanted');
  });
});
