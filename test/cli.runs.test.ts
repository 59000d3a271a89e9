/** @file `minibatch runs` through the real program. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Race } from "../src/advisor/race.ts";
import type { ReportData } from "../src/report/html.ts";
import { minibatchIn } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";

const { folder, write } = testFolder();
const run = (...args: readonly string[]) => minibatchIn(folder, ...args);
const train = (name: string, ...options: readonly string[]) =>
  run("train", "digits", "--out", join("runs", name), "--seed", "1", "--quiet", ...options);
const path = (...parts: readonly string[]): string => join(folder, "runs", ...parts);
const lines = (text: string): readonly string[] => text.trim().split("\n");

interface Listed {
  readonly runs: readonly { readonly name: string; readonly status: string }[];
  readonly others: readonly { readonly path: string; readonly reason: string }[];
}

const table = write(
  "t.csv",
  `a,b\n${Array.from({ length: 40 }, (_, i) => `${i % 7 === 0 ? "" : i},${i % 2 === 0 ? "x" : "y"}`).join("\n")}\n`,
);

beforeAll(async () => {
  // One after the other: the list is by time.
  await train("small", "--epochs", "2", "--batch-size", "8", "--learning-rate", "0.1");
  await train("large", "--epochs", "2", "--batch-size", "full", "--learning-rate", "0.5");
  await run("train", "linear", "--seed", "2", "--epochs", "2", "--quiet", "--out", "runs/line");
});

describe("list", () => {
  it("shows the runs in a table, the newest last, in 80 columns", async () => {
    const { code, stdout, stderr } = await run("runs");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [head = "", , ...rows] = lines(stdout);
    expect(head).toMatch(/^name +made +data +model +batch +metric +time +status$/);
    const names = rows.slice(0, 3).map((row) => row.split(/ +/)[0]);
    expect(names).toEqual(["small", "large", "line"]);
    expect(rows[0]).toMatch(/digits +mlp:128 +8 +\d\d?(\.\d+)?% accuracy +\S+ m?s +done$/);
    expect(rows[2]).toMatch(/linear +linear +32 +\S+ RMSE +\S+ m?s +done$/);
  });

  it("prints them as JSON", async () => {
    const { stdout } = await run("runs", "list", "--json");
    const { runs, others } = JSON.parse(stdout) as Listed;
    expect(others).toEqual([]);
    expect(runs[0]).toMatchObject({
      name: "small",
      path: join("runs", "small"),
      status: "done",
      data: { name: "digits", training: 1437, validation: 360 },
      batchSize: 8,
      learningRate: 0.1,
      seed: 1,
      epochs: 2,
      updates: 360,
      metric: { name: "accuracy" },
    });
  });

  it("names damaged and foreign folders with the reason", async () => {
    const other = join(folder, "others");
    for (const name of ["empty", "damaged", "later", "notes"])
      mkdirSync(join(other, name), { recursive: true });
    writeFileSync(join(other, "damaged", "run.json"), '{"format": 1, "sta');
    writeFileSync(join(other, "later", "run.json"), '{"format": 7}');
    writeFileSync(join(other, "notes", "run.json"), "[1, 2]");
    writeFileSync(join(other, "file.txt"), "");
    const { code, stdout } = await run("runs", "list", "others");
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      "no runs in others; minibatch train makes them",
      "others/damaged: run.json is damaged: it is not JSON",
      "others/empty: holds no run: there is no run.json in it",
      "others/later: run.json is of format 7, made by a later version of minibatch; this one reads format 1",
      "others/notes: run.json does not describe a run of minibatch",
    ]);
    const listed = JSON.parse((await run("runs", "list", "others", "--json")).stdout) as Listed;
    expect(listed.others).toHaveLength(4);
  });

  it("survives any content of run.json", async () => {
    const odd = join(folder, "odd");
    const contents = [
      { format: 1 },
      { format: 1, status: 3, created: {}, results: "none", settings: [] },
      {
        format: 1,
        status: "done",
        created: "long ago",
        results: { data: 1, metric: "m", updates: "x" },
      },
      {
        format: 1,
        status: "done",
        results: { metric: { name: "accuracy" }, validationMetric: null },
      },
    ];
    contents.forEach((content, i) => {
      mkdirSync(join(odd, `r${i}`), { recursive: true });
      writeFileSync(join(odd, `r${i}`, "run.json"), JSON.stringify(content));
    });
    const { code, stdout, stderr } = await run("runs", "list", "odd");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^r2 .* done$/m);
    expect(stdout).toContain("odd/r0: run.json does not say how the run stands");
    const compared = await run("runs", "compare", "odd/r2", "odd/r3", "--no-report");
    expect(compared.code, compared.stderr).toBe(0);
  });

  it("has nothing to show in a folder without runs, and refuses none", async () => {
    mkdirSync(join(folder, "bare"));
    const bare = await minibatchIn(join(folder, "bare"), "runs");
    expect(bare).toMatchObject({
      code: 0,
      stdout: "no runs in runs; minibatch train makes them\n",
    });
    const { code, stderr } = await run("runs", "lsit");
    expect(code).toBe(2);
    expect(stderr).toBe(
      "minibatch: there is no folder lsit; the commands are runs list, show, compare and remove\n",
    );
  });
});

describe("show", () => {
  it("says all of a run, where its files are and how to go on", async () => {
    const { code, stdout } = await run("runs", "show", "small");
    expect(code).toBe(0);
    for (const row of [
      /^run +small$/,
      /^model +dense\(128\) relu dense\(10\)$/,
      /^parameters +9,610$/, // 64·128 + 128 + 128·10 + 10
      /^batch size +8$/,
      /^updates +360$/, // 2 ⌈1437 / 8⌉
      /^accuracy +\d/,
      /^status +done, its budget spent$/,
      /^runs\/small\/model\.onnx: the model/,
      /^predict from new data: minibatch predict runs\/small DATA$/,
    ])
      expect(stdout).toMatch(new RegExp(row.source, "m"));
  });

  it("prints it as JSON, with run.json whole", async () => {
    const { stdout } = await run("runs", "show", path("large"), "--json");
    const shown = JSON.parse(stdout) as { run: object; files: string[] };
    expect(shown).toMatchObject({
      name: "large",
      status: "done",
      batchSize: 1437,
      optimizer: "sgd",
    });
    expect(shown.run).toEqual(JSON.parse(readFileSync(path("large", "run.json"), "utf8")));
    expect(shown.files.map((file) => file.split("/").at(-1))).toContain("checkpoint.safetensors");
  });

  it.each([
    [["runs", "show", "none"], "there is no run none; minibatch runs lists those in runs"],
    [["runs", "show", "."], "holds no run: there is no run.json in it"],
    [["runs", "show"], 'missing required argument "RUN"'],
    [["runs", "compare"], 'missing required argument "RUN"'],
  ])("%j is refused", async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("compare", () => {
  const embedded = (file: string): ReportData => {
    const html = readFileSync(join(folder, file), "utf8");
    const json = /id="report-data">(.*?)<\/script>/s.exec(html)?.[1];
    return JSON.parse(json ?? "") as ReportData;
  };

  it("puts runs side by side, in a list, in words and in a report", async () => {
    const { code, stdout } = await run("runs", "compare", "small", "large", "--report", "c.html");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^small .*\nlarge /m);
    expect(stdout).toMatch(/^The best accuracy is that of small: /m);
    expect(stdout).toMatch(/^The runs differ in batch size, learning rate( and threads)?\.$/m);
    expect(stdout).toContain("\nreport: c.html\n");
    const { race, command } = embedded("c.html");
    expect(command).toBe("minibatch runs compare small large --report c.html");
    expect(race).toMatchObject({ plane: null, learningRates: [], data: { name: "digits" } });
    const [small] = race.runs;
    expect(small).toMatchObject({
      batchSize: 8,
      updates: 360,
      gradientNoise: null,
      status: "done",
    });
    // The curve ends where the record does.
    const record = JSON.parse(readFileSync(path("small", "run.json"), "utf8")) as {
      results: { validationMetric: number; validationLoss: number };
    };
    expect(small?.curve.validationMetric.at(-1)).toBeCloseTo(record.results.validationMetric, 6);
    expect(small?.curve.validationLoss.at(-1)).toBeCloseTo(record.results.validationLoss, 5);
    expect(small?.curve.updates.at(-1)).toBe(360);
    expect(small?.curve.trainLoss.some((loss) => loss !== null)).toBe(true);
  });

  it("says what cannot be compared", async () => {
    const { stdout } = await run("runs", "compare", "small", "line", "--no-report");
    expect(stdout).toContain("2 runs that cannot all be compared");
    expect(stdout).toMatch(/^On linear, the best root mean squared error is that of line: /m);
    expect(stdout).toContain(
      "Not in the chart of accuracy, since measured by another metric: line.",
    );
    expect(existsSync(join(folder, "report.html"))).toBe(false);
  });

  it("prints a race as JSON", async () => {
    const { stdout } = await run("runs", "compare", "small", "large", "--json", "--no-report");
    const race = JSON.parse(stdout) as Race;
    expect(race.runs.map(({ origin }) => origin?.name)).toEqual(["small", "large"]);
    expect(race.target).toBeNull();
  });

  it("tells of the rows of a table", async () => {
    const options = ["--target", "b", "--epochs", "1", "--seed", "1", "--quiet"];
    await run("train", table, ...options, "--out", "runs/table");
    const { stdout } = await run("runs", "compare", "table", "--json", "--report", "t.html");
    // 40 rows, a missing in rows 0, 7, 14, 21, 28 and 35.
    const preparation = {
      rows: 40,
      dropped: { target: 0, features: 0 },
      imputed: [{ column: "a", rows: 6 }],
    };
    expect((JSON.parse(stdout) as Race).runs[0]?.origin?.data).toMatchObject({ preparation });
    expect(embedded("t.html").race.runs[0]?.origin?.data).toMatchObject({ preparation });
    const shown = await run("runs", "show", "table");
    expect(shown.stdout).toContain(
      "rows: 40 rows read, 0 dropped, 6 missing values imputed. Imputed: 6 in a.",
    );
    expect((await run("runs", "remove", "table", "--yes")).code).toBe(0);
  });
});

it("is described by its help", () => {
  const bin = new URL("../bin/minibatch.js", import.meta.url).pathname;
  const help = execFileSync(process.execPath, [bin, "runs", "--help"], { encoding: "utf8" });
  for (const name of ["list", "show", "compare", "remove"]) expect(help).toContain(`  ${name} `);
});
