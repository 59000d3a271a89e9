/**
 * @file TensorFlow.js's optimizer tests, updates on Σ x², through `train`: the optimizers that it and PyTorch define alike.
 * Its Adadelta is another rule, and Adamax is not in this library.
 */
import { expect, it } from "vitest";
import {
  adagrad,
  adam,
  dense,
  fromArrays,
  ops,
  rmsprop,
  sequential,
  sgd,
  train,
} from "../src/index.ts";
import { fixture } from "./support/fixture.ts";

interface Case {
  readonly opt: string;
  readonly x0: readonly number[];
  readonly after: readonly (readonly number[])[];
  readonly tol2?: number;
}

const { cases } = fixture("tfjs_optimizers") as { readonly cases: readonly Case[] };
const rate = { learningRate: 0.1 };
const mean = { ...rate, alpha: 0.95, momentum: 0.1 };

it.each([
  ["sgd", sgd(rate)],
  ["momentum", sgd({ ...rate, momentum: 0.5 })],
  ["nesterov", sgd({ ...rate, momentum: 0.5, nesterov: true })],
  ["adam", adam({ ...rate, beta1: 0.8, beta2: 0.9 })],
  ["adagrad", adagrad({ ...rate, initialAccumulator: 0.1 })],
  ["rmsprop", rmsprop(mean)],
  ["rmsprop_centered", rmsprop({ ...mean, centered: true })],
])("%s", async (name, optimizer) => {
  const { x0, after, tol2 = 1e-3 } = cases.find(({ opt }) => opt === name)!;
  // One row of the identity for each x: the outputs of the full batch are x itself.
  const identity = x0.map((_, row) => x0.map((__, column) => Number(row === column)));
  const rows = fromArrays(
    identity,
    x0.map(() => [0]),
    { task: "regression", dtype: "float64" },
  );
  for (const [step, expected] of after.entries()) {
    const { model } = await train(sequential([dense(1, { bias: false })]), rows, {
      loss: {
        name: "sumOfSquares",
        perExample: (x) => ops.mul(ops.reduceSum(ops.mul(x, x), { axes: [1] }), x0.length),
      },
      optimizer,
      batchSize: "full",
      updates: step + 1,
      dtype: "float64",
      initialParameters: { "0.weight": x0 },
    }).result;
    const tolerance = step === 0 ? 1e-3 : tol2;
    model.parameters["0.weight"]!.data.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
    });
  }
});
