/** The programs of README.md run, and print what they promise. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { withExamples } from "../scripts/readme.ts";

const root = new URL("..", import.meta.url).pathname;

const run = async (name: string) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", `examples/${name}.ts`],
    { cwd: root },
  );
  return stdout;
};

test("README.md holds the examples as they are", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(withExamples(readme)).toBe(readme);
  for (const name of ["train", "race", "own-data", "functional", "two-axes"])
    expect(readme).toContain(`<!-- example ${name} -->`);
});

test("train stops at 97 % test accuracy on MNIST", async () => {
  const lines = (await run("train")).trim().split("\n");
  const accuracy = Number(lines.at(-2)?.split("accuracy ")[1]);
  expect(accuracy).toBeGreaterThanOrEqual(0.97);
  expect(lines.at(-1)).toMatch(/^\d+ updates in [\d.]+ s of training$/);
});

test("race makes ⌈N / B⌉ updates an epoch in each regime", async () => {
  const table = await run("race");
  expect(table).toMatch(/'SGD'.* 7185 /); // 5 × 1437
  expect(table).toMatch(/'mini-batch'.* 225 /); // 5 × ⌈1437 / 32⌉
  expect(table).toMatch(/'full batch'.* 5 /);
});

test("own-data learns the sine", async () => {
  const [, line = ""] = (await run("own-data")).trim().split("\n");
  const values = line.split("about ")[1]?.split(", ").map(Number) ?? [];
  [-1, 0, 1].forEach((x, i) => {
    expect(Math.abs((values[i] ?? NaN) - Math.sin(x))).toBeLessThan(0.15);
  });
});

test("functional reaches 95 % on digits", async () => {
  expect(Number((await run("functional")).split("accuracy ")[1])).toBeGreaterThan(0.95);
});

test("two-axes: loops and matrix code agree to rounding", async () => {
  const lines = (await run("two-axes")).trim().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(Number(line.split("differ by ")[1])).toBeLessThan(1e-12);
});
