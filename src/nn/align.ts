/** @file Output and target brought to one shape, so that nothing broadcasts by accident. */
import { ShapeError } from "../errors.ts";
import { cast, reduceMean, reshape } from "../graph/ops.ts";
import { isFloat, sameShape, showShape, type Shape } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";

/** Whether the values of `x` are whole numbers, such as class indices. */
export function isIndex(x: Value): boolean {
  return x.dtype === "int32" || x.dtype === "int64";
}

/**
 * `output` and `target` as floats of one shape: [batch] where there is one output an example, written
 * [batch] or [batch, 1] on either side, and [batch, ...] otherwise.
 *
 * @param name whose mistake it is, for the message
 * @throws ShapeError when the shapes differ otherwise
 */
export function aligned(
  name: string,
  output: Value,
  target: Value,
): readonly [output: Value, target: Value] {
  if (!isFloat(output.dtype) || output.shape.length === 0)
    throw new ShapeError(
      `${name}: the output must be floats [batch] or [batch, outputs], got ${output.dtype}${showShape(output.shape)}`,
    );
  const [flatOutput, flatTarget] = [withoutLastOne(output.shape), withoutLastOne(target.shape)];
  if (!sameShape(flatOutput, flatTarget)) {
    const advice =
      isIndex(target) && target.shape.length === 1
        ? "; class indices need one output here: give one-hot rows as floats, or use crossEntropy"
        : "";
    throw new ShapeError(
      `${name}: output and target differ in shape: ${showShape(output.shape)} and ${showShape(target.shape)}${advice}`,
    );
  }
  return [shaped(output, flatOutput), cast(shaped(target, flatTarget), output.dtype)];
}

/** [batch, ...] -> [batch], the mean over the outputs of an example. */
export function meanOverOutputs(x: Value): Value {
  if (x.shape.length === 1) return x;
  return reduceMean(x, { axes: x.shape.slice(1).map((_, at) => at + 1) });
}

/** Number of outputs an example of [batch, ...] has. */
export function outputsOf(name: string, x: Value): number {
  return x.shape.slice(1).reduce<number>((product, dim) => {
    if (typeof dim === "number") return product * dim;
    throw new ShapeError(
      `${name}: only the batch may be of unknown length, got ${showShape(x.shape)}`,
    );
  }, 1);
}

/** [batch, 1] -> [batch]. */
function withoutLastOne(shape: Shape): Shape {
  return shape.length === 2 && shape[1] === 1 ? shape.slice(0, 1) : shape;
}

function shaped(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : reshape(x, shape);
}
