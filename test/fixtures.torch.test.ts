/** @file PyTorch's own baseline of its optimizers (test/cpp/api/optim_baseline.py), 1001 updates in float64, through `train`. */
import { describe, expect, it } from "vitest";
import { adam, dense, fromArrays, ops, sequential, sgd, sigmoid, train } from "../src/index.ts";
import { gap } from "./support/close.ts";
import { fixture } from "./support/fixture.ts";

interface Baseline {
  readonly input: number[][];
  readonly init: readonly number[][];
  readonly sample_steps: readonly number[];
  readonly expected: Readonly<Record<string, readonly (readonly number[][])[]>>;
}

const { input, init, sample_steps, expected } = fixture("torch_optim_baseline") as Baseline;
const names = ["0.weight", "0.bias", "2.weight", "2.bias"];

const optimizers = {
  SGD: sgd({ learningRate: 0.1 }),
  SGD_with_weight_decay: sgd({ learningRate: 0.1, weightDecay: 1e-2 }),
  SGD_with_weight_decay_and_momentum: sgd({ learningRate: 0.1, weightDecay: 1e-2, momentum: 0.9 }),
  Adam: adam({ learningRate: 1 }),
};

/** The baseline's loss is the sum of the outputs; a run averages, so it is the sum over the number of examples. */
const sumOfOutputs = {
  name: "sumOfOutputs",
  perExample: (output: Parameters<typeof ops.neg>[0]) =>
    ops.mul(ops.reduceSum(output, { axes: [1] }), input.length),
};

describe("PyTorch's optimizer baseline, to 1e-12", () => {
  it("has a row for each of these", () => {
    expect(Object.keys(expected).sort()).toEqual(Object.keys(optimizers).sort());
  });

  it.each(Object.entries(optimizers))("%s", async (name, optimizer) => {
    const targets = input.map(() => [0]); // read by nothing
    const data = fromArrays(input, targets, { task: "regression", dtype: "float64" });
    const run = train(sequential([dense(3), sigmoid(), dense(1), sigmoid()]), data, {
      loss: sumOfOutputs,
      optimizer,
      batchSize: "full",
      updates: 1001,
      dtype: "float64",
      initialParameters: Object.fromEntries(names.map((key, i) => [key, init[i]!])),
      validation: data,
      metrics: [],
      validateEvery: ({ updates }) => sample_steps.find((step) => step > updates) ?? Infinity,
    });
    const seen = new Map<number, readonly ArrayLike<number>[]>();
    for await (const event of run)
      if (event.type === "evaluation")
        seen.set(
          event.updates,
          event.parameters.map(({ data: values }) => values),
        );
    expect([...seen.keys()]).toEqual(sample_steps);
    sample_steps.forEach((step, i) => {
      const worst = names.map((_, k) => gap(seen.get(step)![k]!, expected[name]![i]![k]!));
      expect(Math.max(...worst), `after ${step} updates`).toBeLessThan(1e-12);
    });
  });
});
