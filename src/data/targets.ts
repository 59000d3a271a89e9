/** @file Targets from the user: class indices, class names, class probabilities or numbers to predict. */
import { InputError, show } from "../errors.ts";
import type { Column, Dataset } from "./dataset.ts";
import {
  isArrayLike,
  placeIn,
  tableOf,
  type FloatType,
  type NestedNumbers,
  type Table,
} from "./table.ts";

/** What a model learns: class indices or names (one an example), or rows of numbers. */
export type Targets = NestedNumbers | readonly string[];

/** How to read targets. */
export interface TargetOptions {
  /** Default: `"classification"` for names, whole numbers and one-hot rows, otherwise `"regression"`. */
  readonly task?: Dataset["task"];
  /** Number of classes, or their names by index; default: as many as the labels need. */
  readonly classes?: number | readonly string[];
  /** Type of probabilities and regression targets (default float32). */
  readonly dtype?: FloatType;
}

/** The target side of a data set. */
export type TargetColumn = Pick<Dataset, "y" | "task" | "classes">;

/** More classes than this, and more than examples, are taken for a mistake unless `classes` is given. */
const MANY_CLASSES = 1000;

/**
 * Targets as a column: int32 class indices of shape `[]`, float class probabilities of shape `[classes]`, or float regression
 * targets of shape `[outputs]` (`[1]` for one number an example).
 *
 * @throws InputError for labels that are negative, fractional or out of range, unknown class names, probabilities that are negative or
 *   do not add up to 1, and whatever {@link tableOf} refuses
 */
export function targetColumn(targets: Targets, options: TargetOptions = {}): TargetColumn {
  if (!isArrayLike(targets)) {
    throw new InputError(`y must be an array or a typed array, got ${show(targets)}`);
  }
  if (targets.length === 0) throw new InputError("y is empty; give at least one example");
  if (typeof targets[0] === "string") return namedClasses(targets, options);
  const rows = targets.length;
  // float64 holds every whole number of the other types, so nothing is rounded before it is checked.
  const table = tableOf(targets as NestedNumbers, { name: "y", rows, dtype: "float64" });
  const task = options.task ?? inferTask(table);
  if (task === "regression") {
    if (options.classes !== undefined) {
      throw new InputError('classes are for classification, got them with task "regression"');
    }
    return { task, y: floatColumn(table, options.dtype) };
  }
  if (table.shape.length > 1) {
    throw new InputError(
      `y must be one label or one row of probabilities an example, got rows of shape [${table.shape.join(", ")}]`,
    );
  }
  return table.shape[0] === 1 ? classIndices(table, options) : probabilities(table, options);
}

function inferTask(table: Table): Dataset["task"] {
  const { data, shape } = table;
  const [width = 1] = shape;
  if (shape.length > 1) return "regression";
  if (width === 1) return data.every((v) => Number.isInteger(v)) ? "classification" : "regression";
  for (let at = 0; at < data.length; at += width) {
    let ones = 0;
    for (let i = at; i < at + width; i++) {
      if (data[i] === 1) ones++;
      else if (data[i] !== 0) return "regression";
    }
    if (ones !== 1) return "regression";
  }
  return "classification";
}

function classIndices(table: Table, options: TargetOptions): TargetColumn {
  const given = classNames(options.classes);
  const labels = new Int32Array(table.rows);
  const limit = given?.length ?? 2 ** 31;
  let most = 1;
  for (let i = 0; i < labels.length; i++) {
    const label = table.data[i] ?? NaN;
    if (!Number.isInteger(label) || label < 0 || label >= limit) {
      const wanted =
        given === undefined ? "a whole number from 0" : `a class index from 0 to ${limit - 1}`;
      throw new InputError(
        `y[${i}] must be ${wanted}, got ${show(label)}; for numbers to predict give task: "regression"`,
      );
    }
    labels[i] = label;
    most = Math.max(most, label);
  }
  if (given === undefined && most >= Math.max(MANY_CLASSES, labels.length)) {
    throw new InputError(
      `y holds labels up to ${most} for ${labels.length} examples; give classes: ${most + 1} if they are classes, or task: "regression"`,
    );
  }
  const classes = given ?? numbered(most + 1);
  return { task: "classification", y: { data: labels, shape: [] }, classes };
}

function namedClasses(targets: ArrayLike<unknown>, options: TargetOptions): TargetColumn {
  if (options.task === "regression") {
    throw new InputError(`regression targets must be numbers, got ${show(targets[0])} in y[0]`);
  }
  const names: string[] = Array.from(targets, (name, i) => {
    if (typeof name === "string") return name;
    throw new InputError(`y[${i}] must be a string as y[0] is, got ${show(name)}`);
  });
  const found = [...new Set(names)].sort();
  const classes = classNames(options.classes, found) ?? found;
  const index = new Map(classes.map((name, i) => [name, i]));
  const labels = new Int32Array(names.length);
  names.forEach((name, i) => {
    const label = index.get(name);
    if (label === undefined) {
      throw new InputError(
        `y[${i}] is ${show(name)}, which is none of the ${classes.length} classes given`,
      );
    }
    labels[i] = label;
  });
  return { task: "classification", y: { data: labels, shape: [] }, classes };
}

function probabilities(table: Table, options: TargetOptions): TargetColumn {
  const [width = 0] = table.shape;
  const classes = classNames(options.classes) ?? numbered(width);
  if (classes.length !== width) {
    throw new InputError(
      `y must have a column a class: ${classes.length} classes, got ${width} columns`,
    );
  }
  for (let row = 0; row < table.rows; row++) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      const value = table.data[i] ?? NaN;
      if (value < 0) {
        throw new InputError(
          `${placeIn("y", table, i)} is ${show(value)}; a class probability must be at least 0`,
        );
      }
      sum += value;
    }
    if (Math.abs(sum - 1) > 1e-3) {
      throw new InputError(
        `y[${row}] adds up to ${sum}; class probabilities must add up to 1 (for numbers to predict give task: "regression")`,
      );
    }
  }
  return { task: "classification", y: floatColumn(table, options.dtype), classes };
}

function floatColumn(table: Table, dtype: FloatType = "float32"): Column {
  const { data, shape, rows } = table;
  if (dtype === "float64") return { data, shape };
  // A second reading, so that a value too large for float32 is refused by its place.
  return { data: tableOf(data, { name: "y", rows, shape, dtype }).data, shape };
}

/** Names of the classes as asked for; names found in the data come first when only their number was given. */
function classNames(
  classes: number | readonly string[] | undefined,
  found: readonly string[] = [],
): readonly string[] | undefined {
  if (classes === undefined) return undefined;
  if (typeof classes === "number") return namesByCount(classes, found);
  if (!Array.isArray(classes) || !classes.every((name) => typeof name === "string")) {
    refuseClasses(classes);
  }
  if (classes.length >= 2 && new Set(classes).size === classes.length) return classes;
  throw new InputError(
    `classes must be at least 2 different names, got [${classes.map(show).join(", ")}]`,
  );
}

function namesByCount(count: number, found: readonly string[]): readonly string[] {
  if (!Number.isInteger(count) || count < 2 || count > 2 ** 24) refuseClasses(count);
  if (found.length <= count) return [...found, ...numbered(count).slice(found.length)];
  throw new InputError(`y has ${found.length} different classes, more than classes: ${count}`);
}

function refuseClasses(classes: unknown): never {
  throw new InputError(
    `classes must be a whole number of at least 2, or the names of the classes, got ${show(classes)}`,
  );
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}
