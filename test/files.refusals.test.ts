import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../src/errors.ts";
import { clearCache, loadFile, openStored, readTable } from "../src/files.node.ts";
import { testFolder } from "./support/files.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();

/** The error of a reading, which must be one of ours, of one or two lines, that names the file. */
const refusal = async (path: string, options: Parameters<typeof loadFile>[1]): Promise<string> => {
  const error: unknown = await loadFile(path, options).catch((e: unknown) => e);
  if (!(error instanceof InputError)) throw new Error(`expected a refusal, got ${String(error)}`);
  expect(error.message.split("\n").length).toBeLessThanOrEqual(2);
  return error.message;
};

describe("a call is refused, by what is wrong with it", () => {
  const path = "a.csv";
  const wrong = (value: unknown) => value as never;
  it.each([
    [
      "spilt",
      () => loadFile(path, wrong({ target: "y", spilt: 0.3 })),
      "option of loadFile must be",
    ],
    [
      "trget",
      () => openStored(path, wrong({ trget: "y", memory: 9 })),
      "option of openStored must be",
    ],
    ["null", () => loadFile(path, wrong(null)), "the options of loadFile must be an object"],
    ["undefined", () => openStored(path, wrong(undefined)), "the options of openStored must be"],
    ["5", () => loadFile(wrong(5)), "the path of a file must be text"],
    ["undefined", () => openStored(wrong(undefined), { memory: 9 }), "the path of a file must be"],
    ["[object Object]", () => clearCache(wrong({ folder: path })), "cacheFolder must be text"],
  ] as const)("%s", async (value, made, message) => {
    const error: unknown = await made().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain(value);
  });
});

describe("a broken table is refused, by file and line", () => {
  const target = { target: "y" };
  it.each([
    ["nothing", "a.csv", "", "is empty"],
    ["a header alone", "a.csv", "a,y\n", "has no rows"],
    ["one row", "a.csv", "a,y\n1,2\n", "has 1 row with a target; a split needs one to train on"],
    ["one column", "a.csv", "y\n1\n2\n3\n1\n2\n3\n", "has no column to learn from"],
    ["one class", "a.csv", "a,y\n1,b\n2,b\n3,b\n", "holds one class only"],
    ["a short row", "a.csv", "a,b,y\n1,2,3\n4,5\n", "line 3: expected 3 columns, got 2"],
    ["a long row", "a.csv", "a,y\n1,2\n4,5,6\n", "line 3: expected 2 columns, got 3"],
    ["an open quote", "a.csv", 'a,y\n1,2\n"4,5\n', "line 3: a quoted field does not end"],
    [
      "text after a quote",
      "a.csv",
      'a,y\n1,2\n"4"x,5\n',
      "line 3: a quoted field does not end, or goes on",
    ],
    ["names that come twice", "a.csv", "a,a,y\n1,2,3\n", 'columns 1 and 2 have the same name "a"'],
    [
      "no header",
      "a.csv",
      "1,2\n3,4\n",
      'no target column "y"; its columns are "column1", "column2"',
    ],
    ["no such column", "a.csv", "a,b\n3,4\n", 'no target column "y"; its columns are "a", "b"'],
    ["line ends that change", "a.csv", "a,y\r\n1,2\n3,4\r\n", "lines that end in different ways"],
    ["JSON that is cut", "a.jsonl", '{"a":1,"y":2}\n{"a":1', "line 2: not a whole JSON object"],
    ["JSON lists", "a.jsonl", '{"a":1,"y":2}\n[1,2]\n', "line 2: expected an object"],
    ["JSON keys that come twice", "a.jsonl", '{"a":1,"a":2,"y":2}\n', 'duplicate key "a"'],
    ["JSON keys that differ in case", "a.jsonl", '{"a":1,"A":2,"y":2}\n', "differ in case only"],
    [
      "JSON objects in a column",
      "a.jsonl",
      '{"a":{"b":1},"y":1}\n{"a":{"b":2},"y":2}\n',
      "which is no number, text or time",
    ],
    [
      "JSON of mixed shapes",
      "a.jsonl",
      '{"a":[1],"y":1}\n{"a":2,"y":2}\n',
      "holds objects or lists",
    ],
    ["a Parquet name", "a.parquet", "a,y\n1,2\n", "is not Parquet"],
    ["Parquet that is cut", "b.parquet", "PAR1 and no more", "No magic bytes found at end of file"],
    ["a zip name", "a.csv", "PK\u0003\u0004 and so on", "must hold|is no whole zip archive"],
  ])("%s", async (_, name, content, expected) => {
    const path = write(name, content);
    const message = await refusal(path, target);
    expect(message).toMatch(new RegExp(expected.replace(/[.*+?^${}()[\]\\]/g, "\\$&")));
    expect(message).toContain(path);
  });

  it("bytes that are not UTF-8", async () => {
    const bytes = Buffer.concat([
      Buffer.from("a,y\n1,2\n"),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(",3\n"),
    ]);
    expect(await refusal(write("u.csv", bytes), target)).toContain("line 3: not UTF-8");
    expect(
      await refusal(
        write("h.csv", Buffer.from([0x61, 0xff, 0x2c, 0x79, 0x0a, 0x31, 0x2c, 0x32, 0x0a])),
        target,
      ),
    ).toContain("line 1");
    expect(
      await refusal(write("w.csv", Buffer.from("\ufeffa,y\n1,2\n", "utf16le")), target),
    ).toContain("UTF-16");
  });

  it("a text among numbers, whatever becomes of its row", async () => {
    const cells = range(100).map((i) => (i === 41 ? "total" : String(i)));
    const part = (i: number): string => (i === 41 || i === 42 ? "test" : "train");
    const rows = {
      trains: cells.map((a, i) => `${a},${i % 2},${i < 3 ? "test" : "train"}`),
      validates: cells.map((a, i) => `${a},${i % 2},${part(i)}`),
      "has no target": cells.map(
        (a, i) => `${a},${i === 41 ? "" : i % 2},${i < 3 ? "test" : "train"}`,
      ),
    };
    for (const [what, lines] of Object.entries(rows)) {
      const path = write("a.csv", ["a,y,part", ...lines].join("\n"));
      expect(await refusal(path, { ...target, split: { column: "part" } }), what).toContain(
        'column "a" holds numbers, but also "total" (first in row 42)',
      );
    }
  });

  it("gzip that is cut, at every length", async () => {
    const bytes = gzipSync(
      `a,y\n${range(50)
        .map((i) => `${i},${i % 2}`)
        .join("\n")}\n`,
    );
    for (let length = 2; length < bytes.length; length += 23) {
      expect(await refusal(write("a.csv.gz", bytes.subarray(0, length)), target)).toMatch(
        /cut or corrupt|is empty/,
      );
    }
  });

  it("Parquet that is cut or damaged, at many places: read, or refused", async () => {
    const { openDatabase } = await import("../src/data/table/duckdb.node.ts");
    const { sqlText } = await import("../src/data/table/sql.ts");
    const source = write(
      "whole.csv",
      `a,b,y\n${range(60)
        .map((i) => `${i},t${i % 7},${i % 2}`)
        .join("\n")}\n`,
    );
    const path = join(folder, "whole.parquet");
    const database = await openDatabase();
    await database.rows(`COPY (FROM ${sqlText(source)}) TO ${sqlText(path)} (FORMAT parquet)`);
    database.close();
    const bytes = readFileSync(path);
    expect((await loadFile(path, target)).training.size).toBe(48);
    for (let at = 0; at < bytes.length; at += 97) {
      expect(await refusal(write("cut.parquet", bytes.subarray(0, at)), target)).toMatch(
        /cut|empty|Parquet/i,
      );
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      const file = write("flipped.parquet", damaged);
      const error: unknown = await loadFile(file, target).then(
        () => undefined,
        (e: unknown) => e,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(InputError);
    }
  });

  it("a folder, no file, and a pattern that nothing matches", async () => {
    expect(await refusal(join(folder, "none.csv"), target)).toContain("there is no file");
    expect(await refusal(join(folder, "*.none"), target)).toContain("no file matches");
  });

  it("without a target, naming the columns", async () => {
    const path = write("a.csv", "a,b\n1,2\n");
    expect(await refusal(path, {})).toBe(
      'give target, the column to predict: its columns are "a", "b"',
    );
  });

  it("whatever is in it: read, or refused in a line or two", async () => {
    const piece = fc.constantFrom(
      "a",
      "1",
      "-2.5",
      "1e400",
      "99999999999999999999999",
      "",
      " ",
      ",",
      ",",
      "\n",
      "\n",
      "\r\n",
      '"',
      '""',
      ";",
      "\t",
      "NA",
      "\0",
      "é",
      "true",
      "2020-01-01",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 60 }),
        fc.constantFrom("", "a,y\n"),
        async (pieces, start) => {
          const path = write("f.csv", start + pieces.join(""));
          try {
            const { training, validation, report } = await readTable(path, { target: "y" });
            expect(training.size + validation!.size + report.dropped.target).toBe(report.rows);
            expect(training.x.data.every(Number.isFinite)).toBe(true);
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
            expect(error.message.split("\n").length).toBeLessThanOrEqual(2);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
