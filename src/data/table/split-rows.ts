/** @file Which rows of a table train and which validate: by chance, by class, by group, or as a column says. */
import { DataError, InputError } from "../../errors.ts";
import { generator, stream } from "../rng.ts";
import { shuffleInPlace } from "../sampler.ts";
import { examplesApart, shares } from "../split.ts";
import { rowError, sourceOf, textAt, type RawColumn, type RawTable } from "./raw-table.ts";

/** Rows of a table in two parts, each in the order of the table. */
export interface RowSplit {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/** How to split by chance. */
export interface ChanceOptions {
  /** Part of the rows to validate on, above 0 and below 1. */
  readonly split: number;
  readonly seed: number;
  /** Keep the proportions of these values in both parts. */
  readonly stratify?: RawColumn | undefined;
  /** Rows with the same value stay together. */
  readonly groups?: RawColumn | undefined;
}

/**
 * ⌈N · split⌉ rows set apart by chance; with `stratify` in proportion from each of its values; with `groups` whole groups, so many that
 * they come nearest to that number.
 *
 * @throws InputError when a part would be empty; DataError for a missing group
 */
export function splitByChance(table: RawTable, rows: Int32Array, options: ChanceOptions): RowSplit {
  const { split, seed, stratify, groups } = options;
  if (stratify !== undefined && groups !== undefined) {
    throw new InputError(
      "a split keeps either groups together or proportions: give groups or stratify, not both",
    );
  }
  const count = examplesApart("split", rows.length, split);
  const { integer } = generator(seed, stream.split, rows.length);
  const apart = new Set<number>();
  if (groups !== undefined) {
    const members = byValue(table, rows, groups);
    const order = shuffleInPlace([...members.keys()], integer);
    if (members.length < 2) {
      throw new DataError(
        `${sourceOf(table)}: group column ${JSON.stringify(groups.name)} has one value only; a split needs two groups`,
      );
    }
    const mixed = order.map((i) => members[i]!);
    for (const group of nearest(mixed, count)) group.forEach((row) => apart.add(row));
  } else {
    const strata = stratify === undefined ? [[...rows]] : byValue(table, rows, stratify);
    shares(strata, count, rows.length).forEach((share, i) => {
      const mixed = shuffleInPlace(strata[i]!, integer);
      for (let j = 0; j < share; j++) apart.add(mixed[j]!);
    });
  }
  return {
    training: rows.filter((row) => !apart.has(row)),
    validation: rows.filter((row) => apart.has(row)),
  };
}

const trainingWords = ["train", "training", "false", "0"];
const validationWords = ["validation", "valid", "val", "test", "testing", "dev", "true", "1"];

/**
 * The rows as a column says: `train` or `training`, false or 0 trains; `validation`, `valid`, `val`, `test` or `dev`, true or 1 validates.
 *
 * @throws DataError for another value, naming its row, and when a part is empty
 */
export function splitByColumn(table: RawTable, rows: Int32Array, column: RawColumn): RowSplit {
  const isApart = (row: number): boolean => {
    const text = textAt(column, row);
    const word = text?.trim().toLowerCase() ?? "";
    if (validationWords.includes(word)) return true;
    if (trainingWords.includes(word)) return false;
    const got = text === undefined ? "no value" : JSON.stringify(text);
    throw rowError(
      table,
      row,
      `split column ${JSON.stringify(column.name)} must say train or validation (or test), true or false, 1 or 0; got ${got}`,
    );
  };
  const apart = new Set([...rows].filter(isApart));
  for (const [part, size] of [
    ["train", rows.length - apart.size],
    ["validation", apart.size],
  ] as const) {
    if (size > 0) continue;
    throw new DataError(
      `${sourceOf(table)}: split column ${JSON.stringify(column.name)} leaves no row for ${part}`,
    );
  }
  return {
    training: rows.filter((row) => !apart.has(row)),
    validation: rows.filter((row) => apart.has(row)),
  };
}

/** The rows of each value, values in the order they come; a missing value is refused. */
function byValue(table: RawTable, rows: Int32Array, column: RawColumn): number[][] {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const value = textAt(column, row);
    if (value === undefined) {
      throw rowError(
        table,
        row,
        `column ${JSON.stringify(column.name)} has no value, and the split goes by it`,
      );
    }
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Groups, in their order, that bring the number of rows nearer to `count`: at least one (the smallest), and not all. */
function nearest(
  groups: readonly (readonly number[])[],
  count: number,
): readonly (readonly number[])[] {
  const taken: (readonly number[])[] = [];
  let size = 0;
  for (const group of groups) {
    if (taken.length === groups.length - 1) break;
    if (Math.abs(size + group.length - count) >= Math.abs(size - count)) continue;
    taken.push(group);
    size += group.length;
  }
  if (taken.length > 0) return taken;
  return [groups.reduce((least, group) => (group.length < least.length ? group : least))];
}
