/**
 * @file Dropout masks from integer arithmetic in the graph.
 *
 * ONNX Runtime's own random operators keep hidden state: they can be neither repeated nor resumed. Here a
 * visit has two random words (a, b), an element has a fixed random word c, and the bits of the element are
 *
 *     h = a·c + b,   x = h·(2h + 1)   (mod 2³²)
 *
 * the multiply-add hash of Dietzfelbinger (1996) followed by the quadratic permutation of RC6
 * (Rivest et al. 1998), which mixes all lower bits into the upper ones.
 */
import { generator, stream } from "../data/rng.ts";
import { ShapeError } from "../errors.ts";
import * as op from "../graph/ops.ts";
import { showShape, tensor } from "../graph/types.ts";
import { constant, type Value } from "../graph/value.ts";
import type { Scope } from "./model.ts";

/** 1 / (1 − rate) where an element is kept and 0 where it is dropped, in the shape of `x` [batch, ...]. */
export function dropoutMask(x: Value, rate: number, scope: Scope): Value {
  const rest = x.shape.slice(1);
  if (rest.length === 0 || rest.some((dim) => typeof dim !== "number"))
    throw new ShapeError(`dropout: expected [batch, ...], got ${showShape(x.shape)}`);
  const units = (rest as number[]).reduce((a, b) => a * b, 1);
  const random = generator(0, stream.dropout, scope.nextRandomLayer());
  const words = Int32Array.from({ length: units }, () => random.uint32() | 1);
  const c = constant(tensor("int32", [1, units], words));
  const keys = scope.visitKeys(); // [batch, 2]
  const word = (column: number) =>
    op.slice(keys, { starts: [column], ends: [column + 1], axes: [1] }); // [batch, 1]
  const h = op.add(op.mul(word(0), c), word(1)); // [batch, units]
  const bits = op.mul(h, op.add(op.mul(h, 2), 1));
  const threshold = Math.round(rate * 2 ** 32) - 2 ** 31;
  const kept = op.cast(op.greaterOrEqual(bits, threshold), x.dtype);
  const mask = op.mul(kept, 1 / (1 - rate));
  return x.shape.length === 2 ? mask : op.reshape(mask, x.shape);
}
