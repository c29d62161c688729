import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { normalShare } from '../../core/numeric/special';
import { facts } from './facts';
import { valueAt, type Draws } from './draws';

const { columns, correlation } = facts.latent;
const root = new CholeskyDecomposition(new Matrix(correlation.map((row) => [...row]))).lowerTriangularMatrix;
const PLACE = new Map(columns.map((name, i) => [name, i]));

/** Normal variables behind the columns of one application, correlated as facts.json has them (a Gaussian copula). */
export class Latents {
  private readonly values: number[];

  constructor(draws: Draws) {
    const independent = columns.map(() => draws.normal());
    this.values = columns.map((_, i) => {
      let sum = 0;
      for (let k = 0; k <= i; k++) sum += root.get(i, k) * independent[k];
      return sum;
    });
  }

  of(name: string): number {
    return this.values[PLACE.get(name) as number];
  }

  /** The column's value. @param shift added to its variable */
  value(name: string, shift = 0): number {
    return valueAt(facts.quantiles[name], normalShare(this.of(name) + shift));
  }
}
