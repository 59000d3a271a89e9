/** @file Shapes of ONNX's own losses. */
import { ShapeError } from "../../errors.ts";
import type { LossAttributes } from "../operators.ts";
import { sameShape, showShape, type Shape, type TensorType } from "../types.ts";
import { floatOperand, operand, type ShapeRules } from "./common.ts";

export type LossOp = "NegativeLogLikelihoodLoss" | "SoftmaxCrossEntropyLoss";

/** scores [N, C, ...d], labels [N, ...d], weights [C] -> [N, ...d], or [] when reduced */
function lossShape(inputs: readonly TensorType[], { reduction }: LossAttributes): Shape {
  const [scores, labels] = [floatOperand(inputs, 0), operand(inputs, 1)];
  if (labels.dtype !== "int32" && labels.dtype !== "int64")
    throw new ShapeError(`labels must be int32 or int64, got ${labels.dtype}`);
  const [examples = 1, classes = 1, ...rest] = scores.shape;
  const expected = [examples, ...rest];
  if (scores.shape.length < 2 || !sameShape(labels.shape, expected))
    throw new ShapeError(
      `labels must be ${showShape(expected)} for scores ${showShape(scores.shape)}, got ${showShape(labels.shape)}`,
    );
  if (inputs.length > 2) {
    const weights = operand(inputs, 2);
    if (weights.dtype !== scores.dtype || !sameShape(weights.shape, [classes]))
      throw new ShapeError(
        `weights must be ${scores.dtype}${showShape([classes])}, got ${weights.dtype}${showShape(weights.shape)}`,
      );
  }
  return reduction === "none" ? expected : [];
}

export const lossShapes: ShapeRules<LossOp> = {
  NegativeLogLikelihoodLoss: (inputs, attributes) => [
    { dtype: operand(inputs, 0).dtype, shape: lossShape(inputs, attributes) },
  ],
  // the loss, and the logarithms of the probabilities
  SoftmaxCrossEntropyLoss: (inputs, attributes) => {
    const { dtype, shape } = operand(inputs, 0);
    return [
      { dtype, shape: lossShape(inputs, attributes) },
      { dtype, shape },
    ];
  },
};
