/** Plain matrices for tests that check the blocked linear algebra against the formulas as written. */
export type Matrix = number[][];

export function matrixOf(values: ArrayLike<number>, columns: number): Matrix {
  return Array.from({ length: values.length / columns }, (_, i) => Array.from({ length: columns }, (_, j) => values[i * columns + j]));
}

export function transpose(a: Matrix): Matrix {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

export function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, x, p) => sum + x * b[p][j], 0)));
}

export function plus(a: Matrix, b: Matrix, factor = 1): Matrix {
  return a.map((row, i) => row.map((x, j) => x + factor * b[i][j]));
}

export function identity(n: number, value = 1): Matrix {
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? value : 0)));
}

/** Gauss and Jordan with row pivots. */
export function inverse(a: Matrix): Matrix {
  const n = a.length;
  const work = a.map((row, i) => [...row, ...identity(n)[i]]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column; row < n; row++) if (Math.abs(work[row][column]) > Math.abs(work[pivot][column])) pivot = row;
    [work[column], work[pivot]] = [work[pivot], work[column]];
    const scale = work[column][column];
    work[column] = work[column].map((x) => x / scale);
    const from = work[column];
    for (let row = 0; row < n; row++) {
      const factor = work[row][column];
      if (row !== column && factor !== 0) work[row] = work[row].map((x, j) => x - factor * from[j]);
    }
  }
  return work.map((row) => row.slice(n));
}

/** Upper triangular U with a = U^T U. */
export function upperCholesky(a: Matrix): Matrix {
  const n = a.length;
  const u = identity(n, 0);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let rest = a[i][j];
      for (let p = 0; p < i; p++) rest -= u[p][i] * u[p][j];
      u[i][j] = j === i ? Math.sqrt(rest) : rest / u[i][i];
    }
  }
  return u;
}
