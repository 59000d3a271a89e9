import { describe, expect, it } from "vitest";
import { described, fed, torchNn } from "../../test/support/torch-nn.ts";
import { evaluate } from "../graph/evaluate.ts";
import { tensor } from "../graph/types.ts";
import { constant, input } from "../graph/value.ts";
import type { Metric } from "./metric.ts";
import { accuracy, metricNamed, r2, rootMeanSquaredError, topK } from "./metrics.ts";

function metricOf(name: string, options: { readonly outputs?: number }): Metric {
  return name === "r2" ? r2(options) : metricNamed(name);
}

describe("metrics are scikit-learn's", () => {
  const rows = torchNn.metrics.map((row) => {
    const shapes = { output: row.outputShape, [row.targetDtype]: row.targetShape };
    return [described(row.metric, shapes), row] as const;
  });
  // The sums of R² lose (mean / standard deviation)² · ε of a target that is far from 0.
  const tolerance = ({ target }: { readonly target: readonly number[] }) =>
    Math.max(...target) > 1000 ? 1e-10 : 1e-12;

  it.each(rows)("%s", (_, row) => {
    const metric = metricOf(row.metric, row.options);
    const { output, target, feeds } = fed(row);
    const sums = metric.sums(output, target);
    expect(sums).toHaveLength(metric.sumCount);
    for (const { dtype, shape } of sums)
      expect({ dtype, shape }).toEqual({ dtype: "float64", shape: [] });
    const numbers = evaluate(sums, feeds).map(({ data }) => data[0]!);
    const value = metric.finish(numbers, row.outputShape[0]!);
    expect(Math.abs(value - row.value)).toBeLessThan(tolerance(row));
  });

  it.each(rows)("%s, from two parts of the data", (_, row) => {
    const metric = metricOf(row.metric, row.options);
    const { output, target, feeds } = fed(row);
    const sums = metric.sums(output, target);
    const examples = row.outputShape[0]!;
    const part = (from: number, to: number) => {
      const cut = [...feeds].map(([value, { dtype, shape, data }]) => {
        const width = data.length / examples;
        const values = data.slice(from * width, to * width);
        return [value, tensor(dtype, [to - from, ...shape.slice(1)], values)] as const;
      });
      return evaluate(sums, new Map(cut)).map(({ data }) => data[0]!);
    };
    const [first, second] = [part(0, 5), part(5, examples)];
    const value = metric.finish(
      first.map((sum, i) => sum + second[i]!),
      examples,
    );
    expect(Math.abs(value - row.value)).toBeLessThan(tolerance(row));
  });
});

const sumsOf = (metric: Metric, output: number[][], target: number[]): readonly number[] => {
  const z = constant(tensor("float32", [output.length, output[0]!.length], output.flat()));
  const y = constant(tensor("int32", [target.length], target));
  return evaluate(metric.sums(z, y), new Map()).map(({ data }) => data[0]!);
};

it("of equal logits the first come first", () => {
  const z = [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ];
  expect(sumsOf(accuracy(), z, [0, 1, 2])).toEqual([1]);
  expect(sumsOf(topK(2), z, [0, 1, 2])).toEqual([2]);
});

it("a logit of 0 is class 0, as a probability of one half is not above it", () => {
  expect(sumsOf(accuracy(), [[0], [0], [0.1], [-0.1]], [0, 1, 1, 1])).toEqual([2]);
});

it("a float32 run loses no digits in the sums", () => {
  // 2²⁴ + 1 is not a float32
  const z = constant(tensor("float32", [2], [4096, 1]));
  const y = constant(tensor("float32", [2], [0, 0]));
  const [sum] = evaluate(rootMeanSquaredError().sums(z, y), new Map());
  expect(sum!.data[0]).toBe(2 ** 24 + 1);
});

it("R² of one example is not a number", () => {
  expect(r2().finish([1, 1, 0], 1)).toBeNaN();
});

describe("what does not fit is refused", () => {
  const z = input("z", "float32", ["batch", 4]);
  it.each([
    [
      () => accuracy().sums(z, input("y", "int32", ["batch", 4])),
      "accuracy: the output must be [batch, classes]",
    ],
    [
      () => accuracy().sums(z, input("y", "float32", ["batch", 3])),
      "[batch, 4] and float32[batch, 3]",
    ],
    [() => topK(5).sums(z, input("y", "int32", ["batch"])), "k must be in 1 … 4, got 5"],
    [() => topK(0), "k must be a whole number of at least 1, got 0"],
    [() => r2().sums(z, z), "r2: made for 1 output, the model has 4: use r2({ outputs: 4 })"],
    [
      () => metricNamed("f1"),
      'metric must be one of accuracy, top5, meanAbsoluteError, rootMeanSquaredError, r2; got "f1"',
    ],
  ])("%s", (act, message) => {
    expect(act).toThrow(message);
  });
});
