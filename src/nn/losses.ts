/**
 * @file The losses, each one number an example: [batch].
 * The classifiers' losses take logits, not probabilities: log and exp of the softmax or the sigmoid
 * would lose digits, and their composition with the loss has a simpler gradient.
 */
import { fraction, InputError, knownOptions, oneOf, positive, ShapeError } from "../errors.ts";
import {
  abs,
  add,
  cast,
  logSoftmax,
  min,
  mul,
  neg,
  reduceSum,
  softplus,
  sub,
} from "../graph/ops.ts";
import { softmaxCrossEntropyLoss } from "../graph/ops-windows.ts";
import { negatedOneHot } from "../graph/one-hot.ts";
import { isFloat, showShape, type FloatType } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";
import { aligned, isIndex, meanOverOutputs } from "./align.ts";
import type { Loss } from "./loss.ts";

export type LossName =
  "crossEntropy" | "binaryCrossEntropy" | "meanSquaredError" | "meanAbsoluteError" | "huber";

export interface CrossEntropyOptions {
  /** ε: moves this much of every target to the uniform distribution. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Cross entropy of a softmax over C classes, from logits z [batch, C]:
 *
 *     ℓ = −Σ_c q_c log softmax(z)_c,   q = (1 − ε) p + ε / C
 *
 * where p is the target: rows of probabilities, floats [batch, C], or class indices, int32 [batch],
 * that stand for one-hot rows. ε is `labelSmoothing`, 0 by default. In nats, as PyTorch's `CrossEntropyLoss`.
 *
 * Source of the smoothing: Szegedy et al. (2016), "Rethinking the Inception architecture", section 7.
 * @throws InputError when labelSmoothing is not in [0, 1), and (from `perExample`) for a model that ends in softmax
 * @throws ShapeError (from `perExample`) when the target does not fit the output
 * @example losses.crossEntropy({ labelSmoothing: 0.1 }).perExample(logits, labels)
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  knownOptions("crossEntropy", options, ["labelSmoothing"]);
  const { labelSmoothing = 0 } = options;
  fraction("labelSmoothing", labelSmoothing);
  return {
    name: "crossEntropy",
    perExample: (output, target) => {
      requireLogits("crossEntropy", output, "Softmax");
      const classes = classesOf(output, target);
      if (isIndex(target) && labelSmoothing === 0)
        return softmaxCrossEntropyLoss(output, target, { reduction: "none" })[0];
      const negated = isIndex(target)
        ? negatedRows(target, classes, labelSmoothing, output)
        : negatedProbabilities(cast(target, output.dtype), classes, labelSmoothing);
      return reduceSum(mul(negated, logSoftmax(output)), { axes: [1] });
    },
  };
}

/**
 * Binary cross entropy from logits z, mean over the outputs of an example:
 *
 *     ℓ = log(1 + eᶻ) − z y  =  −y log σ(z) − (1 − y) log(1 − σ(z))
 *
 * Output [batch], [batch, 1] or [batch, k]; target int32 [batch] of 0 and 1, or floats in [0, 1] of the
 * output's shape. PyTorch's `BCEWithLogitsLoss`.
 *
 * @throws InputError (from `perExample`) for a model that ends in sigmoid
 * @throws ShapeError (from `perExample`) when the target does not fit the output
 */
export function binaryCrossEntropy(): Loss {
  const name = "binaryCrossEntropy";
  return {
    name,
    perExample: (output, target) => {
      requireLogits(name, output, "Sigmoid");
      const [z, y] = aligned(name, output, target);
      return meanOverOutputs(sub(softplus(z), mul(z, y)));
    },
  };
}

/** ℓ = mean over outputs of (z − y)². Without a factor ½, as in PyTorch and Keras. @throws ShapeError (from `perExample`) */
export function meanSquaredError(): Loss {
  return regression("meanSquaredError", (error) => mul(error, error));
}

/** ℓ = mean over outputs of |z − y|; its gradient at 0 is 0. @throws ShapeError (from `perExample`) */
export function meanAbsoluteError(): Loss {
  return regression("meanAbsoluteError", abs);
}

/**
 * Squared near 0, absolute beyond δ; mean over outputs, with e = z − y:
 *
 *     ℓ = ½ e²  where |e| ≤ δ,   δ (|e| − δ/2)  elsewhere
 *
 * PyTorch's `HuberLoss`. Its `SmoothL1Loss` is this divided by δ. Default δ = 1.
 *
 * Source: Huber (1964), "Robust estimation of a location parameter".
 * @throws InputError when delta is not positive
 */
export function huber(options: { readonly delta?: number } = {}): Loss {
  knownOptions("huber", options, ["delta"]);
  const { delta = 1 } = options;
  positive("delta", delta);
  return regression("huber", (error) => {
    const size = abs(error);
    const near = min(size, delta);
    return mul(near, sub(size, mul(near, 0.5)));
  });
}

/** The loss of that name, with its default options. @throws InputError naming the legal names */
export function lossNamed(name: string): Loss {
  return byName[oneOf("loss", name, Object.keys(byName) as LossName[])]();
}

const byName: Readonly<Record<LossName, () => Loss>> = {
  crossEntropy,
  binaryCrossEntropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
};

function regression(name: string, penalty: (error: Value) => Value): Loss {
  return {
    name,
    perExample: (output, target) => {
      const [z, y] = aligned(name, output, target);
      return meanOverOutputs(penalty(sub(z, y)));
    },
  };
}

/**
 * Refuses probabilities where logits are wanted, as Keras's layers end in them: taken twice, a softmax trains slowly and says nothing.
 *
 * @throws InputError
 */
function requireLogits(loss: string, { source }: Value, op: "Softmax" | "Sigmoid"): void {
  if (source.kind !== "node" || source.node.op !== op) return;
  throw new InputError(
    `${loss} takes logits, and the model ends in ${op.toLowerCase()}, which the loss applies itself: leave it out of the model`,
  );
}

/** Number of classes of logits [batch, C], when the target fits them. @throws ShapeError */
function classesOf(output: Value, target: Value): number {
  const [batch, classes] = output.shape;
  if (!isFloat(output.dtype) || output.shape.length !== 2 || typeof classes !== "number")
    throw new ShapeError(
      `crossEntropy: the output must be logits [batch, classes], got ${output.dtype}${showShape(output.shape)}`,
    );
  if (classes < 2)
    throw new ShapeError(
      `crossEntropy: ${classes} class in the output ${showShape(output.shape)}; use binaryCrossEntropy for one logit`,
    );
  const wanted = isIndex(target) ? [batch] : [batch, classes];
  const right =
    target.shape.length === wanted.length && wanted.every((dim, at) => dim === target.shape[at]);
  if (right && (isIndex(target) || isFloat(target.dtype))) return classes;
  throw new ShapeError(
    `crossEntropy: ${classes} classes in the output, so the target must be class indices int32${showShape([batch ?? 1])} ` +
      `or probabilities float${showShape([batch ?? 1, classes])}; got ${target.dtype}${showShape(target.shape)}`,
  );
}

/** −q for class indices, [batch, C]. */
function negatedRows(target: Value, classes: number, smoothing: number, like: Value): Value {
  const rows = negatedOneHot(target, classes, like.dtype as FloatType);
  return smoothed(mul(rows, 1 - smoothing), -smoothing / classes);
}

/** −q for rows of probabilities, [batch, C]. */
function negatedProbabilities(target: Value, classes: number, smoothing: number): Value {
  if (smoothing === 0) return neg(target);
  return smoothed(mul(target, smoothing - 1), -smoothing / classes);
}

function smoothed(x: Value, offset: number): Value {
  return offset === 0 ? x : add(x, offset);
}
