/** @file Arithmetic on parameters and gradients as one long vector, held as a list of tensors. */
import { allocate, type Tensor, type TensorData } from "../graph/types.ts";

/** All arrays of a model, in the order of its parameters, read as one vector. */
export type Vector = readonly Tensor[];

/** Number of elements. */
export function lengthOf(v: Vector): number {
  return v.reduce((sum, { data }) => sum + data.length, 0);
}

/** Σ aᵢ bᵢ */
export function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, { data }, k) => sum + dotOf(data, b[k]!.data), 0);
}

// A function of its own: a loop inside a closure takes twice as long.
function dotOf(a: TensorData, b: TensorData): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Σ (aᵢ − mᵢ)(bᵢ − mᵢ) */
export function centredDot(a: Vector, b: Vector, mean: Vector): number {
  return a.reduce((sum, { data }, k) => sum + centredDotOf(data, b[k]!.data, mean[k]!.data), 0);
}

function centredDotOf(a: TensorData, b: TensorData, mean: TensorData): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - mean[i]!) * (b[i]! - mean[i]!);
  return sum;
}

/** |a| */
export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** |a − b|² */
export function squaredDistance(a: Vector, b: Vector): number {
  return a.reduce((sum, { data }, k) => sum + squaredDistanceOf(data, b[k]!.data), 0);
}

function squaredDistanceOf(a: TensorData, b: TensorData): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
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
  const factors = terms.map(([c]) => c);
  return like.map(({ dtype, shape, data }, k) => {
    const out = allocate(dtype, data.length);
    combineInto(
      out,
      factors,
      terms.map(([, v]) => v[k]!.data),
    );
    return { dtype, shape, data: out };
  });
}

function combineInto(
  out: TensorData,
  factors: readonly number[],
  parts: readonly TensorData[],
): void {
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let t = 0; t < factors.length; t++) sum += factors[t]! * parts[t]![i]!;
    out[i] = sum;
  }
}

/** sum ← sum + c v, for a sum that nobody else holds. */
export function addMultiple(sum: Vector, c: number, v: Vector): void {
  sum.forEach(({ data }, k) => {
    addMultipleOf(data, c, v[k]!.data);
  });
}

function addMultipleOf(sum: TensorData, c: number, part: TensorData): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += c * part[i]!;
}

/** max |aᵢ| */
export function largestMagnitude(a: Vector): number {
  return a.reduce((most, { data }) => Math.max(most, largestOf(data)), 0);
}

function largestOf(part: TensorData): number {
  let most = 0;
  for (let i = 0; i < part.length; i++) most = Math.max(most, Math.abs(part[i]!));
  return most;
}
