/** @file What the vector-Jacobian rules share: the form of a rule, and the one place that undoes broadcasting. */
import type { Op, Operators } from "../operators.ts";
import { expandLike, reduceSum, reshape } from "../ops.ts";
import { sameShape, type Dim, type Shape } from "../types.ts";
import type { Value } from "../value.ts";

/**
 * A node seen from behind. `dy` is the cotangent of its first output, the only one that carries a
 * gradient; its shape may be smaller than the output's, as long as it broadcasts to it, so that a
 * scalar stays a scalar through element-wise rules. `full()` is `dy` in the shape of the output.
 */
export interface Backward<P extends Op> {
  readonly inputs: readonly [Value, Value, Value];
  readonly y: Value;
  readonly outputs: readonly Value[];
  readonly attributes: Operators[P];
  readonly dy: Value;
  readonly full: () => Value;
}

/** For each input, how to build its cotangent; nothing where no gradient flows. */
export type VjpRule<P extends Op> = (node: Backward<P>) => readonly ((() => Value) | undefined)[];

export type VjpRules<P extends Op = Op> = { readonly [Q in P]: VjpRule<Q> };

/** Nothing flows back: the output does not vary smoothly with any input. */
export const noGradient = (): readonly undefined[] => [];

/** `g` in the shape of `like`. */
export function fill(g: Value, like: Value): Value {
  return sameShape(g.shape, like.shape) ? g : expandLike(g, like);
}

/** `dim` of `shape` on `axis` of a broadcast of rank `rank`. */
const aligned = (shape: Shape, axis: number, rank: number): Dim =>
  shape[axis - rank + shape.length] ?? 1;

/**
 * The cotangent of an input that was broadcast to the shape of `y`: `g` summed over the axes along
 * which the input was repeated.
 */
export function unbroadcast(g: Value, y: Value, target: Shape): Value {
  const rank = y.shape.length;
  const repeated = y.shape.flatMap((dim, axis) =>
    dim !== 1 && aligned(target, axis, rank) === 1 ? [axis] : [],
  );
  if (repeated.length === 0 && g.shape.length <= target.length) return g;
  const present = repeated.every((axis) => aligned(g.shape, axis, rank) !== 1);
  const whole = present && g.shape.length === rank ? g : fill(g, y);
  const lead = rank - target.length;
  const summed =
    repeated.length === 0 ? whole : reduceSum(whole, { axes: repeated, keepdims: true });
  if (lead === 0) return summed;
  const leading = Array.from({ length: lead }, (_, axis) => axis);
  if (repeated.every((axis) => axis < lead) && leading.every((axis) => repeated.includes(axis)))
    return reduceSum(whole, { axes: repeated });
  return reshape(summed, summed.shape.slice(lead));
}
