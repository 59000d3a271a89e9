/** @file Mean and deviation of columns over some rows, with missing values counted as the mean. */
import { DataError } from "../../errors.ts";
import { isConstant } from "../standardize.ts";
import {
  selectedCount,
  selectedRows,
  type SelectedRows,
  type Selection,
  type Steps,
} from "./blocks.ts";
import { rowError, sourceOf, type NumberColumn, type TablePart } from "./raw-table.ts";

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
 * Two passes: the mean from differences to the first value; then, with d = v − mean over the n values that are there, the variance
 * (Σ d² − (Σ d)² / n) / N and the mean's own rounding, Σ d / n, corrected.
 *
 * @param columns places of columns of numbers
 * @throws DataError for an infinite value, naming its row, and where the deviation overflows
 * Source: Chan, Golub, LeVeque (1983), "Algorithms for computing the sample variance", equation 1.7.
 */
export function* columnMoments(
  selection: Selection,
  columns: readonly number[],
): Steps<readonly Moments[]> {
  const { table } = selection;
  if (columns.length === 0) return [];
  const size = selectedCount(selection);
  const firsts = columns.map(() => ({ present: 0, anchor: 0, sum: 0 }));
  for (const block of selectedRows(selection, columns)) {
    firsts.forEach((sums, i) => {
      addDistances(table, block, block.columns[i] as NumberColumn, sums);
    });
    yield block.rows;
  }
  const means = firsts.map(
    ({ present, anchor, sum }) => anchor + (present > 0 ? sum / present : 0),
  );
  const seconds = means.map((mean) => ({ mean, sum: 0, squares: 0 }));
  for (const block of selectedRows(selection, columns)) {
    seconds.forEach((sums, i) => {
      addSquares(block, block.columns[i] as NumberColumn, sums);
    });
    yield block.rows;
  }
  return columns.map((at, i) => {
    const { present } = firsts[i]!;
    const { sum, squares, mean } = seconds[i]!;
    const correction = present > 0 ? sum / present : 0;
    const variance = Math.max(0, squares - sum * correction) / size;
    if (!Number.isFinite(variance)) {
      throw new DataError(
        `${sourceOf(table)}: column ${JSON.stringify(table.columns[at]!.name)} holds numbers too large to standardise; leave it out with drop`,
      );
    }
    const constant = isConstant(variance, mean, size);
    return {
      mean: mean + correction,
      scale: constant ? 1 : Math.sqrt(variance),
      missing: size - present,
      constant,
    };
  });
}

function addDistances(
  table: Selection["table"],
  { chosen, first }: SelectedRows,
  column: NumberColumn,
  sums: { present: number; anchor: number; sum: number },
): void {
  const { values } = column;
  let { present, anchor, sum } = sums;
  for (let i = 0; i < chosen.length; i++) {
    const value = values[chosen[i]!]!;
    if (Number.isNaN(value)) continue;
    if (value === Infinity || value === -Infinity) {
      throw infinite(table, column, first + chosen[i]!);
    }
    if (present === 0) anchor = value;
    present++;
    sum += value - anchor;
  }
  Object.assign(sums, { present, anchor, sum });
}

function addSquares(
  { chosen }: SelectedRows,
  { values }: NumberColumn,
  sums: { readonly mean: number; sum: number; squares: number },
): void {
  const { mean } = sums;
  let { sum, squares } = sums;
  for (let i = 0; i < chosen.length; i++) {
    const value = values[chosen[i]!]!;
    if (Number.isNaN(value)) continue;
    const d = value - mean;
    sum += d;
    squares += d * d;
  }
  Object.assign(sums, { sum, squares });
}

/** An error for a value that is infinite. */
export function infinite(
  table: { readonly parts: readonly TablePart[] },
  { name }: NumberColumn,
  row: number,
): DataError {
  return rowError(
    table,
    row,
    `column ${JSON.stringify(name)} is infinite (or too large for a number); every value must be finite, or missing`,
  );
}
