/** @file The arithmetic of the tables on made-up measurements whose answers are plain. */
import { describe, expect, test } from "vitest";
import type { Measurement } from "./job.ts";
import { combine, median } from "./results.ts";
import type { Cell, Results } from "./results.ts";
import { tables } from "./tables.ts";

test("median of an odd and of an even number of values", () => {
  expect(median([3, 1, 10])).toBe(3);
  expect(median([4, 1, 10, 2])).toBe(3);
});

test("combine keeps the fastest block of all rounds, their median and the largest peak", () => {
  const round = (blocks: readonly number[], peakBytes: number): Measurement => ({
    version: "engine 1",
    variant: "plain",
    updateMicroseconds: blocks,
    epochSeconds: [blocks[0]!],
    overhead: [blocks[0]! / 100],
    peakBytes,
    loss: 1,
  });
  const where = { engine: "e", title: "E", threads: 1, batchSize: 64 };
  expect(combine(where, [round([5, 6], 10), round([4, 9], 30), round([7, 8], 20)])).toEqual({
    ...where,
    version: "engine 1",
    variant: "plain",
    best: 4,
    median: 6.5,
    epoch: { best: 4, median: 5 },
    overhead: 0.05,
    peakBytes: 30,
  });
});

describe("tables", () => {
  const cell = (engine: string, title: string, best: number, rest: Partial<Cell> = {}): Cell => ({
    engine,
    title,
    version: `${title} 1.0`,
    variant: "plain",
    threads: 1,
    batchSize: 1000,
    best,
    median: best,
    peakBytes: 200e6,
    ...rest,
  });
  const results: Results = {
    date: "2026-01-02T03:04:05Z",
    machine: { processor: "P", cores: 2, memoryGiB: 8, system: "S", node: "v20" },
    rounds: 3,
    seconds: 1,
    skipped: [],
    matmul: [{ threads: 1, gflops: 100 }],
    cells: [
      cell("minibatch", "minibatch", 5000, { epoch: { best: 0.33, median: 0.4 }, overhead: 0.021 }),
      cell("loop", "Loop", 5000),
      cell("scan", "Scan", 4000),
      cell("other", "Other", 20_000, { peakBytes: 500e6 }),
    ],
  };
  const rowsOf = (heading: string): string[] => {
    const section = tables(results)
      .split("### ")
      .find((each) => each.startsWith(heading));
    return (section ?? "").split("\n").filter((line) => line.startsWith("| "));
  };

  test("give ratios to ours", () => {
    expect(rowsOf("Microseconds per update")).toContain("| Other | 20,000 (4.00×) |");
    expect(rowsOf("Peak memory")).toContain("| Other | 500 (2.50×) |");
  });

  test("take an epoch as measured, or as the time of its 60 updates", () => {
    expect(rowsOf("Seconds per epoch")).toContain("| minibatch | 0.330 (1.00×) |");
    expect(rowsOf("Seconds per epoch")).toContain("| Other | 1.20 (3.64×) |");
  });

  test("compare ours with the machine and the floor", () => {
    // 409,088 operations an example (2·784·128 + 2·128·10 forward, as much for the weights, 2·10·128 for dL/dh).
    const operations = 2 * (784 * 128 + 128 * 10) * 2 + 2 * 10 * 128;
    const gflops = (operations * 1000) / 5e-3 / 1e9;
    expect(rowsOf("minibatch beside the machine").at(-1)).toBe(
      `| 1000 | ${gflops.toFixed(1)} | ${gflops.toFixed(0)} % | 1.25× | 2.1 % |`,
    );
  });
});
