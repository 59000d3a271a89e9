/** @file A table as it was read: named columns of equal length, numbers and texts, missing values marked. */
import { DataError } from "../../errors.ts";

/** What a column holds. Dates are days and timestamps seconds since 1970-01-01, times of day seconds since midnight. */
export type ColumnType = "number" | "date" | "timestamp" | "time" | "boolean" | "text";

/** Numbers, or times as numbers; a missing value is NaN. */
export interface NumberColumn {
  readonly name: string;
  readonly type: "number" | "date" | "timestamp" | "time";
  readonly values: Float32Array | Float64Array;
}

/** Texts, or `"true"` and `"false"`: each row holds the index of its text in `levels`, −1 where it is missing. */
export interface TextColumn {
  readonly name: string;
  readonly type: "text" | "boolean";
  readonly codes: Int32Array;
  /** The different texts, in the order they were met. */
  readonly levels: readonly string[];
}

/** A column of a {@link RawTable}. */
export type RawColumn = NumberColumn | TextColumn;

/** A file, and how many rows of a table came from it. */
export interface TablePart {
  readonly source: string;
  readonly rows: number;
  /** Rows of the file that come before these, where the table is a piece of it. */
  readonly before?: number;
}

/** Columns of equal length, with the files that their rows came from, in order. */
export interface RawTable {
  readonly columns: readonly RawColumn[];
  readonly rows: number;
  readonly parts: readonly TablePart[];
}

/** Whether values of a type are texts or booleans. */
export function isText(type: ColumnType): type is TextColumn["type"] {
  return type === "text" || type === "boolean";
}

/** Whether a column holds texts or booleans. */
export function isTextColumn(column: RawColumn): column is TextColumn {
  return isText(column.type);
}

/** Whether the value of a row is missing. */
export function isMissing(column: RawColumn, row: number): boolean {
  return isTextColumn(column) ? column.codes[row]! < 0 : Number.isNaN(column.values[row]);
}

/** The value of a row as text; undefined where it is missing. */
export function textAt(column: RawColumn, row: number): string | undefined {
  if (isTextColumn(column)) return column.levels[column.codes[row]!];
  const value = column.values[row]!;
  return Number.isNaN(value) ? undefined : String(value);
}

/** Where the rows of a table came from, in a word. */
export function sourceOf({ parts }: Pick<RawTable, "parts">): string {
  const [first] = parts;
  if (first === undefined) return "table";
  return parts.length === 1 ? first.source : `${first.source} and ${parts.length - 1} more`;
}

/** `people.csv, row 17`: rows are counted from 1 in each file, without the header. */
export function placeOf({ parts }: Pick<RawTable, "parts">, row: number): string {
  let rest = row;
  for (const { source, rows, before = 0 } of parts) {
    if (rest < rows) return `${source}, row ${before + rest + 1}`;
    rest -= rows;
  }
  return `row ${row + 1}`;
}

/** An error at a row. */
export function rowError(table: Pick<RawTable, "parts">, row: number, what: string): DataError {
  return new DataError(`${placeOf(table, row)}: ${what}`);
}

/**
 * A function that finds columns by their name.
 *
 * @returns the place of a column; throws DataError naming the columns that there are, and the role that was looked for
 */
export function columnPlaces(table: {
  readonly columns: readonly Pick<RawColumn, "name">[];
  readonly parts: readonly TablePart[];
}): (name: string, role?: string) => number {
  const names = table.columns.map(({ name }) => name);
  const places = new Map(names.map((name, i) => [name, i]));
  return (name, role = "column") => {
    const found = places.get(name);
    if (found !== undefined) return found;
    throw noColumn(sourceOf(table), name, names, role);
  };
}

/** An error for a name that no column has. */
export function noColumn(
  source: string,
  name: string,
  names: readonly string[],
  role: string,
): DataError {
  const shown = names.slice(0, 12).map((known) => JSON.stringify(known));
  const more = names.length > shown.length ? `, … (${names.length} in all)` : "";
  return new DataError(
    `${source} has no ${role} ${JSON.stringify(name)}; its columns are ${shown.join(", ")}${more}`,
  );
}
