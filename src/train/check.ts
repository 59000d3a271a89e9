/** @file Checks of the data by itself and against the model, before any work starts. */
import { predictionProgram } from "../compile/programs.ts";
import type { StepSpec } from "../compile/spec.ts";
import {
  columnsOf,
  inMemory,
  isInMemory,
  type Column,
  type TrainingData,
} from "../data/dataset.ts";
import { elements } from "../data/table.ts";
import { InputError, positive, wholeNumber } from "../errors.ts";

/** Refuses a data set whose columns are not `size` rows of finite numbers. @throws InputError naming the place */
export function checkDataset(name: string, data: TrainingData): void {
  columnsOf(name, data);
  if (!isInMemory(data)) return; // its values are checked as they come
  wholeNumber(`${name}: size`, data.size);
  if (data.workBytes !== undefined) positive(`${name}: workBytes`, data.workBytes);
  for (const [column, { data: values, shape }] of Object.entries({ x: data.x, y: data.y })) {
    const width = elements(shape);
    if (values.length !== data.size * width)
      throw new InputError(
        `${name}: ${column} must hold ${data.size} rows of ${width} numbers, ${data.size * width} in all; got ${values.length}`,
      );
    const bad = firstNotFinite(values);
    if (bad >= 0)
      throw new InputError(
        `${name}: ${column} holds ${values[bad]!} in row ${Math.floor(bad / width)}; every value must be a finite number`,
      );
  }
}

/**
 * Refuses data that is not at hand, where a function needs all of it.
 *
 * @throws InputError that says what to do
 */
export function requireInMemory(name: string, data: TrainingData): void {
  inMemory(name, data);
  checkDataset(`${name}: the data`, data);
}

function firstNotFinite(values: Column["data"]): number {
  if (values instanceof Uint8Array || values instanceof Int32Array) return -1;
  return values.findIndex((value) => !Number.isFinite(value));
}

/**
 * Refuses targets that the model's outputs cannot express: class indices beyond its logits, and targets of
 * the binary cross entropy outside [0, 1]. Other losses take any target of the right shape.
 *
 * @throws InputError naming the row
 */
export function checkTargets(name: string, data: TrainingData, spec: StepSpec): void {
  if (!isInMemory(data)) {
    checkClasses(name, data, spec);
    return;
  }
  const { y } = data;
  const values = y.data;
  if (spec.loss.name === "crossEntropy" && values instanceof Int32Array) {
    const classes = classesOf(spec);
    const bad = values.findIndex((label) => label < 0 || label >= classes);
    if (bad < 0) return;
    const most = values.reduce((a, b) => Math.max(a, b));
    const advice = most >= classes ? `; a last layer dense(${most + 1}) would fit this data` : "";
    throw new InputError(
      `${name}: label ${values[bad]!} in row ${bad} is out of range: the model has ${classes} outputs, for labels 0 to ${classes - 1}${advice}`,
    );
  }
  if (spec.loss.name !== "binaryCrossEntropy") return;
  const { scale = 1 } = y;
  const bad = values.findIndex((value) => value < 0 || value * scale > 1);
  if (bad >= 0)
    throw new InputError(
      `${name}: target ${values[bad]! * scale} in row ${Math.floor(bad / elements(y.shape))} is out of range: binaryCrossEntropy needs targets from 0 to 1`,
    );
}

/** Refuses more classes than the model has outputs, where the labels themselves are not at hand. */
function checkClasses(name: string, { classes = [], y }: TrainingData, spec: StepSpec): void {
  const outputs = classesOf(spec);
  if (spec.loss.name !== "crossEntropy" || y.shape.length > 0 || classes.length <= outputs) return;
  throw new InputError(
    `${name}: it has ${classes.length} classes, and the model ${outputs} outputs; a last layer dense(${classes.length}) would fit this data`,
  );
}

/** Refuses a metric that would read the output as what the loss does not make of it. @throws InputError */
export function checkMetrics(spec: StepSpec): void {
  const { loss, metrics } = spec;
  const squared = ["meanSquaredError", "meanAbsoluteError", "huber"].includes(loss.name);
  if (!squared || metrics.every(({ name }) => name !== "accuracy")) return;
  const [, ...row] = predictionProgram(spec).outputs[0]?.value.shape ?? [];
  if (row.every((dim) => dim === 1))
    throw new InputError(
      `accuracy reads the one output of the model as a logit, above 0 or not, and ${loss.name} brings it near the target itself: use the loss binaryCrossEntropy, or the metric meanAbsoluteError`,
    );
}

/** Outputs of the model for one example. */
function classesOf(spec: StepSpec): number {
  const classes = predictionProgram(spec).outputs[0]?.value.shape[1];
  return typeof classes === "number" ? classes : Infinity;
}
