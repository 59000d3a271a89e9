import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.ts";
import { evaluate } from "./evaluate.ts";
import { add, cast, exp, mul, reduceSum, sign } from "./ops.ts";
import { softmaxCrossEntropyLoss } from "./ops-windows.ts";
import { gradients } from "./reverse.ts";
import { tensor, type Tensor } from "./types.ts";
import { constant, input, type Value } from "./value.ts";

const x = input("x", "float64", []);
const at = (value: number): ReadonlyMap<Value, Tensor> =>
  new Map([[x, tensor("float64", [], [value])]]);

const slope = (y: Value, value: number) => evaluate(gradients(y, [x]), at(value))[0]!.data[0];

describe("gradients", () => {
  it("add up where a value is read more than once: d(x² + 3x + x) = 2x + 4", () => {
    expect(slope(add(add(mul(x, x), mul(x, 3)), x), 5)).toBe(14);
  });

  it("follow the chain rule: d exp(exp x) = exp(exp x + x)", () => {
    expect(slope(exp(exp(x)), 0.5)).toBeCloseTo(Math.exp(Math.exp(0.5) + 0.5), 12);
  });

  it("of the output with respect to itself are 1", () => {
    expect(slope(x, 3)).toBe(1);
  });

  it("can be taken again: d²(x⁴) = 12 x²", () => {
    const square = mul(x, x);
    const [first] = gradients(mul(square, square), [x]);
    expect(slope(first!, 3)).toBe(108);
  });

  it("of the gradient of a cross entropy are its second derivatives, with weights and labels that do not count", () => {
    const scores = input("scores", "float64", [4, 3]);
    const values = Array.from({ length: 12 }, (_, i) => Math.sin(1 + 3 * i));
    const labels = constant(tensor("int32", [4], [2, 0, 1, 0]));
    const weights = constant(tensor("float64", [3], [1, 2, 0.5]));
    for (const options of [{ reduction: "none" }, { weights }, { ignoreIndex: 1 }] as const) {
      const [losses] = softmaxCrossEntropyLoss(scores, labels, options);
      const [gradient] = gradients(reduceSum(losses), [scores]);
      const along = constant(tensor("float64", [4, 3], values.toReversed()));
      const [product] = gradients(reduceSum(mul(gradient!, along)), [scores]);
      const read = (y: Value, t: number) => {
        const moved = values.map((value, i) => value + t * values[11 - i]!);
        return evaluate([y], new Map([[scores, tensor("float64", [4, 3], moved)]]))[0]!.data;
      };
      const [after, before] = [read(gradient!, 1e-5), read(gradient!, -1e-5)];
      read(product!, 0).forEach((value, i) => {
        expect(value).toBeCloseTo((after[i]! - before[i]!) / 2e-5, 8);
      });
    }
  });

  it("are refused through a second output, rather than lost", () => {
    const scores = input("scores", "float64", [4, 3]);
    const labels = constant(tensor("int32", [4], [2, 0, 1, 0]));
    const [loss, logP] = softmaxCrossEntropyLoss(scores, labels);
    expect(() => gradients(add(loss, reduceSum(logP)), [scores])).toThrow(
      /SoftmaxCrossEntropyLoss has a gradient through its first output only/,
    );
  });

  it("can be taken with respect to a value in the middle", () => {
    const middle = mul(x, 2);
    expect(evaluate(gradients(mul(middle, middle), [middle]), at(3))[0]!.data[0]).toBe(12);
  });

  it("are zeros of the right shape for inputs that nothing depends on", () => {
    const unused = input("unused", "float64", ["batch", 2]);
    const [dx] = gradients(mul(x, x), [unused]);
    expect(dx!.shape).toEqual(["batch", 2]);
    const feeds = new Map([...at(1), [unused, tensor("float64", [3, 2], [1, 2, 3, 4, 5, 6])]]);
    expect(evaluate([dx!], feeds)[0]).toEqual(tensor("float64", [3, 2], [0, 0, 0, 0, 0, 0]));
  });

  it("stop where nothing varies smoothly", () => {
    expect(slope(mul(sign(x), x), -2)).toBe(-1);
    expect(slope(cast(cast(x, "int32"), "float64"), 2)).toBe(0);
  });

  it("start from the seed", () => {
    const [dx] = gradients(mul(x, x), [x], reduceSum(mul(x, 10)));
    expect(evaluate([dx!], at(3))[0]!.data[0]).toBe(180);
  });

  it("need a float scalar", () => {
    const row = input("row", "float32", [2]);
    const count = input("count", "int64", []);
    expect(() => gradients(row, [row])).toThrow(ShapeError);
    expect(() => gradients(row, [row])).toThrow(
      "gradients: y must be a float scalar, got float32[2]",
    );
    expect(() => gradients(count, [x])).toThrow("gradients: y must be a float scalar, got int64[]");
  });

  it("of a chain of 20,000 nodes need no deep stack: d(x · 2ⁿ/2ⁿ) = 1", () => {
    let y: Value = x;
    for (let i = 0; i < 10_000; i++) y = mul(mul(y, 2), 0.5);
    expect(slope(y, 7)).toBe(1);
  });
});
