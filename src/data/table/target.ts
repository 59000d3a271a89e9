/** @file The target column of a table: classification or regression, its classes or its mean and deviation. */
import { DataError, InputError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { selectedCount, selectedRows, type Selection, type Steps } from "./blocks.ts";
import { columnMoments } from "./moments.ts";
import type { ClassTarget, NumberTarget } from "./preprocessing.ts";
import {
  isText,
  isTextColumn,
  rowError,
  sourceOf,
  type NumberColumn,
  type RawColumn,
  type TablePart,
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
 *
 * @param target place of the column
 */
export function* chooseTask(
  selection: Selection,
  target: number,
  asked?: Dataset["task"],
): Steps<TaskChoice> {
  if (asked !== undefined) return { task: asked, reason: "as asked for" };
  const { type } = selection.table.columns[target]!;
  if (isText(type)) {
    const what = type === "boolean" ? "booleans" : "texts";
    return { task: "classification", reason: `the column holds ${what}` };
  }
  if (type !== "number") return { task: "regression", reason: `the column holds ${type}s` };
  const found = new Set<number>();
  for (const { columns, chosen, rows } of selectedRows(selection, [target])) {
    const { values } = columns[0] as NumberColumn;
    for (let i = 0; i < chosen.length; i++) {
      const value = values[chosen[i]!]!;
      if (!Number.isSafeInteger(value)) {
        return { task: "regression", reason: "the column holds numbers that are not whole" };
      }
      if (found.size <= FEW_VALUES) found.add(value);
    }
    yield rows;
  }
  return countChoice(found.size, selectedCount(selection));
}

function countChoice(found: number, rows: number): TaskChoice {
  if (found <= 2 || (found <= FEW_VALUES && 2 * found <= rows)) {
    return { task: "classification", reason: `the column holds ${found} different whole numbers` };
  }
  const many = found > FEW_VALUES ? `more than ${FEW_VALUES}` : `${found}`;
  return {
    task: "regression",
    reason: `the column holds ${many} different whole numbers in ${rows} rows`,
  };
}

/** A column of some rows. */
export interface SelectedColumn extends Selection {
  /** Place of the column. */
  readonly column: number;
}

/**
 * The classes of all parts, in order: numbers by size, texts by their code units.
 *
 * @throws DataError for one class only, for more than 1000 that are more than half the rows, and for numbers too large to be told apart
 */
export function* fitClasses(parts: readonly SelectedColumn[]): Steps<ClassTarget> {
  const [{ column, table }] = parts as readonly [SelectedColumn];
  const { name, type } = table.columns[column]!;
  const found = new Set<string>();
  let total = 0;
  for (const part of parts) {
    for (const block of selectedRows(part, [part.column])) {
      const namesOf = classNames(part.table, block.columns[0]!, block.first);
      const { chosen } = block;
      for (let i = 0; i < chosen.length; i++) found.add(namesOf(chosen[i]!));
      total += block.chosen.length;
      yield block.rows;
    }
  }
  const what = `${sourceOf(table)}: target column ${JSON.stringify(name)}`;
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
  const classes = isText(type)
    ? [...found].sort()
    : [...found].sort((a, b) => Number(a) - Number(b));
  return { kind: "classes", column: name, type, classes };
}

/**
 * Mean and deviation of the target over the training rows; 0 and 1 when it is not to be standardised.
 *
 * @throws InputError for texts; DataError for a target that is the same everywhere
 */
export function* fitNumber(
  { column, ...selection }: SelectedColumn,
  standardize: boolean,
): Steps<NumberTarget> {
  const { name, type } = selection.table.columns[column]!;
  const what = `${sourceOf(selection.table)}: target column ${JSON.stringify(name)}`;
  if (isText(type)) {
    throw new InputError(
      `${what} holds ${type === "text" ? "texts" : "booleans"}; regression needs numbers`,
    );
  }
  const [moments] = yield* columnMoments(selection, [column]);
  const { mean, scale, constant } = moments!;
  if (constant) {
    throw new DataError(`${what} is ${mean} in every row to train on; there is nothing to learn`);
  }
  return {
    kind: "number",
    column: name,
    type,
    ...(standardize ? { mean, scale } : { mean: 0, scale: 1 }),
  };
}

/** Where the rows of a block stand in a table, for errors. */
export interface RowPlace {
  readonly table: { readonly parts: readonly TablePart[] };
  /** Number of the block's first row in the table. */
  readonly first: number;
}

/** A function for the class indices of rows of a block, int32; it throws DataError for a class that is none of the known ones. */
export function classEncoder(
  target: ClassTarget,
): (place: RowPlace, column: RawColumn, rows: Int32Array) => Int32Array {
  const index = new Map(target.classes.map((name, i) => [name, i]));
  return ({ table, first }, column, rows) => {
    const nameOf = classNames(table, column, first);
    const out = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const name = nameOf(rows[i]!);
      const found = index.get(name);
      if (found === undefined) {
        throw rowError(
          table,
          first + rows[i]!,
          `class ${JSON.stringify(name)} in column ${JSON.stringify(target.column)} is none of the ${target.classes.length} known ones`,
        );
      }
      out[i] = found;
    }
    return out;
  };
}

/** The names of the classes of the rows of a block: numbers are written out once. */
function classNames(
  table: RowPlace["table"],
  column: RawColumn,
  first: number,
): (row: number) => string {
  if (isTextColumn(column)) {
    const { codes, levels } = column;
    return (row) => levels[codes[row]!] ?? "";
  }
  const names = new Map<number, string>();
  const { values } = column;
  return (row) => {
    const value = values[row]!;
    const known = names.get(value);
    if (known !== undefined) return known;
    const name = className(table, column, first + row, value);
    // Of classes there are few; of numbers that turn out to be none, many.
    if (names.size < MANY_CLASSES) names.set(value, name);
    return name;
  };
}

function className(
  table: RowPlace["table"],
  column: NumberColumn,
  row: number,
  value: number,
): string {
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw rowError(
      table,
      row,
      `${value} in target column ${JSON.stringify(column.name)} is beyond 2^53, where whole numbers cannot be told apart; name the column in categories`,
    );
  }
  return Number.isNaN(value) ? "" : String(value);
}
