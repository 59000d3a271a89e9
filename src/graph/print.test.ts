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
  expect(print([network().loss])).toMatchInlineSnapshot(`
    "x: float32[batch, 4]
    0.weight: float32[3, 4]
    0.bias: float32[3]
    2.weight: float32[2, 3]
    2.bias: float32[2]
    t: float32[batch, 2]
    a = Gemm(x, 0.weight, 0.bias, alpha=1, beta=1, transA=false, transB=true): float32[batch, 3]
    b = Relu(a): float32[batch, 3]
    c = Gemm(b, 2.weight, 2.bias, alpha=1, beta=1, transA=false, transB=true): float32[batch, 2]
    d = Sub(c, t): float32[batch, 2]
    e = Mul(d, d): float32[batch, 2]
    f = ReduceMean(e, axes=[], keepdims=false): float32[]
    return f"
  `);
});

it("prints its backward pass", () => {
  const { loss, parameters } = network();
  expect(print(gradients(loss, parameters))).toMatchInlineSnapshot(`
    "x: float32[batch, 4]
    0.weight: float32[3, 4]
    0.bias: float32[3]
    2.weight: float32[2, 3]
    2.bias: float32[2]
    t: float32[batch, 2]
    a = Gemm(x, 0.weight, 0.bias, alpha=1, beta=1, transA=false, transB=true): float32[batch, 3]
    b = Relu(a): float32[batch, 3]
    c = Gemm(b, 2.weight, 2.bias, alpha=1, beta=1, transA=false, transB=true): float32[batch, 2]
    d = Sub(c, t): float32[batch, 2]
    e = Mul(d, d): float32[batch, 2]
    f = Size(e): int64[]
    g = Cast(f, to=float32): float32[]
    h = Div(1, g): float32[]
    i = Mul(h, 2): float32[]
    j = Mul(i, d): float32[batch, 2]
    k = Gemm(j, 2.weight, alpha=1, beta=1, transA=false, transB=false): float32[batch, 3]
    l = HardSigmoid(b, alpha=1e+38, beta=0): float32[batch, 3]
    m = Mul(k, l): float32[batch, 3]
    n = Gemm(m, x, alpha=1, beta=1, transA=true, transB=false): float32[3, 4]
    o = ReduceSum(m, axes=[0], keepdims=false): float32[3]
    p = Gemm(j, b, alpha=1, beta=1, transA=true, transB=false): float32[2, 3]
    q = ReduceSum(j, axes=[0], keepdims=false): float32[2]
    return n, o, p, q"
  `);
});

it("letters nodes around the names of inputs, and shows constants", () => {
  const a = input("a", "float32", [2]);
  const table = constant(tensor("float32", [2], [1, 2]));
  expect(print([add(mul(a, 3), table), a])).toMatchInlineSnapshot(`
    "a: float32[2]
    b = Mul(a, 3): float32[2]
    c = Add(b, const[2]): float32[2]
    return c, a"
  `);
});
