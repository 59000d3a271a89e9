/** Tables in memory for tests. */
import type {
  NumberColumn,
  RawColumn,
  RawTable,
  TextColumn,
} from "../../src/data/table/raw-table.ts";

export const number = (name: string, values: readonly (number | null)[]): NumberColumn => ({
  name,
  type: "number",
  values: Float64Array.from(values, (value) => value ?? NaN),
});

export const text = (
  name: string,
  values: readonly (string | null)[],
  type: TextColumn["type"] = "text",
): TextColumn => {
  const levels = [...new Set(values.filter((value) => value !== null))];
  return {
    name,
    type,
    levels,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))),
  };
};

export const table = (...columns: readonly RawColumn[]): RawTable => {
  const [first] = columns;
  const rows =
    first === undefined ? 0 : "codes" in first ? first.codes.length : first.values.length;
  return { columns, rows, parts: [{ source: "t.csv", rows }] };
};

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
