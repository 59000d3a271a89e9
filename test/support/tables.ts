/** Tables in memory for tests. */
import type { TableBlocks } from "../../src/data/table/blocks.ts";
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

/** A table in blocks of `rows` rows, whose arrays are used again for every block, as those of a table on disk. */
export const inBlocks = (whole: RawTable, rows: number): TableBlocks => {
  const scratch = new Map<number, Float64Array | Float32Array | Int32Array>();
  return {
    columns: whole.columns.map(({ name, type }) => ({ name, type })),
    rows: whole.rows,
    parts: whole.parts,
    count: Math.ceil(whole.rows / rows),
    block: (index, columns) => {
      const first = index * rows;
      const length = Math.min(rows, whole.rows - first);
      for (const values of scratch.values()) values.fill(77);
      return {
        first,
        rows: length,
        columns: columns.map((at): RawColumn => {
          const column = whole.columns[at]!;
          const from = "codes" in column ? column.codes : column.values;
          const room = scratch.get(at) ?? from.slice(0, rows);
          scratch.set(at, room);
          room.set(from.subarray(first, first + length));
          const values = room.subarray(0, length);
          return "codes" in column
            ? { ...column, codes: values as Int32Array }
            : { ...column, values: values as Float64Array };
        }),
      };
    },
  };
};
