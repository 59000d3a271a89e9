/** @file Arithmetic on parameters and gradients as one long vector, held as a list of tensors. */
import { allocate, type Tensor } from "../graph/types.ts";

/** All arrays of a model, in the order of its parameters, read as one vector. */
export type Vector = readonly Tensor[];

/** Number of elements. */
export function lengthOf(v: Vector): number {
  return v.reduce((sum, { data }) => sum + data.length, 0);
}

/** Σ aᵢ bᵢ */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  a.forEach(({ data }, k) => {
    const other = b[k]!.data;
    for (let i = 0; i < data.length; i++) sum += data[i]! * other[i]!;
  });
  return sum;
}

/** |a| */
export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** |a − b|² */
export function squaredDistance(a: Vector, b: Vector): number {
  let sum = 0;
  a.forEach(({ data }, k) => {
    const other = b[k]!.data;
    for (let i = 0; i < data.length; i++) sum += (data[i]! - other[i]!) ** 2;
  });
  return sum;
}

/** max |aᵢ − bᵢ| */
export function largestDifference(a: Vector, b: Vector): number {
  let most = 0;
  a.forEach(({ data }, k) => {
    const other = b[k]!.data;
    for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i]! - other[i]!));
  });
  return most;
}

/** Σ cₖ vₖ, as new arrays in the shapes of the first. */
export function combine(terms: readonly (readonly [number, Vector])[]): Vector {
  const [[, like] = [0, []]] = terms;
  return like.map(({ dtype, shape, data }, k) => {
    const sum = new Float64Array(data.length);
    for (const [c, v] of terms) {
      const part = v[k]!.data;
      for (let i = 0; i < sum.length; i++) sum[i]! += c * part[i]!;
    }
    const out = allocate(dtype, sum.length);
    out.set(sum);
    return { dtype, shape, data: out };
  });
}
