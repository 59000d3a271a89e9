/** @file The ONNX project's own test vectors, through the operators. */
import { describe, expect, it } from "vitest";
import { evaluate } from "../src/graph/evaluate.ts";
import { averagePool, conv, maxPool, type AutoPad } from "../src/graph/ops-windows.ts";
import { gemm, logSoftmax, relu, sigmoid, softmax, tanh } from "../src/graph/ops.ts";
import type { Tensor } from "../src/graph/types.ts";
import { applyAll, input, type Value } from "../src/graph/value.ts";
import {
  asTensor,
  operatorVectors,
  optimizerVectors,
  type Attributes,
} from "./support/onnx-vectors.ts";
import { distance, runOnnx, runtime, runtimeNames } from "./support/onnx.ts";

const autoPads: Readonly<Record<string, AutoPad>> = {
  SAME_UPPER: "same-upper",
  SAME_LOWER: "same-lower",
  VALID: "valid",
};

const numbers = (value: Attributes[string] | undefined) => value as readonly number[] | undefined;

/** ONNX's attributes of a window as options. */
function windowOptions({
  strides,
  pads,
  dilations,
  auto_pad,
  ceil_mode,
  count_include_pad,
}: Attributes) {
  const options = {
    strides: numbers(strides),
    pads: numbers(pads),
    dilations: numbers(dilations),
    autoPad: autoPads[auto_pad as string],
    ceilMode: ceil_mode === 1,
    countIncludePad: count_include_pad === 1,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

type Build = (inputs: readonly Value[], attributes: Attributes) => readonly Value[];

const loss =
  (op: "NegativeLogLikelihoodLoss" | "SoftmaxCrossEntropyLoss"): Build =>
  (inputs, { reduction, ignore_index }) =>
    applyAll(
      op,
      {
        reduction: reduction as "none" | "sum" | "mean",
        ...(ignore_index === undefined ? {} : { ignoreIndex: ignore_index as number }),
      },
      inputs,
    );

const builders: Readonly<Record<string, Build>> = {
  AveragePool: ([x], a) => [averagePool(x!, numbers(a["kernel_shape"])!, windowOptions(a))],
  MaxPool: ([x], a) => [maxPool(x!, numbers(a["kernel_shape"])!, windowOptions(a))],
  Conv: ([x, w], a) => [conv(x!, w!, undefined, windowOptions(a))],
  Gemm: ([a, b, c], { alpha = 1, beta = 1, transA, transB }) => [
    gemm(a!, b!, c, {
      alpha: alpha as number,
      beta: beta as number,
      transA: transA === 1,
      transB: transB === 1,
    }),
  ],
  Softmax: ([x], { axis = -1 }) => [softmax(x!, axis as number)],
  LogSoftmax: ([x], { axis = -1 }) => [logSoftmax(x!, axis as number)],
  Relu: ([x]) => [relu(x!)],
  Sigmoid: ([x]) => [sigmoid(x!)],
  Tanh: ([x]) => [tanh(x!)],
  NegativeLogLikelihoodLoss: loss("NegativeLogLikelihoodLoss"),
  SoftmaxCrossEntropyLoss: loss("SoftmaxCrossEntropyLoss"),
};

/** Every vector of an operator of the graph, as one graph. */
const cases = operatorVectors.map(([name, { ops, attrs, inputs, outputs }]) => {
  const values = inputs.map((x, index) => input(`${name}/${index}`, x.dtype, x.shape));
  const built = builders[ops[0]!]!(values, attrs[0] ?? {}).slice(0, outputs.length);
  const feeds = values.map((value, index) => [value, asTensor(inputs[index]!)] as const);
  return { name, built, feeds, expected: outputs.map(asTensor) };
});

const feeds = new Map(cases.flatMap((one) => one.feeds));
const results = cases.flatMap(({ built }) => built);

/** Compares all results and names the vectors that differ by more than 1e-6. */
function failures(actual: readonly Tensor[]): readonly string[] {
  let at = 0;
  return cases.flatMap(({ name, expected }) =>
    expected.flatMap((want, output) => {
      const got = actual[at++]!;
      const same = got.dtype === want.dtype && got.shape.join() === want.shape.join();
      const gap = same ? distance(got, want) : Infinity;
      return gap <= 1e-6 ? [] : [`${name}, output ${output}: differs by ${gap}`];
    }),
  );
}

describe("the ONNX project's vectors of operators", () => {
  it("are 94 of the 100, the others being optimizers", () => {
    expect(cases).toHaveLength(94);
    expect(optimizerVectors.map(([name]) => name)).toEqual([
      "test_adagrad",
      "test_adagrad_multiple",
      "test_adam",
      "test_momentum",
      "test_nesterov_momentum",
      "test_momentum_multiple",
    ]);
  });

  it("are built with the shapes they publish", () => {
    for (const { name, built, expected } of cases)
      expect([name, built.map(({ dtype, shape }) => [dtype, shape])]).toEqual([
        name,
        expected.map(({ dtype, shape }) => [dtype, shape]),
      ]);
  });

  it("reproduce on the interpreter to 1e-6", () => {
    expect(failures(evaluate(results, feeds))).toEqual([]);
  });

  it.each(runtimeNames)("reproduce on %s to 1e-6", async (name) => {
    expect(failures(await runOnnx(await runtime(name), results, feeds))).toEqual([]);
  });
});
