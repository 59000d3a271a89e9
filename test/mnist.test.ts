/** @file Training on the real MNIST: accuracies that these networks are known to reach. */
import { expect, it } from "vitest";
import { dense, relu, sequential, sgd, train } from "../src/index.ts";
import { mnist } from "../src/datasets.ts";
import { nielsenAccuracies } from "./support/nielsen.ts";

const data = await mnist();

it("784–128–10 with ReLU, batch size 64, learning rate 0.32: 95 % after an epoch, 97 % within five", async () => {
  const { history } = await train(sequential([dense(128), relu(), dense(10)]), data.training, {
    optimizer: sgd({ learningRate: 0.32 }),
    batchSize: 64,
    epochs: 5,
    validation: data.test,
    target: { monitor: "accuracy", value: 0.97 },
    seed: 1,
  }).result;
  const accuracy = history.valMetrics["accuracy"]!;
  expect(history.evaluations.updates[0]).toBe(938);
  expect(accuracy[0]).toBeGreaterThanOrEqual(0.95);
  expect(Math.max(...accuracy)).toBeGreaterThanOrEqual(0.97);
});

it("784–30–10 with sigmoids, quadratic cost, η 3, batch size 10: above 92 % after three epochs", async () => {
  const accuracy = await nielsenAccuracies(data, 3, 1);
  expect(accuracy.at(-1)).toBeGreaterThan(0.92);
});
