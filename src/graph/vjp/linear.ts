/** @file Vector-Jacobian products of the matrix products. */
import { gemm, matMul, mul, transpose } from "../ops.ts";
import type { Value } from "../value.ts";
import type { VjpRules } from "./common.ts";

/** The last two axes exchanged. */
function transposed(x: Value): Value {
  const rank = x.shape.length;
  const lead = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return transpose(x, [...lead, rank - 1, rank - 2]);
}

export const linearVjps: VjpRules<"MatMul" | "Gemm"> = {
  // Y = A B:  dA = dY Bᵀ,  dB = Aᵀ dY
  MatMul: ({ inputs: [a, b], full }) => [
    () => matMul(full(), transposed(b)),
    () => matMul(transposed(a), full()),
  ],
  // Y = α A' B' + β C:  dA' = α dY B'ᵀ,  dB' = α A'ᵀ dY,  dC = β dY
  Gemm: ({ inputs: [a, b], attributes: { alpha, beta, transA, transB }, dy, full }) => [
    () =>
      transA
        ? gemm(b, full(), undefined, { alpha, transA: transB, transB: true })
        : gemm(full(), b, undefined, { alpha, transB: !transB }),
    () =>
      transB
        ? gemm(full(), a, undefined, { alpha, transA: true, transB: transA })
        : gemm(a, full(), undefined, { alpha, transA: !transA }),
    () => (beta === 1 ? dy : mul(dy, beta)),
  ],
};
