import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Eigenvalues of a symmetric matrix, descending and not below 0, each with its vector of length 1. */
export interface Principal {
  values: number[];
  vectors: Float64Array[];
}

/** @param covariance symmetric, row-major [width, width] */
export function principalOf(covariance: Float64Array, width: number): Principal {
  if (width === 0) return { values: [], vectors: [] };
  const square = new Matrix(
    Array.from({ length: width }, (_, j) => [...covariance.subarray(j * width, (j + 1) * width)]),
  );
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(square, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  return {
    values: order.map((at) => Math.max(0, realEigenvalues[at])),
    vectors: order.map((at) => Float64Array.from(eigenvectorMatrix.getColumn(at))),
  };
}
