/** The terminal program on data that is kept on disk. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Race } from "../src/advisor/race.ts";
import { minibatch } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const wave = write(
  "wave.csv",
  `a,b,kind\n${range(400)
    .map(
      (i) => `${Math.sin(i)},${Math.cos(3 * i)},${Math.sin(i) * Math.cos(3 * i) > 0 ? "y" : "n"}`,
    )
    .join("\n")}\n`,
);
const args = ["--target", "kind", "--model", "mlp:8", "--seed", "1"];

describe("compare --memory", () => {
  const options = ["--batch-sizes", "64,full", "--epochs", "2", "--learning-rate", "0.3"];
  const raced = async (...more: readonly string[]) => {
    const called = await minibatch("compare", wave, ...args, ...options, ...more);
    expect(called.code, called.stderr).toBe(0);
    return called;
  };

  it("is the race in memory, and says that its rows were read from disk", async () => {
    const report = join(folder, "report.html");
    const inMemory = JSON.parse((await raced("--no-report", "--json")).stdout) as Race;
    const { stdout, stderr } = await raced("--memory", "1MB", "--json", "--report", report);
    const stored = JSON.parse(stdout) as Race;
    expect(stderr).toContain("cached in");
    expect(stored.data.stored!.windowRows).toBeGreaterThan(0);
    const numbers = ({ runs, plane }: Race) =>
      runs.map(({ trainLoss, updates, gradientNoise, curve: { seconds: _, ...curve } }) => ({
        ...{ trainLoss, updates, gradientNoise, curve },
        plane,
      }));
    expect(numbers(stored)).toEqual(numbers(inMemory));
    expect(readFileSync(report, "utf8")).toContain('"stored":');
    const table = await raced("--memory", "1MB", "--no-report", "--no-plane");
    expect(table.stdout).toMatch(/examples read from disk, \d+ of 320 in memory at a time/);
  });

  it("is refused by study, which says what to do; that works", async () => {
    const { code, stderr } = await minibatch("study", wave, ...args, "--memory", "1MB");
    expect(code).toBe(2);
    const [, query] = /study a sample: --query "(.*)"\n$/.exec(stderr) ?? [];
    expect(query, stderr).toBeDefined();
    const how = ["--query", query!, "--updates", "1", "--no-out"];
    const sampled = await minibatch("train", wave, ...args, ...how);
    expect(sampled.code, sampled.stderr).toBe(0);
    expect(sampled.stderr).toContain("query: 400 rows");
  });

  it("says where the cache cannot be, and how to have it elsewhere", async () => {
    const before = process.env["MINIBATCH_CACHE"];
    process.env["MINIBATCH_CACHE"] = join(wave, "below");
    try {
      const { stderr } = await minibatch("train", wave, ...args, "--memory", "1MB", "--no-out");
      expect(stderr).toContain(`cannot cache data in ${join(wave, "below")}: ENOTDIR`);
      expect(stderr).toContain("make room there, or set MINIBATCH_CACHE to another folder\n");
    } finally {
      if (before === undefined) delete process.env["MINIBATCH_CACHE"];
      else process.env["MINIBATCH_CACHE"] = before;
    }
  });

  it("goes with files only", async () => {
    const { code, stderr } = await minibatch("compare", "digits", "--memory", "1MB");
    expect(code).toBe(2);
    expect(stderr).toContain("--memory goes with files, not with digits");
  });
});
