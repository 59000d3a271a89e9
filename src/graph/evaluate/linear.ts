/** @file Reference loops of the matrix products. */
import { allocate, sizeOf, type Tensor, type TensorData } from "../types.ts";
import { broadcastShapes, broadcastStrides, repeated, walk, type EvaluateRules } from "./common.ts";

/** Row-major [m, n] += A'[m, k] B'[k, n] for one matrix of each, read through strides. */
function multiply(
  out: Float64Array,
  a: TensorData,
  b: TensorData,
  [m, k, n]: readonly [number, number, number],
  [aRow, aCol]: readonly [number, number],
  [bRow, bCol]: readonly [number, number],
  [aStart, bStart]: readonly [number, number] = [0, 0],
): void {
  for (let i = 0; i < m; i++)
    if (bCol === 1) {
      for (let l = 0; l < k; l++) {
        const factor = a[aStart + i * aRow + l * aCol]!;
        for (let j = 0; j < n; j++) out[i * n + j]! += factor * b[bStart + l * bRow + j]!;
      }
    } else {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++)
          sum += a[aStart + i * aRow + l * aCol]! * b[bStart + l * bRow + j * bCol]!;
        out[i * n + j]! += sum;
      }
    }
}

/** `values` rounded to the dtype of `like`. */
function rounded(values: Float64Array, like: Tensor, shape: readonly number[]): Tensor {
  if (like.dtype === "float64") return { dtype: like.dtype, shape, data: values };
  const data = allocate(like.dtype, values.length);
  data.set(values);
  return { dtype: like.dtype, shape, data };
}

export const linearLoops: EvaluateRules<"MatMul" | "Gemm"> = {
  MatMul: ([a, b]) => {
    const [m, k, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const out = new Float64Array(sizeOf(batch) * m * n);
    const starts: number[] = [];
    walk(batch, broadcastStrides(a.shape.slice(0, -2), batch), (_, at) => starts.push(at * m * k));
    walk(batch, broadcastStrides(b.shape.slice(0, -2), batch), (at, from) => {
      const block = out.subarray(at * m * n, (at + 1) * m * n);
      multiply(block, a.data, b.data, [m, k, n], [k, 1], [n, 1], [starts[at]!, from * k * n]);
    });
    return [rounded(out, a, [...batch, m, n])];
  },
  Gemm: ([a, b, c], { alpha, beta, transA, transB }, given) => {
    const [m, k] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
    const n = transB ? b.shape[0]! : b.shape[1]!;
    const out = new Float64Array(m * n);
    multiply(out, a.data, b.data, [m, k, n], transA ? [1, m] : [k, 1], transB ? [1, k] : [n, 1]);
    if (alpha !== 1) for (let i = 0; i < out.length; i++) out[i]! *= alpha;
    if (given > 2) {
      const bias = repeated(c, [m, n]);
      for (let i = 0; i < out.length; i++) out[i]! += beta * bias[i]!;
    }
    return [rounded(out, a, [m, n])];
  },
};
