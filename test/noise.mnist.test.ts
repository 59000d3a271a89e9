/** @file The noise scale of an MNIST network, whose size others published. */
import { expect, it } from "vitest";
import { dense, measureNoise, relu, sequential, sgd, train } from "../src/index.ts";
import { mnist } from "../src/datasets.ts";

// McCandlish et al. (2018), arXiv 1812.06162, table 1: 50 at the start, 900 on average.
it("784–128–10 with ReLU from He's initialisation: B_simple of 50 to 100, and five times that within two epochs", async () => {
  const { training } = await mnist();
  const model = sequential([dense(128), relu(), dense(10)]);
  const options = { seed: 1, curvature: false, batches: 8 };
  const start = await measureNoise(model, training, options).result;
  expect(start.examples).toBe(60_000);
  expect(start.simpleNoiseScale.value).toBeGreaterThan(50);
  expect(start.simpleNoiseScale.value).toBeLessThan(100);

  const { model: trained } = await train(model, training, {
    optimizer: sgd({ learningRate: 0.32 }),
    batchSize: 64,
    epochs: 2,
    seed: 1,
  }).result;
  const { parameters } = trained;
  const end = await measureNoise(model, training, { ...options, parameters }).result;
  expect(end.simpleNoiseScale.value).toBeGreaterThan(5 * start.simpleNoiseScale.value);
});
