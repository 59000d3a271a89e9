/** @file Which rows of a table train and which validate: by chance, by class, by group, or as a column says. */
import { DataError, InputError } from "../../errors.ts";
import { generator, stream } from "../rng.ts";
import { range, shuffleInPlace } from "../sampler.ts";
import { examplesApart, shares } from "../split.ts";
import { fate, selectedCount, selectedRows, type Selection, type Steps } from "./blocks.ts";
import { isTextColumn, rowError, sourceOf, textAt, type RawColumn } from "./raw-table.ts";

/** How to split by chance. */
export interface ChanceOptions {
  /** Part of the rows to validate on, above 0 and below 1. */
  readonly split: number;
  readonly seed: number;
  /** Place of the column of whose values both parts keep the proportions. */
  readonly stratify?: number | undefined;
  /** Place of the column whose equal values stay together. */
  readonly groups?: number | undefined;
}

/**
 * Gives ⌈N · split⌉ of the chosen rows the fate to validate, by chance; with `stratify` in proportion from each of its values; with
 * `groups` whole groups, so many that they come nearest to that number.
 *
 * @throws InputError when a part would be empty; DataError for a missing group
 */
export function* splitByChance(rows: Selection, options: ChanceOptions): Steps<void> {
  const { split, seed, stratify, groups } = options;
  if (stratify !== undefined && groups !== undefined) {
    throw new InputError(
      "a split keeps either groups together or proportions: give groups or stratify, not both",
    );
  }
  const size = selectedCount(rows);
  if (size < 2)
    throw new DataError(
      `${sourceOf(rows.table)} has ${size} row with a target; a split needs one to train on and one to validate on`,
    );
  const count = examplesApart("split", size, split);
  const { integer } = generator(seed, stream.split, size);
  if (groups !== undefined) return yield* splitGroups(rows, groups, count, integer);
  const strata = yield* rowsByValue(rows, stratify, size);
  const sizes = strata.map(({ length }) => length);
  shares(sizes, count, size).forEach((share, i) => {
    const mixed = shuffleInPlace(strata[i]!, integer);
    for (let j = 0; j < share; j++) rows.fates[mixed[j]!] = fate.validates;
  });
}

function* splitGroups(
  rows: Selection,
  column: number,
  count: number,
  integer: (n: number) => number,
): Steps<void> {
  const sizes = yield* countValues(rows, column);
  if (sizes.length < 2) {
    throw new DataError(
      `${sourceOf(rows.table)}: group column ${JSON.stringify(rows.table.columns[column]!.name)} has one value only; a split needs two groups`,
    );
  }
  const apart = nearest(shuffleInPlace(range(sizes.length), integer), sizes, count);
  yield* eachValue(rows, column, (row, group) => {
    if (apart[group] === 1) rows.fates[row] = fate.validates;
  });
}

/** Groups, in their order, that bring the number of rows nearer to `count`: at least one (the smallest), and not all; marked with 1. */
function nearest(order: Int32Array, sizes: readonly number[], count: number): Uint8Array {
  const apart = new Uint8Array(sizes.length);
  let [taken, size] = [0, 0];
  for (const group of order) {
    if (taken === sizes.length - 1) break;
    const larger = size + sizes[group]!;
    if (Math.abs(larger - count) >= Math.abs(size - count)) continue;
    apart[group] = 1;
    taken++;
    size = larger;
  }
  if (taken > 0) return apart;
  apart[order.reduce((least, group) => (sizes[group]! < sizes[least]! ? group : least))] = 1;
  return apart;
}

/** The chosen rows of each value of a column, values in the order they come, as parts of one array; without a column all of them. */
function* rowsByValue(
  rows: Selection,
  column: number | undefined,
  size: number,
): Steps<readonly Int32Array[]> {
  const all = new Int32Array(size);
  if (column === undefined) {
    let at = 0;
    const { fates } = rows;
    for (let row = 0; row < fates.length; row++) if (fates[row] !== fate.leftOut) all[at++] = row;
    return [all];
  }
  const sizes = yield* countValues(rows, column);
  let start = 0;
  const ends = sizes.map((count) => (start += count) - count);
  yield* eachValue(rows, column, (row, value) => {
    all[ends[value]!++] = row;
  });
  return sizes.map((count, value) => all.subarray(ends[value]! - count, ends[value]));
}

/** How many of the chosen rows have each value of a column, values in the order they come. */
function* countValues(rows: Selection, column: number): Steps<readonly number[]> {
  const counts: number[] = [];
  yield* eachValue(rows, column, (_, value) => (counts[value] = (counts[value] ?? 0) + 1));
  return counts;
}

/**
 * Visits the chosen rows with the number of their value, numbered from 0 in the order they come.
 *
 * @throws DataError for a missing value
 */
function* eachValue(
  rows: Selection,
  at: number,
  visit: (row: number, value: number) => void,
): Steps<void> {
  const numbers = new Map<number, number>();
  for (const { columns, chosen, first, rows: length } of selectedRows(rows, [at])) {
    const [column] = columns as readonly [RawColumn];
    const values = isTextColumn(column) ? column.codes : column.values;
    for (let i = 0; i < chosen.length; i++) {
      const row = chosen[i]!;
      // Codes stand for texts one to one, so that they do for telling values apart.
      const value = values[row]!;
      if (isTextColumn(column) ? value < 0 : Number.isNaN(value)) {
        throw rowError(
          rows.table,
          first + row,
          `column ${JSON.stringify(column.name)} has no value, and the split goes by it`,
        );
      }
      const known = numbers.get(value);
      if (known === undefined) numbers.set(value, numbers.size);
      visit(first + row, known ?? numbers.size - 1);
    }
    yield length;
  }
}

const trainingWords = ["train", "training", "false", "0"];
const validationWords = ["validation", "valid", "val", "test", "testing", "dev", "true", "1"];

/**
 * The chosen rows as a column says: `train` or `training`, false or 0 trains; `validation`, `valid`, `val`, `test` or `dev`, true or 1
 * validates.
 *
 * @throws DataError for another value, naming its row, and when a part is empty
 */
export function* splitByColumn(rows: Selection, at: number): Steps<void> {
  const { table, fates } = rows;
  const { name } = table.columns[at]!;
  const sizes = { train: 0, validation: 0 };
  for (const { columns, chosen, first, rows: length } of selectedRows(rows, [at])) {
    const isApart = remembered(columns[0]!);
    for (let i = 0; i < chosen.length; i++) {
      const row = chosen[i]!;
      const answer = isApart(row);
      if (answer === undefined) {
        const text = textAt(columns[0]!, row);
        throw rowError(
          table,
          first + row,
          `split column ${JSON.stringify(name)} must say train or validation (or test), true or false, 1 or 0; got ${text === undefined ? "no value" : JSON.stringify(text)}`,
        );
      }
      sizes[answer ? "validation" : "train"]++;
      if (answer) fates[first + row] = fate.validates;
    }
    yield length;
  }
  for (const [part, size] of Object.entries(sizes)) {
    if (size > 0) continue;
    throw new DataError(
      `${sourceOf(table)}: split column ${JSON.stringify(name)} leaves no row for ${part}`,
    );
  }
}

/** Whether the rows of a column are set apart, read once for each value; undefined for a value that does not say. */
function remembered(column: RawColumn): (row: number) => boolean | undefined {
  const answers = new Map<number, boolean | undefined>();
  const values = isTextColumn(column) ? column.codes : column.values;
  return (row) => {
    const value = values[row]!;
    if (!answers.has(value)) answers.set(value, meaning(textAt(column, row)));
    return answers.get(value);
  };
}

function meaning(text: string | undefined): boolean | undefined {
  const word = text?.trim().toLowerCase() ?? "";
  if (validationWords.includes(word)) return true;
  return trainingWords.includes(word) ? false : undefined;
}
