import { describe, expect, test } from 'vitest';
import { EVEN_COSTS } from '../../src/core/decision/cost';
import { readPortfolio, writePortfolio, type PortfolioQuery } from '../../src/state/portfolioQuery';

const OWN: PortfolioQuery = { proposed: null, objective: { kind: 'cost', costs: EVEN_COSTS } };

describe('the address of a portfolio', () => {
  test.each<PortfolioQuery>([
    OWN,
    { proposed: { threshold: 0.45, reviewFrom: 0.36 }, objective: { kind: 'fBeta', beta: 3 } },
    {
      proposed: { threshold: 0.2, reviewFrom: 0.2 },
      objective: { kind: 'cost', costs: { kind: 'amount', column: 'credit: all', loss: 0.6, margin: 0.1 } },
    },
  ])('says what it was written from: %j', (query) => {
    expect(readPortfolio(writePortfolio(query), OWN)).toEqual(query);
  });

  test.each([
    '',
    'threshold=2',
    'threshold=x&by=count:1',
    'by=f:0',
    'by=amount::1:1',
    'by=count:-1:1',
    'threshold=',
    'by=count::',
  ])('leaves the bundle’s own where it says nothing that can be: %s', (text) =>
    expect(readPortfolio(text, OWN)).toEqual(OWN),
  );

  test('keeps the review zone below the threshold', () => {
    expect(readPortfolio('threshold=0.3&review=0.5', OWN).proposed).toEqual({
      threshold: 0.3,
      reviewFrom: 0.3,
    });
  });
});
