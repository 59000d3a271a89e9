/** @file What `minibatch predict` takes over from the run, and what it is told anew. */
import { expect, it } from "vitest";
import { join } from "node:path";
import { minibatchIn } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const run = (...args: readonly string[]) => minibatchIn(folder, ...args);
const quick = ["--model", "linear", "--updates", "5", "--seed", "1", "--quiet"] as const;
const lines = (text: string): readonly string[] => text.trim().split("\n");

it("reads texts as the run did", async () => {
  const rows = range(40).map((i) => `${i % 8 === 0 ? "none" : `${i},5`};${i},25`);
  const data = write("comma.csv", `a;y\n${rows.join("\n")}\n`);
  const options = ["--decimal", ",", "--missing-values", "none", "--target", "y"];
  const trained = await run("train", data, ...options, ...quick, "--out", "runs/comma");
  expect(trained.code, trained.stderr).toBe(0);
  const { code, stdout, stderr } = await run("predict", "comma", data);
  expect(code, stderr).toBe(0);
  expect(lines(stdout)).toHaveLength(41);
  expect(stderr).toContain("5 missing values imputed (a 5)");
  expect(stderr).toContain("on 40 rows with a target");
  const other = await run("predict", "comma", data, "--decimal", ".");
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('column "a" must be a number, got "1,5"');
});

it("names the query of the run where a column is missing", async () => {
  const data = write(
    "plain.csv",
    `a,y\n${range(40)
      .map((i) => `${i},${i % 2}`)
      .join("\n")}\n`,
  );
  const query = "SELECT a * 2 AS double, y FROM data";
  const trained = await run(
    ...["train", data, "--query", query, "--target", "y", ...quick, "--out", "runs/query"],
  );
  expect(trained.code, trained.stderr).toBe(0);
  const refused = await run("predict", "query", data);
  expect(refused.code).toBe(2);
  expect(lines(refused.stderr)).toEqual([
    `minibatch: ${data} has no column "double"; its columns are "a", "y"`,
    `the run was made from a query: --query '${query}'`,
  ]);
  const { code, stdout } = await run(
    "predict",
    "query",
    data,
    "--query",
    query,
    "--keep",
    "double",
  );
  expect(code).toBe(0);
  expect(lines(stdout)[2]).toMatch(/^2,2(\.0)?,[01],/);
});

it("uses the model of the run as it last ended", async () => {
  const options = ["--epochs", "1", "--seed", "1", "--quiet", "--out", "runs/more"];
  await run("train", "moons", ...options);
  const before = await run("predict", "more", "moons", "--quiet");
  await run("train", "--resume", join("runs", "more"), "--epochs", "20", "--quiet");
  const after = await run("predict", "more", "moons", "--quiet");
  expect([before.code, after.code]).toEqual([0, 0]);
  expect(after.stdout).not.toBe(before.stdout);
});
