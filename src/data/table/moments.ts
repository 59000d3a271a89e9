/** @file Mean and deviation of a column over some of its rows, with missing values counted as the mean. */
import { DataError } from "../../errors.ts";
import { isConstant } from "../standardize.ts";
import { rowError, sourceOf, type NumberColumn, type RawTable } from "./raw-table.ts";

/** Mean and deviation of a column. */
export interface Moments {
  readonly mean: number;
  /** √((1/N) Σ (v − mean)²) with missing values at the mean; 1 for a column that is constant. */
  readonly scale: number;
  readonly missing: number;
  readonly constant: boolean;
}

/**
 * Mean over the values that are there, deviation over all N rows with the mean in the place of those that are not: what scikit-learn's
 * StandardScaler finds after SimpleImputer.
 *
 * @throws DataError for an infinite value, naming its row, and where the deviation overflows
 */
export function columnMoments(table: RawTable, column: NumberColumn, rows: Int32Array): Moments {
  const { values } = column;
  const size = rows.length;
  let present = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isNaN(value)) present++;
    if (value === Infinity || value === -Infinity) throw infinite(table, column, row);
  }
  let mean = 0;
  // The second turn takes back what rounding added to a mean that is large beside the deviation.
  for (let turn = 0; turn < 2; turn++) {
    let rest = 0;
    for (const row of rows) {
      const value = values[row]!;
      if (!Number.isNaN(value)) rest += (value - mean) / present;
    }
    mean += rest;
  }
  let variance = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isNaN(value)) variance += (value - mean) ** 2 / size;
  }
  if (!Number.isFinite(variance)) {
    throw new DataError(
      `${sourceOf(table)}: column ${JSON.stringify(column.name)} holds numbers too large to standardise; leave it out with drop`,
    );
  }
  const constant = isConstant(variance, mean, size);
  return { mean, scale: constant ? 1 : Math.sqrt(variance), missing: size - present, constant };
}

/** An error for a value that is infinite. */
export function infinite(table: RawTable, { name }: NumberColumn, row: number): DataError {
  return rowError(
    table,
    row,
    `column ${JSON.stringify(name)} is infinite (or too large for a number); every value must be finite, or missing`,
  );
}
