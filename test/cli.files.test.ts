/** The terminal program on files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Race } from "../src/advisor/race.ts";
import { minibatch } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const flowers = write(
  "flowers.csv",
  `id,width,colour,kind\n${range(90)
    .map(
      (i) =>
        `${i},${i % 3 === 0 ? i / 30 : 5 + i / 30},${i % 2 === 0 ? "red" : "blue"},${i % 3 === 0 ? "a" : "b"}`,
    )
    .join("\n")}\n`,
);

describe("a file", () => {
  it("trains, and leaves its preprocessing with the run", async () => {
    const out = join(folder, "run");
    const { code, stdout, stderr } = await minibatch(
      ...["train", flowers, "--target", "kind", "--target", "0.9", "--drop", "id"],
      ...["--epochs", "40", "--learning-rate", "0.3", "--seed", "1", "--json", "--out", out],
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("90 rows, 72 to train and 18 to validate; 2 columns become 3 inputs");
    expect(stderr).toContain('classification of "kind": the column holds texts; 2 classes');
    const record = JSON.parse(stdout) as { readonly target: { readonly reached: boolean } };
    expect(record.target.reached).toBe(true);
    const run = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as {
      readonly preprocessing: object;
    };
    expect(run.preprocessing).toMatchObject({ version: 1, target: { classes: ["a", "b"] } });
  });

  it.each([
    [["--split", "other.csv"], "there is no file other.csv"],
    [["--split", "none/*.csv"], "no file matches none/*.csv"],
    [
      ["--groups", "colour", "--stratify", "kind"],
      "a split keeps either groups together or proportions: give --groups or --stratify, not both",
    ],
    [
      ["--memory", "12"],
      /^--memory of 12 bytes is too little for 90 examples of 20 bytes; give at least \d+/,
    ],
  ])("%j: a refusal in terms of the options", async (options, message) => {
    process.env["MINIBATCH_CACHE"] = join(folder, "cache");
    const { code, stderr } = await minibatch("train", flowers, "--target", "kind", ...options);
    delete process.env["MINIBATCH_CACHE"];
    expect(code).toBe(2);
    const text = stderr
      .replace(/^caching .*\n/, "")
      .replace("minibatch: ", "")
      .trimEnd();
    if (typeof message === "string") expect(text).toBe(message);
    else expect(text).toMatch(message);
  });

  it("that is a folder of tables is told how to name them", async () => {
    const { code, stderr } = await minibatch("train", folder, "--target", "kind");
    expect(code).toBe(2);
    expect(stderr).toBe(
      `minibatch: --target does not go with ${folder}, a folder of images (tables in a folder: "${folder}/*.csv"); it is for tables\n`,
    );
  });

  it("is raced", async () => {
    const { code, stdout } = await minibatch(
      ...[
        "compare",
        flowers,
        "--target",
        "kind",
        "--features",
        "width",
        "--split",
        "0.5",
        "--learning-rate",
        "0.1",
      ],
      ...[
        "--batch-sizes",
        "8,full",
        "--updates",
        "30",
        "--seed",
        "1",
        "--no-report",
        "--no-plane",
        "--quiet",
      ],
    );
    expect(code).toBe(0);
    expect(stdout).toContain("full batch");
  });

  it("tells what became of its rows", async () => {
    const holes = write("holes.csv", `a,y\n${"1,u\n2,v\n,u\n3,\n".repeat(20)}`);
    const { stdout } = await minibatch(
      ...["compare", holes, "--target", "y", "--learning-rate", "0.1", "--updates", "2"],
      ...["--batch-sizes", "4", "--seed", "1", "--no-report", "--no-plane", "--quiet", "--json"],
    );
    const { data } = JSON.parse(stdout) as Race;
    expect(data.preparation).toMatchObject({
      rows: 80,
      dropped: { target: 20, features: 0 },
      imputed: [{ column: "a", rows: 20 }],
    });
  });

  it.each([
    [
      ["train", flowers],
      'give --target, the column to predict: its columns are "id", "width", "colour", "kind"',
    ],
    [["train", flowers, "--target", "sort"], `${flowers} has no target column "sort"`],
    [
      ["train", flowers, "--target", "kind", "--split", "1.5"],
      '--split must be a part above 0 and below 1, a column or a file; got "1.5"',
    ],
    [
      ["train", flowers, "--target", "kind", "--missing", "ignore"],
      '--missing must be one of impute, refuse, drop; got "ignore"',
    ],
    [
      ["train", flowers, "--target", "kind", "--validation-split", "0.5"],
      "--validation-split goes with built-in data",
    ],
    [
      ["train", flowers, "--target", "kind", "--target", "width"],
      "--target may be given twice for a file",
    ],
    [["train", "iris", "--drop", "id"], "--drop goes with files, not with iris"],
    [["compare", "none.csv", "--target", "kind"], "there is no file none.csv"],
  ])("%j is refused", async (args, message) => {
    const { code, stdout, stderr } = await minibatch(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  });
});
