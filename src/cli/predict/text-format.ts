/** @file Rows as text, CSV and JSON lines, with every number in as many digits as it takes to read the same bits again. */
import type { OutputColumn } from "./predictions.ts";

/** Text of some rows. */
export interface TextFormat {
  /** What stands before the first row. */
  readonly head: (columns: readonly OutputColumn[]) => string;
  /** One line, with its end. */
  readonly line: (row: readonly unknown[], columns: readonly OutputColumn[]) => string;
}

/** RFC 4180 with `\n`: nothing for a missing value, `""` for an empty text. */
export const csvFormat: TextFormat = {
  head: (columns) => `${columns.map(({ name }) => quoted(name)).join(",")}\n`,
  line: (row, columns) =>
    `${row.map((value, i) => csvField(value, columns[i]?.type ?? "")).join(",")}\n`,
};

/** An object a line; null for a missing value and for a number that is not finite. */
export const jsonFormat: TextFormat = {
  head: () => "",
  line: (row, columns) =>
    `{${row
      .map((value, i) => {
        const { name = "", type = "" } = columns[i] ?? {};
        return `${JSON.stringify(name)}:${jsonValue(value, type)}`;
      })
      .join(",")}}\n`,
};

function csvField(value: unknown, type: string): string {
  if (value === null || value === undefined) return "";
  return quoted(typeof value === "number" ? numberText(value, type) : written(value));
}

function quoted(text: string): string {
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonValue(value: unknown, type: string): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return Number.isFinite(value) ? numberText(value, type) : "null";
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  return JSON.stringify(written(value));
}

/** The fewest digits that give the same number again: the same float32 for FLOAT, the same float64 otherwise. */
export function numberText(value: number, type: string): string {
  if (Object.is(value, -0)) return "-0";
  if (type !== "FLOAT" || !Number.isFinite(value)) return String(value);
  for (const digits of [7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** Texts as they are; dates and the like as DuckDB writes them. */
function written(value: unknown): string {
  return (value as { readonly toString: () => string }).toString();
}
