import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyPreprocessing,
  featureNames,
  readColumns,
  readRows,
  readTable,
  reportLines,
} from "../src/files.node.ts";
import { testFolder } from "./support/files.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();

const people = range(60).map((i) => ({
  age: i % 7 === 0 ? null : 20 + i / 2,
  city: ["Rome", "Bern", 'Le "Havre"'][i % 3]!,
  member: i % 2 === 0,
  joined: `2020-0${(i % 9) + 1}-15`,
  seen: `2021-03-04 0${i % 10}:30:00`,
  bought: i % 4 === 0 ? "yes" : "no",
}));
const header = Object.keys(people[0]!);
const quoted = (value: string | number | boolean | null): string => {
  const text = value === null ? "" : String(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const csv = [header, ...people.map((row) => Object.values(row))]
  .map((fields) => `${fields.map(quoted).join(",")}\n`)
  .join("");

describe("a table", () => {
  const sources = {
    "people.csv": () => csv,
    "people.tsv": () =>
      csv.replaceAll('"Le ""Havre"""', "@").replaceAll(",", "\t").replaceAll("@", '"Le ""Havre"""'),
    "crlf.csv": () => csv.replaceAll("\n", "\r\n"),
    "people.csv.gz": () => gzipSync(csv),
    "people.jsonl": () => people.map((row) => `${JSON.stringify(row)}\n`).join(""),
    "people.jsonl.gz": () => gzipSync(people.map((row) => JSON.stringify(row)).join("\n")),
    "people.json": () => JSON.stringify(people),
  };

  it("is the same from every format", async () => {
    const wanted = await readTable(write("people.csv", csv), { target: "bought", name: "people" });
    expect(featureNames(wanted.preprocessing)).toEqual([
      "age", "age missing", "city=Bern", 'city=Le "Havre"', "city=Rome", "member=false", "member=true", "joined", "seen",
    ]); // prettier-ignore
    const parquet = join(folder, "people.parquet");
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(
      `COPY (SELECT * FROM read_csv('${write("p.csv", csv)}', types = {'bought': 'VARCHAR'})) TO '${parquet}'`,
    );
    const paths = [
      ...Object.entries(sources).map(([name, content]) => write(name, content())),
      parquet,
      write("people.parquet.gz", gzipSync(readFileSync(parquet))),
    ];
    for (const path of paths) {
      const { training, validation, preprocessing } = await readTable(path, {
        target: "bought",
        name: "people",
      });
      expect(preprocessing, path).toEqual(wanted.preprocessing);
      expect({ ...training, source: "" }).toEqual({ ...wanted.training, source: "" });
      expect({ ...validation, source: "" }).toEqual({ ...wanted.validation, source: "" });
    }
  });

  it("may be in several files, and errors name the right one", async () => {
    const [first = "", ...rest] = csv.trim().split("\n");
    const one = write("part-1.csv", [first, ...rest.slice(0, 30)].join("\n"));
    const two = write(
      "part-2.csv",
      [first, ...rest.slice(30), "x,Rome,true,2020-01-15,2021-03-04 00:30:00,yes"].join("\n"),
    );
    const { table } = await readColumns([
      one,
      write("part-3.csv", [first, ...rest.slice(30)].join("\n")),
    ]);
    expect(table.rows).toBe(60);
    await expect(readColumns([one, two], { types: new Map([["age", "number"]]) })).rejects.toThrow(
      `${two}, row 31: column "age" must be a number, got "x"`,
    );
    const pattern = await readColumns([join(folder, "*-part-[13].csv")]);
    expect(pattern.table.parts).toHaveLength(2);
    expect(pattern.table.columns.map(({ name }) => name)).toEqual(header);
  });

  it("may be the rows of a query", async () => {
    const path = write("people.csv", csv);
    const query = "SELECT age * 2 AS twice, member, bought FROM data WHERE city <> 'Rome'";
    const { report, preprocessing } = await readTable(path, { target: "bought", query });
    expect(report.rows).toBe(40);
    expect(featureNames(preprocessing)).toEqual([
      "twice",
      "twice missing",
      "member=false",
      "member=true",
    ]);
    await expect(
      readTable(path, { target: "bought", query: "SELECT nothing FROM data" }),
    ).rejects.toThrow(/^query: .*nothing/);
    const own = await readTable([], {
      target: "b",
      query: "SELECT range / 3 AS a, range % 2 AS b FROM range(50)",
    });
    expect(own.report.rows).toBe(50);
  });

  it("gives new rows the numbers they had in training", async () => {
    const path = write("people.csv", csv);
    const { training, preprocessing } = await readTable(path, { target: "bought", split: 0 });
    const rows = await readRows(
      path,
      JSON.parse(JSON.stringify(preprocessing)) as typeof preprocessing,
      { target: true },
    );
    const { x, y } = applyPreprocessing(rows, preprocessing, { target: true });
    expect(x.data).toEqual(training.x.data);
    expect(y).toEqual(training.y);
    // A column that holds other types in the new file is read as it was in training.
    const new1 = write(
      "new.csv",
      "age,city,member,joined,seen\n30,1,TRUE,2020-01-01,2020-01-01\n,2,false,2020-01-01,2020-01-01\n",
    );
    const applied = applyPreprocessing(await readRows(new1, preprocessing), preprocessing);
    expect([...applied.x.data.slice(2, 7)]).toEqual([0, 0, 0, 0, 1]);
    expect(applied.unknown).toEqual({ city: 2 });
    expect(applied.x.data[9 + 1]).toBe(1);
    const bad = write("bad.csv", "age,city,member,joined,seen\nold,1,true,2020-01-01,2020-01-01\n");
    await expect(readRows(bad, preprocessing)).rejects.toThrow(
      `${bad}, row 1: column "age" must be a number, got "old"`,
    );
  });

  it("is validated on a file, which may have other classes and an order of its own", async () => {
    const apart = write("test.csv", "bought,age,city\nno,30,Oslo\nmaybe,31,Rome\n");
    const { training, validation, report } = await readTable(write("people.csv", csv), {
      target: "bought",
      features: ["age", "city"],
      split: { file: apart },
    });
    expect([training.size, validation!.size]).toEqual([60, 2]);
    expect(training.classes).toEqual(["maybe", "no", "yes"]);
    expect(report).toMatchObject({ untrained: ["maybe"], unknown: { city: 1 } });
    expect(reportLines(report).join("\n")).toContain("classes without a row to train on: maybe");
  });

  it("with a column that has no name leaves it out", async () => {
    const path = write(
      "index.csv",
      `,a,y\n${range(30)
        .map((i) => `${i},${i * 0.3},${i % 2}`)
        .join("\n")}\n`,
    );
    const { preprocessing, report } = await readTable(path, { target: "y" });
    expect(featureNames(preprocessing)).toEqual(["a"]);
    expect(report.leftOut).toEqual([{ column: "column1", reason: "it has no name" }]);
  });

  it("keeps categories that look like numbers as they are written", async () => {
    const path = write(
      "zip.csv",
      `zip,y\n${range(40)
        .map((i) => `0${i % 4},${i % 2}`)
        .join("\n")}\n`,
    );
    const { preprocessing } = await readTable(path, { target: "y", categories: ["zip"] });
    expect(featureNames(preprocessing)).toEqual(["zip=00", "zip=01", "zip=02", "zip=03"]);
  });

  it("has numbers right, whatever they look like", async () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constant(null),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }),
        async (rows) => {
          const path = write(
            "n.csv",
            `a,b\n${rows.map((row) => row.map(quoted).join(",")).join("\n")}\n`,
          );
          const { table } = await readColumns([path], { types: new Map([["a", "number"], ["b", "number"]]) }); // prettier-ignore
          table.columns.forEach((column, c) => {
            expect(Array.from("values" in column ? column.values : [])).toEqual(
              rows.map((row) => (row[c] ?? NaN) + 0), // −0 is written as 0
            );
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  it("has texts right, whatever is in them", async () => {
    const field = fc
      .string({ unit: "binary", minLength: 1 })
      .map((text) => `x${text.replaceAll("\0", "")}`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 12 }),
        async (rows) => {
          const line = (fields: readonly string[]): string =>
            fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(",");
          const path = write("t.csv", ["a,b", ...rows.map(line)].join("\n"));
          const { table } = await readColumns([path], { header: true });
          table.columns.forEach((column, c) => {
            const texts =
              "codes" in column ? Array.from(column.codes, (code) => column.levels[code]) : [];
            const wellFormed = (text: string): string => Buffer.from(text).toString();
            expect(texts).toEqual(rows.map((row) => wellFormed(row[c]!)));
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  it("may have a comma before its decimals", async () => {
    const path = write("comma.csv", "a;y\n1,5;0\n-2,25;1\n1.234,5;0\n;1\n");
    const { table } = await readColumns([path], { decimal: "," });
    expect(table.columns[0]).toMatchObject({ values: Float64Array.of(1.5, -2.25, 1234.5, NaN) });
    await expect(readTable(path, { target: "y", split: 0 })).rejects.toThrow(/give decimal ","/);
  });

  it("may have 10,000 columns", async () => {
    const columns = range(10_000);
    const rows = range(6).map((r) => `${columns.map((c) => (r * c) % 7).join(",")},${r % 2}`);
    const path = write(
      "wide.csv",
      `${columns.map((c) => `c${c}`).join(",")},y\n${rows.join("\n")}\n`,
    );
    const { training, report } = await readTable(path, { target: "y", split: 0 });
    expect(training.x.shape).toEqual([10_000]);
    expect(report.constant.slice(0, 2)).toEqual(["c0", "c7"]);
  });
});
