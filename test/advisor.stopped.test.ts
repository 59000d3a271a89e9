/** @file Advice that is stopped while updates are timed: at once, with what is known. */
import { expect, it } from "vitest";
import { adviseBatchSize, dense, relu, sequential } from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";

const model = sequential([dense(8), relu(), dense(3)]);
const data = threeClasses(400, 5, "float32");

it.each([
  ["at once", "stage", 0],
  // Ten batch sizes are timed with one thread, then with two.
  ["after one number of threads", "throughput", 10],
] as const)("%s", async (_name, type, timed) => {
  const stop = new AbortController();
  const running = adviseBatchSize(model, data, {
    ...{ cores: 2, seed: 1, signal: stop.signal },
  });
  const stages: string[] = [];
  for await (const event of running) {
    if (event.type === "stage") stages.push(event.stage);
    if (event.type === type) stop.abort();
  }
  const advice = await running.result;
  expect(advice.complete).toBe(false);
  expect(advice.recommendation).toMatchObject({ batchSize: null, reasons: [{ kind: "stopped" }] });
  expect(advice.throughput.points).toHaveLength(timed);
  expect(advice.throughput.best).toHaveLength(timed);
  expect(advice.prediction.runs).toEqual([]);
  expect(stages).toEqual(["throughput", "search"]);
});
