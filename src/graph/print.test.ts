import { expect, it } from "vitest";
import { add, gemm, mul, reduceMean, relu, sub } from "./ops.ts";
import { print } from "./print.ts";
import { gradients } from "./reverse.ts";
import { tensor } from "./types.ts";
import { constant, input, type Value } from "./value.ts";

/** Mean squared error of a network with two layers. */
function network(): { readonly loss: Value; readonly parameters: readonly Value[] } {
  const x = input("x", "float32", ["batch", 4]);
  const t = input("t", "float32", ["batch", 2]);
  const w1 = input("0.weight", "float32", [3, 4]);
  const b1 = input("0.bias", "float32", [3]);
  const w2 = input("2.weight", "float32", [2, 3]);
  const b2 = input("2.bias", "float32", [2]);
  const hidden = relu(gemm(x, w1, b1, { transB: true }));
  const error = sub(gemm(hidden, w2, b2, { transB: true }), t);
  return { loss: reduceMean(mul(error, error)), parameters: [w1, b1, w2, b2] };
}

it("prints a network of two layers", () => {
  expect(print([network().loss])).toMatchInlineSnapshot();
});

it("prints its backward pass", () => {
  const { loss, parameters } = network();
  expect(print(gradients(loss, parameters))).toMatchInlineSnapshot();
});

it("letters nodes around the names of inputs, and shows constants", () => {
  const a = input("a", "float32", [2]);
  const table = constant(tensor("float32", [2], [1, 2]));
  expect(print([add(mul(a, 3), table), a])).toMatchInlineSnapshot();
});
