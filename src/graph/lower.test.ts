import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { evaluate } from "./evaluate.ts";
import { lower } from "./lower.ts";
import { conv } from "./ops-windows.ts";
import { elu, erf, gemm, hardSigmoid, leakyRelu, mul, reduceSum, softplus } from "./ops.ts";
import { gradients } from "./reverse.ts";
import { nodesOf } from "./topology.ts";
import { tensor, type DType } from "./types.ts";
import { input, type Value } from "./value.ts";

const x = (dtype: DType) => input("x", dtype, [7]);
const points = [-1e300, -800, -2, 0, 3, 800, 1e300];

/** Results of a graph and of what it is lowered to. */
function both(build: (x: Value) => Value) {
  const value = input("x", "float64", [points.length]);
  const y = build(value);
  const feeds = new Map([[value, tensor("float64", [points.length], points)]]);
  const [want] = evaluate([y], feeds);
  const [got] = evaluate(lower([y]), feeds);
  return { want: [...want!.data], got: [...got!.data] };
}

describe("lower", () => {
  it.each([
    ["Softplus", softplus],
    ["LeakyRelu", (v: Value) => leakyRelu(v, 0.3)],
    ["Elu", (v: Value) => elu(v, 1.7)],
    ["HardSigmoid", (v: Value) => hardSigmoid(v)],
    ["HardSigmoid as a step", (v: Value) => hardSigmoid(v, 1e38, 0)],
  ] as const)("keeps the values of %s, far out too", (_, build) => {
    const { want, got } = both(build);
    got.forEach((value, index) => {
      expect(value).toBeCloseTo(want[index]!, 14);
    });
  });

  it("leaves float32 and operators with kernels alone", () => {
    const outputs = [softplus(x("float32")), mul(x("float64"), x("float64")), erf(x("float32"))];
    expect(lower(outputs)).toEqual(outputs);
    expect(lower(outputs)[0]).toBe(outputs[0]);
  });

  it("keeps factors of Gemm that float32 cannot hold", () => {
    const a = input("a", "float64", [1, 1]);
    const feeds = new Map([[a, tensor("float64", [1, 1], [3])]]);
    const product = gemm(a, a, a, { alpha: -0.1, beta: 0.7 });
    const [lowered] = lower([product]);
    expect(nodesOf([lowered!]).map(({ op }) => op)).toEqual(["Gemm", "Mul", "Mul", "Add"]);
    expect(evaluate([lowered!], feeds)[0]!.data[0]).toBeCloseTo(-0.1 * 9 + 0.7 * 3, 15);
    expect(lower([gemm(a, a, a, { alpha: -0.5 })])[0]!.source).toMatchObject({
      node: { op: "Gemm" },
    });
  });

  it("writes convolutions and their gradients without convolutions", () => {
    const image = input("image", "float64", ["batch", 2, 5, 5]);
    const w = input("w", "float64", [3, 2, 3, 3]);
    const loss = reduceSum(conv(image, w, undefined, { strides: [2, 2] }));
    const used = nodesOf(lower(gradients(loss, [image, w]))).map(({ op }) => op);
    expect(used.filter((op) => op.startsWith("Conv"))).toEqual([]);
  });

  it("says what to do about Erf", () => {
    const y = erf(x("float64"));
    expect(() => lower([y])).toThrow(InputError);
    expect(() => lower([y])).toThrowErrorMatchingInlineSnapshot(
      `[InputError: Erf: ONNX Runtime has no float64 kernel for it; use dtype "float32", gelu("tanh") in place of gelu(), or engine "loops"]`,
    );
  });
});
