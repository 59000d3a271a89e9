/** @file The target column of a table: classification or regression, its classes or its mean and deviation. */
import { DataError, InputError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { columnMoments } from "./moments.ts";
import type { ClassTarget, NumberTarget } from "./preprocessing.ts";
import {
  isTextColumn,
  rowError,
  sourceOf,
  textAt,
  type RawColumn,
  type RawTable,
} from "./raw-table.ts";

/** At most so many different whole numbers are taken for classes. */
const FEW_VALUES = 20;

/** More different texts than this are not taken for classes. */
const MANY_CLASSES = 1000;

/** What a table is for, and why it is taken so. */
export interface TaskChoice {
  readonly task: Dataset["task"];
  readonly reason: string;
}

/**
 * Classification for texts, booleans and whole numbers of few values (at most 2, or at most 20 and half as many as there are rows);
 * regression for the rest. `asked` overrides it.
 */
export function chooseTask(
  column: RawColumn,
  rows: Int32Array,
  asked?: Dataset["task"],
): TaskChoice {
  if (asked !== undefined) return { task: asked, reason: "as asked for" };
  if (isTextColumn(column)) {
    const what = column.type === "boolean" ? "booleans" : "texts";
    return { task: "classification", reason: `the column holds ${what}` };
  }
  if (column.type !== "number")
    return { task: "regression", reason: `the column holds ${column.type}s` };
  const found = new Set<number>();
  for (const row of rows) {
    const value = column.values[row]!;
    if (!Number.isSafeInteger(value)) {
      return { task: "regression", reason: "the column holds numbers that are not whole" };
    }
    if (found.size <= FEW_VALUES) found.add(value);
  }
  const few = found.size <= 2 || (found.size <= FEW_VALUES && 2 * found.size <= rows.length);
  if (few) {
    return {
      task: "classification",
      reason: `the column holds ${found.size} different whole numbers`,
    };
  }
  const many = found.size > FEW_VALUES ? `more than ${FEW_VALUES}` : `${found.size}`;
  return {
    task: "regression",
    reason: `the column holds ${many} different whole numbers in ${rows.length} rows`,
  };
}

/** Rows of a table. */
export interface TableRows {
  readonly table: RawTable;
  readonly column: RawColumn;
  readonly rows: Int32Array;
}

/**
 * The classes of all parts, in order: numbers by size, texts by their code units.
 *
 * @throws DataError for one class only, for more than 1000 that are more than half the rows, and for numbers too large to be told apart
 */
export function fitClasses(parts: readonly TableRows[]): ClassTarget {
  const [{ column, table }] = parts as readonly [TableRows];
  const found = new Set<string>();
  let total = 0;
  for (const part of parts) {
    total += part.rows.length;
    for (const row of part.rows) found.add(className(part, row));
  }
  const what = `${sourceOf(table)}: target column ${JSON.stringify(column.name)}`;
  if (found.size < 2) {
    throw new DataError(
      `${what} holds one class only, ${JSON.stringify([...found][0] ?? "")}; there is nothing to learn`,
    );
  }
  if (found.size > MANY_CLASSES && 2 * found.size > total) {
    throw new DataError(
      `${what} holds ${found.size} different values in ${total} rows; give a column of classes, or one of numbers with task regression`,
    );
  }
  const classes = isTextColumn(column)
    ? [...found].sort()
    : [...found].sort((a, b) => Number(a) - Number(b));
  return { kind: "classes", column: column.name, type: column.type, classes };
}

/**
 * Mean and deviation of the target over the training rows; 0 and 1 when it is not to be standardised.
 *
 * @throws InputError for texts; DataError for a target that is the same everywhere
 */
export function fitNumber(part: TableRows, standardize: boolean): NumberTarget {
  const { column, table, rows } = part;
  if (isTextColumn(column)) {
    throw new InputError(
      `${sourceOf(table)}: target column ${JSON.stringify(column.name)} holds ${column.type === "text" ? "texts" : "booleans"}; regression needs numbers`,
    );
  }
  const { mean, scale, constant } = columnMoments(table, column, rows);
  if (constant) {
    throw new DataError(
      `${sourceOf(table)}: target column ${JSON.stringify(column.name)} is ${mean} in every row; there is nothing to learn`,
    );
  }
  const { name, type } = column;
  return {
    kind: "number",
    column: name,
    type,
    ...(standardize ? { mean, scale } : { mean: 0, scale: 1 }),
  };
}

/** Class indices of rows, int32. @throws DataError for a class that is none of the known ones */
export function encodeClasses(part: TableRows, target: ClassTarget): Int32Array {
  const index = new Map(target.classes.map((name, i) => [name, i]));
  return Int32Array.from(part.rows, (row) => {
    const name = className(part, row);
    const found = index.get(name);
    if (found !== undefined) return found;
    throw rowError(
      part.table,
      row,
      `class ${JSON.stringify(name)} in column ${JSON.stringify(target.column)} is none of the ${target.classes.length} known ones`,
    );
  });
}

function className({ table, column }: TableRows, row: number): string {
  if (!isTextColumn(column) && Math.abs(column.values[row]!) > Number.MAX_SAFE_INTEGER) {
    throw rowError(
      table,
      row,
      `${column.values[row]} in target column ${JSON.stringify(column.name)} is beyond 2^53, where whole numbers cannot be told apart; name the column in categories`,
    );
  }
  return textAt(column, row) ?? "";
}
