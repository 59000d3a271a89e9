/** @file Losses with gradients, metrics, updates and clipping: ONNX Runtime against the interpreter. */
import { expect, it } from "vitest";
import { distance, runOnnx, runtime, runtimeNames } from "../../test/support/onnx.ts";
import { described, fed, torchNn } from "../../test/support/torch-nn.ts";
import { evaluate } from "../graph/evaluate.ts";
import { reduceSum } from "../graph/ops.ts";
import { gradients } from "../graph/reverse.ts";
import { tensor, type FloatType, type Tensor } from "../graph/types.ts";
import { input, type Value } from "../graph/value.ts";
import { clipByNorm, clipByValue } from "./clipping.ts";
import type { Loss } from "./loss.ts";
import { crossEntropy, huber, lossNamed } from "./losses.ts";
import { metricNamed, r2 } from "./metrics.ts";
import { optimizerNamed } from "./optimizers.ts";

interface Results {
  readonly named: readonly (readonly [name: string, value: Value])[];
  readonly feeds: ReadonlyMap<Value, Tensor>;
}

const withOptions: Readonly<Record<string, (options: object) => Loss>> = { crossEntropy, huber };

function losses(float: FloatType): readonly Results[] {
  return torchNn.losses.map((row, at) => {
    const { output, target, feeds } = fed(row, float, `loss${at}/`);
    const made = withOptions[row.loss]?.(row.options) ?? lossNamed(row.loss);
    const perExample = made.perExample(output, target);
    const [gradient] = gradients(reduceSum(perExample), [output]);
    const name = described(row.loss, { ...row.options, shape: row.outputShape });
    return {
      named: [
        [name, perExample],
        [`gradient of ${name}`, gradient!],
      ],
      feeds,
    };
  });
}

function metrics(float: FloatType): readonly Results[] {
  return torchNn.metrics.map((row, at) => {
    const { output, target, feeds } = fed(row, float, `metric${at}/`);
    const made = row.metric === "r2" ? r2(row.options) : metricNamed(row.metric);
    const sums = made.sums(output, target);
    return { named: sums.map((sum, i) => [`${row.metric} ${i}`, sum] as const), feeds };
  });
}

function updates(float: FloatType): readonly Results[] {
  return torchNn.optimizers.map((row, at) => {
    const optimizer = optimizerNamed(row.optimizer, row.options);
    const feeds = new Map<Value, Tensor>();
    const array = (name: string, values: readonly number[]) => {
      const value = input(`update${at}/${name}`, float, [3]);
      feeds.set(value, tensor(float, [3], values));
      return value;
    };
    const number = (name: string, value: number) => {
      const scalar = input(`update${at}/at/${name}`, float, []);
      feeds.set(scalar, tensor(float, [], [value]));
      return scalar;
    };
    const each = <T>(record: object, make: (name: string, entry: number) => T) =>
      Object.fromEntries(
        Object.entries(record as Record<string, number>).map(([name, entry]) => [
          name,
          make(name, entry),
        ]),
      );
    const next = optimizer.update({
      parameter: array("parameter", torchNn.start),
      gradient: array("gradient", [3, -0.02, 40]),
      slots: each(optimizer.slots as object, (name) => array(name, [0.5, 2, 100])),
      coefficients: each(optimizer.coefficients({ update: 3, learningRate: 0.05 }), number),
    });
    const slots = Object.entries(next.slots as Readonly<Record<string, Value>>);
    const name = described(row.optimizer, row.options);
    return {
      named: [
        [name, next.parameter],
        ...slots.map(([slot, value]) => [`${slot} of ${name}`, value] as const),
      ],
      feeds,
    };
  });
}

function clipping(float: FloatType): readonly Results[] {
  return torchNn.clipping.map((row, at) => {
    const arrays = row.gradients.map((values, i) => tensor(float, row.shapes[i]!, values));
    const values = arrays.map(({ shape }, i) => input(`clip${at}/${i}`, float, shape));
    const clipped =
      row.kind === "norm"
        ? clipByNorm(values, row.limit).gradients
        : clipByValue(values, row.limit);
    return {
      named: clipped.map((value) => [`clipping by ${row.kind}`, value] as const),
      feeds: new Map(values.map((value, i) => [value, arrays[i]!])),
    };
  });
}

const floats: readonly FloatType[] = ["float32", "float64"];
const engines = runtimeNames.flatMap((name) => floats.map((float) => [name, float] as const));
const tolerance = { float32: 2e-6, float64: 1e-13 };

it.each(engines)("%s in %s gives what the interpreter gives", async (name, float) => {
  const all = [losses, metrics, updates, clipping].flatMap((results) => results(float));
  const named = all.flatMap((one) => one.named);
  const feeds = new Map(all.flatMap((one) => [...one.feeds]));
  const values = named.map(([, value]) => value);
  const expected = evaluate(values, feeds);
  const actual = await runOnnx(await runtime(name), values, feeds);
  const failures = named.flatMap(([what], at) => {
    const gap = distance(actual[at]!, expected[at]!);
    return gap <= tolerance[float] ? [] : [`${what}: differs by ${gap}`];
  });
  expect(failures).toEqual([]);
});
