/** @file The hand-written ONNX loop, as `Loop` or as `Scan`; the faster one counts. */
import { createRequire } from "node:module";
import { firstParameters, indexBatches, readMnist } from "../data.ts";
import { openFloor } from "../floor.ts";
import { examples, network, runJob } from "../job.ts";
import { measure } from "../measure.ts";

/** Indices are fed a call at a time; this many at most (4 MB). */
const indicesPerCall = 2 ** 20;

await runJob(async (job) => {
  const { batchSize, learningRate, threads, carrier = "Scan" } = job;
  const options = { ...network, examples, batchSize, learningRate };
  const mnist = readMnist(job.data);
  const floor = await openFloor(carrier, options, mnist, firstParameters(), threads);
  const next = indexBatches(batchSize);
  const updatesPerCall = Math.max(2, Math.min(1000, Math.floor(indicesPerCall / batchSize)));
  const run = async (count: number) => {
    let loss = NaN;
    for (let done = 0; done < count; done += updatesPerCall) {
      const losses = await floor.train(next(Math.min(updatesPerCall, count - done)));
      loss = losses.at(-1) ?? NaN;
    }
    return loss;
  };
  const require = createRequire(import.meta.url);
  const { version } = require("onnxruntime-node/package.json") as { version: string };
  const found = await measure([{ name: carrier, run }], job.seconds);
  return { version: `onnxruntime-node ${version}`, ...found };
});
