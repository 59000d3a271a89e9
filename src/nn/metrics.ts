/**
 * @file The metrics. Their sums are float64 scalars whatever the dtype of the run: sums over many
 * examples, and differences of such sums in R², would lose digits in float32.
 */
import { knownOptions, oneOf, ShapeError, wholeNumber } from "../errors.ts";
import {
  abs,
  argMax,
  cast,
  equal,
  greater,
  mul,
  reduceSum,
  reshape,
  slice,
  sub,
  topK as topKOf,
} from "../graph/ops.ts";
import { isFloat, showShape } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";
import { aligned, isIndex, outputsOf } from "./align.ts";
import type { Metric } from "./metric.ts";

export type MetricName = "accuracy" | "top5" | "meanAbsoluteError" | "rootMeanSquaredError" | "r2";

/**
 * Fraction of the examples that are classified right.
 *
 * Output [batch, C]: the class with the largest logit, the first of equals, against class indices
 * int32 [batch], or against the largest probability of a float row [batch, C].
 * One logit, [batch] or [batch, 1]: z > 0 against y > ½.
 *
 * @throws ShapeError (from `sums`) when the target does not fit the output
 */
export function accuracy(): Metric {
  const name = "accuracy";
  return {
    name,
    better: "higher",
    best: 1,
    sumCount: 1,
    sums: (output, target) => {
      if (outputsOf(name, output) === 1) {
        const [z, y] = aligned(name, output, target);
        return [count(equal(greater(z, 0), greater(y, 0.5)))];
      }
      return [count(equal(argMax(output), classes(name, output, target)))];
    },
    finish: mean,
  };
}

/**
 * Fraction of the examples whose class is among the `k` largest logits; of equal logits the first come first.
 * Output [batch, C]; target class indices int32 [batch] or probabilities [batch, C].
 *
 * @throws InputError when k is not a whole number of at least 1
 * @throws ShapeError (from `sums`) when there are fewer than k classes, or the target does not fit
 * @example metrics.topK(5)
 */
export function topK(k: number): Metric {
  wholeNumber("k", k);
  const name = `top${k}`;
  return {
    name,
    better: "higher",
    best: 1,
    sumCount: 1,
    sums: (output, target) => {
      const expected = classes(name, output, target);
      const [, best] = topKOf(output, k);
      return [count(equal(best, reshape(expected, [...expected.shape, 1])))];
    },
    finish: mean,
  };
}

/** Mean over examples and outputs of |z − y|. @throws ShapeError (from `sums`) */
export function meanAbsoluteError(): Metric {
  const name = "meanAbsoluteError";
  return {
    name,
    better: "lower",
    best: 0,
    sumCount: 1,
    sums: (output, target) => {
      const [z, y] = doubles(name, output, target);
      return [mul(reduceSum(abs(sub(z, y))), 1 / outputsOf(name, z))];
    },
    finish: mean,
  };
}

/**
 * √ of the mean over examples and outputs of (z − y)², as Keras's `RootMeanSquaredError`;
 * scikit-learn takes the root of every output first and then the mean. @throws ShapeError (from `sums`)
 */
export function rootMeanSquaredError(): Metric {
  const name = "rootMeanSquaredError";
  return {
    name,
    better: "lower",
    best: 0,
    sumCount: 1,
    sums: (output, target) => {
      const [z, y] = doubles(name, output, target);
      return [mul(reduceSum(squared(sub(z, y))), 1 / outputsOf(name, z))];
    },
    finish: (sums, examples) => Math.sqrt(mean(sums, examples)),
  };
}

/**
 * R², the part of the target's variance that the model explains, of each output and then the mean over outputs
 * (scikit-learn's `r2_score` with `uniform_average`):
 *
 *     1 − Σ (z − y)² / Σ (y − ȳ)²,   Σ (y − ȳ)² = Σ y² − (Σ y)² / n
 *
 * `outputs` is the number of outputs of the model, 1 by default. A target without variance (below 10⁻¹² of Σ y²)
 * gives 1 when every output is right and 0 otherwise; one example alone gives NaN.
 *
 * @throws InputError when outputs is not a whole number of at least 1
 * @throws ShapeError (from `sums`) when the model has another number of outputs
 * @example metrics.r2({ outputs: 3 })
 */
export function r2(options: { readonly outputs?: number } = {}): Metric {
  knownOptions("r2", options, ["outputs"]);
  const { outputs = 1 } = options;
  wholeNumber("outputs", outputs);
  const name = "r2";
  return {
    name,
    better: "higher",
    best: 1,
    sumCount: 3 * outputs,
    sums: (output, target) => {
      const [z, y] = doubles(name, output, target);
      const found = outputsOf(name, z);
      if (found !== outputs)
        throw new ShapeError(
          `r2: made for ${outputs} output, the model has ${found}: use r2({ outputs: ${found} })`,
        );
      return [y, squared(y), squared(sub(z, y))].flatMap((terms) => columnSums(terms, outputs));
    },
    finish: (sums, examples) => {
      const column = (kind: number, at: number) => sums[kind * outputs + at] ?? NaN;
      let total = 0;
      for (let at = 0; at < outputs; at++)
        total += explained(column(0, at), column(1, at), column(2, at), examples);
      return total / outputs;
    },
  };
}

/** The metric of that name; `"top5"` and the like name {@link topK}. @throws InputError naming the legal names */
export function metricNamed(name: string): Metric {
  const k = /^top([1-9]\d*)$/.exec(name)?.[1];
  if (k !== undefined) return topK(Number(k));
  return byName[oneOf("metric", name, Object.keys(byName) as MetricName[])]();
}

const byName: Readonly<Record<MetricName, () => Metric>> = {
  accuracy,
  top5: () => topK(5),
  meanAbsoluteError,
  rootMeanSquaredError,
  r2,
};

const mean = ([sum = NaN]: readonly number[], examples: number): number => sum / examples;

const squared = (x: Value): Value => mul(x, x);

/** How many of `hits` are true. */
const count = (hits: Value): Value => reduceSum(cast(hits, "float64"));

function explained(sum: number, squares: number, errors: number, examples: number): number {
  if (examples < 2) return NaN;
  const variation = squares - (sum * sum) / examples;
  if (variation > 1e-12 * squares) return 1 - errors / variation;
  return errors <= 1e-12 * squares ? 1 : 0;
}

function doubles(name: string, output: Value, target: Value): readonly [Value, Value] {
  const [z, y] = aligned(name, output, target);
  return [cast(z, "float64"), cast(y, "float64")];
}

/** [batch, ...] -> the sum of each output over the batch, as scalars. */
function columnSums(x: Value, outputs: number): readonly Value[] {
  if (x.shape.length === 1) return [reduceSum(x)];
  const sums = reshape(reduceSum(x, { axes: [0] }), [outputs]);
  return Array.from({ length: outputs }, (_, at) =>
    reshape(slice(sums, { starts: [at], ends: [at + 1], axes: [0] }), []),
  );
}

/** The target as class indices, int64 [batch]. @throws ShapeError */
function classes(name: string, output: Value, target: Value): Value {
  const [batch, width] = output.shape;
  const fits =
    output.shape.length === 2 &&
    target.shape[0] === batch &&
    (isIndex(target)
      ? target.shape.length === 1
      : isFloat(target.dtype) && target.shape.length === 2 && target.shape[1] === width);
  if (!fits)
    throw new ShapeError(
      `${name}: the output must be [batch, classes] and the target class indices int32[batch] or probabilities ` +
        `float[batch, classes]; got ${showShape(output.shape)} and ${target.dtype}${showShape(target.shape)}`,
    );
  return isIndex(target) ? cast(target, "int64") : argMax(target);
}
