/** @file Shapes of the matrix products. */
import { ShapeError } from "../../errors.ts";
import { showShape, type Dim, type Shape } from "../types.ts";
import { broadcast, floatOperand, operand, sameDType, type ShapeRules } from "./common.ts";

/** A dimension of a shape whose rank was checked. */
const at = (shape: Shape, axis: number): Dim => shape.at(axis) ?? 1;

/** Whether `shape` broadcasts to `target` and no further. */
const repeatsTo = (shape: Shape, target: Shape): boolean =>
  shape.length <= target.length &&
  shape.every((dim, axis) => dim === 1 || dim === at(target, axis - shape.length));

export const linearShapes: ShapeRules<"MatMul" | "Gemm"> = {
  // [..., m, k] × [..., k, n] -> [..., m, n]
  MatMul: (inputs) => {
    const [a, b] = [floatOperand(inputs, 0), floatOperand(inputs, 1)];
    const dtype = sameDType([a, b]);
    if (a.shape.length < 2 || b.shape.length < 2)
      throw new ShapeError(
        `inputs must be matrices, got ${showShape(a.shape)} × ${showShape(b.shape)}`,
      );
    if (at(a.shape, -1) !== at(b.shape, -2))
      throw new ShapeError(
        `inner dimensions differ: ${showShape(a.shape)} × ${showShape(b.shape)}`,
      );
    const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [{ dtype, shape: [...batch, at(a.shape, -2), at(b.shape, -1)] }];
  },
  // α A' B' + β C, A' [m, k], B' [k, n], C broadcast to [m, n]
  Gemm: (inputs, { transA, transB }) => {
    const [a, b] = [floatOperand(inputs, 0), floatOperand(inputs, 1)];
    const dtype = sameDType(inputs);
    if (a.shape.length !== 2 || b.shape.length !== 2)
      throw new ShapeError(
        `inputs must be matrices, got ${showShape(a.shape)} × ${showShape(b.shape)}`,
      );
    const [m, k] = transA ? [at(a.shape, 1), at(a.shape, 0)] : [at(a.shape, 0), at(a.shape, 1)];
    const [inner, n] = transB ? [at(b.shape, 1), at(b.shape, 0)] : [at(b.shape, 0), at(b.shape, 1)];
    if (k !== inner)
      throw new ShapeError(
        `inner dimensions differ: ${showShape([m, k])} × ${showShape([inner, n])}`,
      );
    if (inputs.length > 2) {
      const c = operand(inputs, 2);
      if (!repeatsTo(c.shape, [m, n]))
        throw new ShapeError(`C ${showShape(c.shape)} does not broadcast to ${showShape([m, n])}`);
    }
    return [{ dtype, shape: [m, n] }];
  },
};
