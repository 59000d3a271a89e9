/** @file What every example must be: finite, and of a class that there is. */
import { DataError } from "../../errors.ts";
import type { Column, Dataset } from "../dataset.ts";
import { elements } from "../table.ts";

/**
 * Checks the rows of a block.
 *
 * @param first number of its first row, for errors
 * @throws DataError for NaN, infinity, and an index that no class has
 */
export function checkExamples({ x, y, size, classes, name }: Dataset, first: number): void {
  for (const [what, column] of Object.entries({ x, y })) {
    const width = elements(column.shape);
    if (column.data.length !== size * width) {
      throw new DataError(
        `${name}: ${what} must hold ${size} rows of ${width} values, got ${column.data.length} values`,
      );
    }
    const at = firstBad(column, what === "y" ? classes?.length : undefined);
    if (at < 0) continue;
    throw new DataError(
      `${name}, row ${first + Math.floor(at / width)} (counted from 0): ${what} is ${column.data[at]}; expected ${what === "y" && classes !== undefined ? `a class from 0 to ${classes.length - 1}` : "a finite number"}`,
    );
  }
}

/** Place of the first value that is not finite, or not below `classes` where the values are class indices; −1 for none. */
function firstBad({ data, shape }: Column, classes: number | undefined): number {
  if (data instanceof Uint8Array) return -1;
  if (!(data instanceof Int32Array)) return data.findIndex((value) => !Number.isFinite(value));
  if (classes === undefined || shape.length > 0) return -1;
  return data.findIndex((value) => value < 0 || value >= classes);
}
