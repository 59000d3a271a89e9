import { describe, expect, it } from "vitest";
import { number, range, table, text } from "../../../test/support/tables.ts";
import { openDatabase } from "./duckdb.node.ts";
import { prepareTable, type PrepareOptions, type PreparedTable } from "./prepare.ts";
import { sqlText } from "./sql.ts";

const rows = 100;
const y = number(
  "y",
  range(rows).map((i) => i % 2),
);
const prepared = (
  values: readonly string[],
  options: Partial<PrepareOptions> = {},
): PreparedTable =>
  prepareTable(table(text("a", values), y), { target: "y", split: 0, ...options });

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const long = ["May", "August"];

/** The value of a text by the query that is advised. */
async function byQuery(message: string, value: string): Promise<string> {
  const [, query] = /give the query (SELECT .* FROM data)/.exec(message) ?? [];
  const database = await openDatabase();
  await database.rows(`CREATE VIEW data AS SELECT ${sqlText(value)} AS a`);
  const [[found]] = (await database.rows(query!)) as [[unknown]];
  database.close();
  return String(found);
}

describe("texts that are numbers or days in another form", () => {
  it.each<[string, (i: number) => string, string, string]>([
    ["numbers whose thousands are set apart", (i) => `${i},234.50`, "7,234.50", "7234.5"],
    ["numbers whose thousands are set apart", (i) => `1,${100 + i},000`, "1,107,000", "1107000"],
    ["percentages", (i) => `${i}.5 %`, "7.5 %", "7.5"],
    ["percentages", (i) => `-${i}%`, "-7%", "-7"],
    ["amounts of money", (i) => `$1,${100 + i}.25`, "$1,107.25", "1107.25"],
    ["amounts of money", (i) => `${i} €`, "7 €", "7"],
    ["days", (i) => `${1 + (i % 12)}/${1 + (i % 28)}/2020`, "8/9/2020", "2020-08-09 00:00:00"],
    ["days", (i) => `${1 + (i % 28)}/${1 + (i % 12)}/2020`, "8/9/2020", "2020-09-08 00:00:00"],
    ["days", (i) => `${1 + (i % 12)}.${1 + (i % 11)}.20`, "8.9.20", "2020-09-08 00:00:00"],
    [
      "days",
      (i) => `${1 + (i % 12)}/${1 + (i % 11)}/2020 ${i % 24}:05`,
      "8/9/2020 7:05",
      "2020-08-09 07:05:00",
    ],
    ["days", (i) => `${1 + (i % 28)}-${months[i % 12]}-2020`, "8-Sep-2020", "2020-09-08 00:00:00"],
    [
      "days",
      (i) => `${long[i % 2]} ${1 + (i % 25)}, 2020`,
      "August 9, 2020",
      "2020-08-09 00:00:00",
    ],
    [
      "days",
      (i) => `${1 + (i % 12)}/${1 + (i % 28)}/20 ${1 + (i % 12)}:05:09 ${i % 2 ? "AM" : "PM"}`,
      "8/9/20 7:05:09 PM",
      "2020-08-09 19:05:09",
    ],
    [
      "days",
      (i) => `2020-01-${10 + (i % 20)} ${1 + (i % 12)}:05 pm`,
      "2020-01-02 7:05 PM",
      "2020-01-02 19:05:00",
    ],
  ])("are refused, %s, with a query that reads them", async (what, textOf, value, expected) => {
    const refused = (): unknown => prepared(range(rows).map(textOf));
    expect(refused).toThrow(`t.csv: column "a" holds ${what}`);
    expect(refused).toThrow("or name the column in categories");
    let message = "";
    try {
      refused();
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(await byQuery(message, value)).toBe(expected);
  });

  it("says both where a comma may stand before decimals and between thousands", () => {
    expect(() => prepared(range(rows).map((i) => `${i},234`))).toThrow(
      'give decimal "," if it stands before decimals; if it sets thousands apart, give the query',
    );
    expect(() => prepared(range(rows).map((i) => `${i},5`))).toThrow(/; give decimal ",";/);
  });

  it("are categories where they are few, or named so, or texts for the most part", () => {
    const inputs = (values: readonly string[], categories: readonly string[] = []): number =>
      prepared(values, { categories }).report.inputs;
    const percentages = range(rows).map((i) => `${i}%`);
    expect(inputs(range(rows).map((i) => `${i % 10}0%`))).toBe(10);
    expect(inputs(percentages, ["a"])).toBe(33);
    expect(inputs(percentages.map((value, i) => (i < 11 ? `text ${i}` : value)))).toBe(33);
    expect(() => inputs(percentages.map((value, i) => (i < 10 ? `text ${i}` : value)))).toThrow(
      "percentages",
    );
  });

  it("are refused as a target, too, unless classes are asked for", () => {
    const x = number("x", range(rows));
    const targets = (
      values: readonly string[],
      options: Partial<PrepareOptions> = {},
    ): PreparedTable =>
      prepareTable(table(x, text("a", values)), { target: "a", split: 0, ...options });
    const prices = range(rows).map((i) => `${i + 1},000.00`);
    expect(() => targets(prices)).toThrow(
      /numbers whose thousands are set apart such as "1,000.00"; give the query .*; or ask for classes with task classification$/,
    );
    expect(targets(prices, { task: "classification" }).report.task).toBe("classification");
    const unknown = range(rows).map((i) => (i === 7 ? "unknown" : String(i)));
    expect(() => targets(unknown)).toThrow('holds numbers, but also "unknown" (first in row 8)');
    expect(targets(range(rows).map((i) => `${i % 20}%`)).report.task).toBe("classification");
  });
});
