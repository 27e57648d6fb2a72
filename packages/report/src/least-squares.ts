/** One equation of a fit: `target` should come out as the sum of the coefficients times `terms`. */
export interface Observation {
  readonly terms: readonly number[];
  readonly target: number;
  /** How much its squared error counts. */
  readonly weight: number;
}

/**
 * The coefficients, none below 0, that make the weighted sum of squared errors least: every set of terms that may be
 * above 0 is tried (there are few terms), and the best that keeps the sign wins. Lawson and Hanson, "Solving Least
 * Squares Problems" (1974), chapter 23, state the problem.
 *
 * @returns a coefficient a term, or `undefined` when the observations don't determine any
 */
export function nonNegativeLeastSquares(observations: readonly Observation[]): number[] | undefined {
  const termCount = observations[0]?.terms.length ?? 0;
  let best: { readonly coefficients: number[]; readonly error: number } | undefined;
  for (let subset = 1; subset < 1 << termCount; subset++) {
    const kept = [...Array(termCount).keys()].filter((term) => subset & (1 << term));
    const solved = leastSquares(observations, kept);
    if (solved === undefined || solved.some((value) => value < 0)) continue;
    const coefficients = Array.from({ length: termCount }, (_, term) => solved[kept.indexOf(term)] ?? 0);
    const error = squaredError(observations, coefficients);
    if (best === undefined || error < best.error) best = { coefficients, error };
  }
  return best?.coefficients;
}

function squaredError(observations: readonly Observation[], coefficients: readonly number[]): number {
  return observations.reduce((sum, { terms, target, weight }) => {
    const value = terms.reduce((total, term, at) => total + term * (coefficients[at] ?? 0), 0);
    return sum + weight * (target - value) ** 2;
  }, 0);
}

/** Solves the normal equations of the terms kept. */
function leastSquares(observations: readonly Observation[], kept: readonly number[]): number[] | undefined {
  const rows = kept.map((row) => [
    ...kept.map((column) => weighted(observations, (terms) => at(terms, row) * at(terms, column))),
    weighted(observations, (terms, target) => at(terms, row) * target),
  ]);
  return solve(rows);
}

function weighted(
  observations: readonly Observation[],
  product: (terms: readonly number[], target: number) => number,
): number {
  return observations.reduce((sum, { terms, target, weight }) => sum + weight * product(terms, target), 0);
}

const LEAST_PIVOT = 1e-12;

/** Gauss and Jordan's elimination with pivoting, of equations that carry their right side as last column. */
function solve(equations: readonly (readonly number[])[]): number[] | undefined {
  const rows = equations.map((row) => [...row]);
  for (let column = 0; column < rows.length; column++) {
    const scale = Math.abs(at(equations[column] ?? [], column));
    const pivot = pivotRow(rows, column);
    if (Math.abs(at(rows[pivot] ?? [], column)) <= scale * LEAST_PIVOT) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    eliminate(rows, column);
  }
  return rows.map((row, index) => at(row, rows.length) / at(row, index));
}

function pivotRow(rows: readonly (readonly number[])[], column: number): number {
  let best = column;
  for (let row = column + 1; row < rows.length; row++) {
    if (Math.abs(at(rows[row] ?? [], column)) > Math.abs(at(rows[best] ?? [], column))) best = row;
  }
  return best;
}

function eliminate(rows: number[][], column: number): void {
  const source = rows[column] ?? [];
  for (const [index, row] of rows.entries()) {
    if (index === column) continue;
    const factor = at(row, column) / at(source, column);
    for (let cell = column; cell < row.length; cell++) row[cell] = at(row, cell) - factor * at(source, cell);
  }
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
