/** @file `minibatch predict` through the real program. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../src/data/table/duckdb.node.ts";
import { sqlText } from "../src/data/table/sql.ts";
import { applyPreprocessing, loadFile, readRows, type Preprocessing } from "../src/files.node.ts";
import { dense, sequential, sgd, train } from "../src/index.ts";
import type { PredictSummary } from "../src/cli/predict/summary.ts";
import { call, minibatch, type Outcome } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";
import { knownModel } from "./support/known-model.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const path = (name: string): string => join(folder, name);

/** A table whose rows are none of the round numbers. */
const wine = (name: string): string =>
  write(
    name,
    `id,acid,colour,kind\n${range(120)
      .map((i) => `${1000 + i},${Math.sin(i) + (i % 3)},${i % 2 === 0 ? "red" : "white"},k${i % 3}`)
      .join("\n")}\n`,
  );

/** A regression on a number and a category: 2 a + 3 [red] + 5 [blue] + 7 [other], times 10, plus 100. */
async function priceModel(missing: Preprocessing["missing"]): Promise<string> {
  const preprocessing: Preprocessing = {
    version: 1,
    missing,
    features: [
      { kind: "number", column: "a", type: "number", mean: 1, scale: 2, indicator: false },
      {
        kind: "category",
        column: "colour",
        type: "text",
        levels: ["red", "blue"],
        other: true,
        fill: "red",
        indicator: false,
      },
    ],
    target: { kind: "number", column: "price", type: "number", mean: 100, scale: 10 },
  };
  const model = await knownModel([4, 3, 5, 7], [0], { x: [[1, 0, 0, 1]] });
  const bytes = model.toOnnx({ preprocessing: JSON.stringify(preprocessing) });
  return write(`${missing}.onnx`, bytes);
}

const lines = (text: string): readonly string[] => text.trim().split("\n");

describe("a run on a table", () => {
  const run = path("wine");
  const data = wine("wine.csv");
  let trained: Outcome;
  let expected: { readonly names: string[]; readonly logits: Float32Array };

  beforeAll(async () => {
    const options = ["--target", "kind", "--drop", "id", "--model", "linear"];
    const budget = ["--epochs", "5", "--learning-rate", "0.3", "--batch-size", "8", "--seed", "1"];
    trained = await minibatch("train", data, ...options, ...budget, "--json", "--out", run);
    // The same training by the library, and the same rows read at once.
    const { training, preprocessing } = await loadFile(data, { target: "kind", drop: ["id"] });
    const { model } = await train(sequential([dense(3)]), training, {
      epochs: 5,
      batchSize: 8,
      seed: 1,
      optimizer: sgd({ learningRate: 0.3 }),
    }).result;
    const { x } = applyPreprocessing(await readRows(data, preprocessing!), preprocessing!);
    const output = await model.predict(x);
    expected = {
      names: [...(training.classes ?? [])],
      logits: output.data as Float32Array,
    };
  });

  it("leaves a model", () => {
    expect(trained.code, trained.stderr).toBe(0);
    expect(readdirSync(run)).toContain("model.onnx");
  });

  it("prints CSV: a row each, its class, its probabilities", async () => {
    const { code, stdout, stderr } = await minibatch("predict", run, data);
    expect(code, stderr).toBe(0);
    const [head = "", ...rows] = lines(stdout);
    expect(head).toBe("row,prediction,probability_k0,probability_k1,probability_k2");
    expect(rows).toHaveLength(120);
    rows.forEach((line, i) => {
      const [row, name, ...probabilities] = line.split(",");
      const z = [...expected.logits.subarray(3 * i, 3 * i + 3)];
      const sum = z.reduce((total, value) => total + Math.exp(value), 0);
      expect(row).toBe(String(i + 1));
      expect(name).toBe(expected.names[z.indexOf(Math.max(...z))]);
      probabilities.forEach((p, c) => {
        expect(Number(p)).toBeCloseTo(Math.exp(z[c]!) / sum, 6);
      });
    });
    const right = rows.filter((line, i) => line.split(",")[1] === `k${i % 3}`).length;
    expect(stderr).toContain("120 rows predicted\n");
    expect(stderr).toContain(
      `accuracy ${Number(((100 * right) / 120).toFixed(2))}% on 120 rows with a target`,
    );
  });

  it("writes the same values to CSV, JSON lines and Parquet, and what is kept beside", async () => {
    const files = ["csv", "jsonl", "parquet"].map((ending) => path(`out.${ending}`));
    for (const out of files) {
      const { code, stdout } = await minibatch(
        ...["predict", run, data, "--keep", "id,kind", "--out", out, "--quiet"],
      );
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    }
    const database = await openDatabase();
    const list = "row, id, kind, prediction, probability_k0::FLOAT, probability_k1::FLOAT";
    const [csv, json, parquet] = await Promise.all(
      files.map((file) => database.rows(`SELECT ${list} FROM ${sqlText(file)}`)),
    );
    const types = await database.describe(`SELECT * FROM ${sqlText(files[2]!)}`);
    database.close();
    expect(types.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...["row BIGINT", "id DOUBLE", "kind VARCHAR", "prediction VARCHAR"],
      ...["probability_k0 FLOAT", "probability_k1 FLOAT", "probability_k2 FLOAT"],
    ]);
    expect(parquet).toHaveLength(120);
    const plain = (rows: typeof csv) => rows?.map((row) => row.map((v) => Number(v) || v));
    expect(plain(csv)).toEqual(plain(parquet));
    expect(plain(json)).toEqual(plain(parquet));
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("is read by Python's own modules", async () => {
    const [csv, json] = [path("python.csv"), path("python.jsonl")];
    await minibatch("predict", run, data, "--out", csv, "--quiet");
    await minibatch("predict", run, data, "--out", json, "--quiet");
    const script = `
import csv, json, struct, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
lines = [json.loads(line) for line in open(sys.argv[2])]
single = lambda v: struct.unpack("f", struct.pack("f", float(v)))[0]
names = list(lines[0])
assert names == list(rows[0]), names
for a, b in zip(rows, lines):
    assert a["row"] == str(b["row"]) and a["prediction"] == b["prediction"]
    assert all(single(a[n]) == single(b[n]) for n in names[2:])
print(len(rows), len(lines), abs(sum(float(rows[0][n]) for n in names[2:]) - 1) < 1e-6)`;
    expect(execFileSync("python3", ["-c", script, csv, json], { encoding: "utf8" })).toBe(
      "120 120 True\n",
    );
  });

  it("prints a summary with --json", async () => {
    const out = path("summary.csv");
    const { code, stdout, stderr } = await minibatch(
      ...["predict", run, data, "--out", out, "--json", "--quiet"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const summary = JSON.parse(stdout) as PredictSummary;
    expect(summary).toMatchObject({
      run,
      model: join(run, "model.onnx"),
      data,
      task: "classification",
      rows: 120,
      predicted: 120,
      score: { name: "accuracy", rows: 120, unknownClass: 0 },
      out,
      format: "csv",
    });
    expect(lines(readFileSync(out, "utf8"))[0]).toBe(summary.columns.join(","));
  });

  it("takes rows of a query, and a file without the target", async () => {
    const query = "SELECT acid, colour FROM data WHERE id < 1003";
    const { code, stdout, stderr } = await minibatch("predict", run, data, "--query", query);
    expect(code).toBe(0);
    expect(lines(stdout)).toHaveLength(4);
    expect(stderr).not.toContain("accuracy");
  });

  it("ends without a complaint when nobody reads on", async () => {
    const long = write("long.csv", `acid,colour\n${"0.5,red\n".repeat(50_000)}`);
    const running = call("predict", run, long, "--quiet");
    running.child.stdout?.once("data", () => running.child.stdout?.destroy());
    const { code, stderr } = await running.outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it.concurrent.each([
    [["predict", "none", data], "there is no run none"],
    [["predict", folder, data], `${folder} holds no run: there is no run.json in it`],
    [["predict", data, data], `${data} is no ONNX file, or it is cut`],
    [["predict", run, "none.csv"], "there is no file none.csv"],
    [["predict", run, "digits"], "was trained on the columns of a table, and digits is none"],
    [["predict", run, data, "--keep", "nr"], `${data} has no column "nr"; its columns are "id"`],
    [["predict", run, data, "--json"], "give --out a file for the predictions"],
    [["predict", run, data, "--out", data], `--out: ${data} is the data itself`],
    [["predict", run, data, "--out", "x.xls"], "--out must end in .csv, .jsonl or .parquet"],
    [["predict", run, data, "--format", "parquet"], "give --out FILE"],
    [
      ["predict", run, data, "--out", `${data}/x.csv`],
      "cannot be written to (part of the path is a file)",
    ],
    [["predict", run, data, "--target", "kind"], `--target goes with arrays, and ${data} is none`],
    [["predict", run, "digits", "--keep", "all"], "--keep goes with tables, and digits is none"],
  ])("%j is refused", async (args, message) => {
    const { code, stdout, stderr } = await minibatch(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  });

  it("refuses a table without a column, and one whose type has changed", async () => {
    const without = write("without.csv", "colour\nred\n");
    const changed = write("changed.csv", "acid,colour\n1,red\nlow,red\n");
    expect((await minibatch("predict", run, without)).stderr).toContain(
      `${without} has no column "acid"; its columns are "colour"`,
    );
    const { code, stderr } = await minibatch("predict", run, changed, "--out", path("c.csv"));
    expect(code).toBe(2);
    expect(stderr).toContain(`${changed}, row 2: column "acid" must be a number, got "low"`);
    expect(existsSync(path("c.csv"))).toBe(false);
  });
});

describe("preprocessing", () => {
  const data = write(
    "prices.csv",
    // 4 (a − 1) / 2 + the weight of the colour: red 3, blue 5, other 7; a missing one counts as red; times 10, plus 100.
    "a,colour,price\n1,red,130\n3,blue,190\n,green,\n2,,151\n1,red,\n",
  );

  it("gives values in the units of the target, missing ones imputed, unknown ones as other", async () => {
    const { stdout, stderr } = await minibatch("predict", await priceModel("impute"), data);
    expect(lines(stdout)).toEqual(["row,prediction", "1,130", "2,190", "3,170", "4,150", "5,130"]);
    expect(stderr).toContain("2 missing values imputed (a 1, colour 1)");
    expect(stderr).toContain(
      '1 category taken as "other": rare, or not known to the run (colour 1)',
    );
    // Errors 0, 0 and 1 in the three rows with a price.
    expect(stderr).toContain("root mean squared error 0.577 on 3 rows with a target");
  });

  it("leaves rows empty that the run drops, so that the rows line up", async () => {
    const model = await priceModel("drop");
    const { stdout, stderr } = await minibatch("predict", model, data, "--keep", "colour");
    expect(lines(stdout)).toEqual([
      ...["row,colour,prediction", "1,red,130", "2,blue,190", "3,green,", "4,,", "5,red,130"],
    ]);
    expect(stderr).toContain(
      "3 rows predicted, 2 left empty: a value that the run needs is missing there",
    );
    const out = path("dropped.parquet");
    await minibatch("predict", model, data, "--out", out, "--quiet");
    const database = await openDatabase();
    const rows = await database.rows(`SELECT prediction FROM ${sqlText(out)}`);
    database.close();
    expect(rows.flat()).toEqual([130, 190, null, null, 130]);
  });

  it("refuses a missing value where the run does, by its row", async () => {
    const { code, stderr } = await minibatch("predict", await priceModel("refuse"), data);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${data}, row 3: column "a" has no value; fill it in: the run was trained with --missing refuse`,
    );
  });

  it("refuses an infinite value by the row of the file, however far down", async () => {
    const far = write("far.csv", `a,colour\n${"1,red\n".repeat(20_000)}inf,red\n`);
    const { stderr } = await minibatch("predict", await priceModel("impute"), far, "--quiet");
    expect(stderr).toContain(`${far}, row 20001: `);
  });

  it("refuses to keep a column that has the name of one of the output", async () => {
    const model = await priceModel("impute");
    const twin = write("twin.csv", "a,colour,prediction\n1,red,2\n");
    expect((await minibatch("predict", model, twin, "--keep", "all")).stderr).toContain(
      '--keep: the output has a column "prediction" of its own',
    );
  });
});
