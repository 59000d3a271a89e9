import { expect, it } from "vitest";
import { fieldsOf } from "./fields.ts";
import { runsTable } from "./list-table.ts";
import { factsOf } from "./run-facts.ts";
import type { StoredRun } from "./stored-run.ts";

const run = (name: string, data: string, metric: string): StoredRun => {
  const file = fieldsOf({
    results: {
      data: { name: data, training: 1200, validation: 300, task: "classification" },
      model: { text: "dense(128) relu dense(10)", parameters: 9 },
      metric: { name: metric, better: "higher" },
      batchSize: 32,
      learningRate: 0.01,
      validationMetric: 0.9246,
    },
  });
  const reached = { updates: 38, examples: 1200, epochs: 1, seconds: 0.085 };
  const path = `runs/${name}`;
  const common = { status: "interrupted", writer: null, message: null } as const;
  return {
    name,
    path,
    ...common,
    created: "2026-11-29T10:13:00Z",
    reached,
    file,
    facts: factsOf(file, []),
  };
};

it("fits a terminal of 80 columns, also with metrics of several kinds", () => {
  const runs = [
    run("houses-1", "houses.csv", "rootMeanSquaredError"),
    run("mnist-1", "mnist", "accuracy"),
  ];
  const text = runsTable(runs, 80);
  expect(text).toContain("accuracy");
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).toContain("(no room for: made, rate, epochs, time)");
  expect(runsTable(runs, 120)).not.toContain("no room for");
});
