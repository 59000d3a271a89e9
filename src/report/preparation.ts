/** @file What was done to the rows of a table, in words. */
import type { Preparation } from "../data/dataset.ts";
import { formats } from "./format.ts";
import { type Language, list, say, sentences } from "./text.ts";

/** Columns that are named; the rest are counted. */
const mostColumns = 8;

/** How many rows were read, dropped and imputed: `891 rows read, 2 dropped, …`. */
export function preparationText(language: Language, preparation: Preparation): string {
  const { rows, dropped, imputed } = preparation;
  const { count } = formats(language);
  const values = imputed.reduce((sum, column) => sum + column.rows, 0);
  const named = imputed
    .slice(0, mostColumns)
    .map(({ column, rows: n }) => say(language, "rowsColumn", { column, count: count(n) }));
  const rest = imputed.length - named.length;
  const columns =
    rest === 0 ? named : [...named, say(language, "rowsMore", { count: count(rest) })];
  return sentences(language, [
    say(language, "rowsValue", {
      rows: count(rows),
      dropped: count(dropped.target + dropped.features),
      imputed: count(values),
    }),
    dropped.target + dropped.features === 0
      ? ""
      : say(language, "rowsDropped", {
          target: count(dropped.target),
          features: count(dropped.features),
        }),
    values === 0 ? "" : say(language, "rowsImputed", { columns: list(language, columns) }),
  ]);
}
