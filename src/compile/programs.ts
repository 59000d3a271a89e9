/**
 * @file The programs of a run, from the same parts: the fused step in a loop over mini-batches, the split
 * step (gradients added up over micro-batches, then one update), and evaluation.
 */
import { add, reduceSum, scalar } from "../graph/ops.ts";
import { input, type Value } from "../graph/value.ts";
import type { Named, Program, ScanProgram } from "../graph/onnx/write.ts";
import { buildModel, type Parameter } from "../nn/model.ts";
import { modelInput, target } from "./batch.ts";
import { optimize } from "./optimize.ts";
import { buildObjective, type Objective } from "./objective.ts";
import type { StepSpec } from "./spec.ts";
import { buildUpdate } from "./update.ts";

export const named = (name: string, value: Value): Named => ({ name, value });
const optional = (name: string, value: Value | undefined): readonly Named[] =>
  value === undefined ? [] : [named(name, value)];

/** The data: what every iteration of a loop reads whole. */
export const wholeData = ({ data }: Objective): readonly Named[] => [
  named("data/x", data.x),
  named("data/y", data.y),
  ...optional("data/weight", data.weight),
];

/** Rows and random words of the examples of one iteration. */
export const visits = ({ indices, visitKeys }: Objective): readonly Named[] => [
  named("indices", indices),
  ...optional("visitKeys", visitKeys),
];

/**
 * Whether the walk back from the loss can start from ε / B, so that every gradient comes out as ε g: the
 * optimizer must use the gradient in no other way, and nothing else may look at it.
 */
export function startsFromStep(spec: StepSpec): boolean {
  const { optimizer, clipNorm, clipValue, gradientNorm, l2 } = spec;
  const looked = clipNorm !== undefined || clipValue !== undefined || gradientNorm || l2 > 0;
  return optimizer.linear === true && !looked;
}

/** Forward, backward and update of one mini-batch an iteration, K updates a call. */
export function fusedProgram(spec: StepSpec): ScanProgram {
  const step = startsFromStep(spec) ? input("step", spec.dtype, []) : undefined;
  const objective = buildObjective(spec, step);
  const { parameters, gradients, loss, scale } = objective;
  const update = buildUpdate(spec, parameters, gradients, step && [scalar(1, step)]);
  const numbers = step === undefined ? update.coefficients : [step];
  return optimizeScan({
    carried: update.carried,
    scanned: [...visits(objective), ...numbers.map((value) => named(nameOf(value), value))],
    captured: [...wholeData(objective), ...optional("inverseBatch", step ? undefined : scale)],
    columns: [
      named("loss", loss),
      ...optional("penalty", update.penalty),
      ...optional("gradientNorm", update.gradientNorm),
    ],
  });
}

/** Gradients of micro-batches added up, one micro-batch an iteration. */
export function gradientProgram(spec: StepSpec): ScanProgram {
  const objective = buildObjective(spec);
  const sums = [
    accumulator("loss", objective.loss),
    ...objective.parameters.map(({ name }, i) =>
      accumulator(gradientName(name), objective.gradients[i]!),
    ),
  ];
  return optimizeScan({
    carried: sums,
    scanned: visits(objective),
    captured: [
      ...objective.parameters.map(({ name, value }) => named(name, value)),
      ...wholeData(objective),
      named("inverseBatch", objective.scale),
    ],
    columns: [],
  });
}

export function accumulator(name: string, part: Value): Named & { readonly next: Value } {
  const value = input(name, part.dtype, part.shape);
  return { name, value, next: add(value, part) };
}

/** The name of the gradient of a parameter. */
export function gradientName(parameter: string): string {
  return `${parameter}:gradient`;
}

/** One update from a whole gradient. */
export function updateProgram(spec: StepSpec, parameters: readonly Parameter[]): Program {
  const gradients = parameters.map(({ name, shape }) =>
    input(gradientName(name), spec.dtype, shape),
  );
  const update = buildUpdate(spec, parameters, gradients);
  return {
    inputs: [
      ...update.carried.map(({ name, value }) => named(name, value)),
      ...gradients.map((value) => named(nameOf(value), value)),
      ...update.coefficients.map((value) => named(nameOf(value), value)),
    ],
    outputs: [
      ...update.carried.map(({ name, next }) => named(`${name}/out`, next)),
      ...optional("penalty/out", update.penalty),
      ...optional("gradientNorm/out", update.gradientNorm),
    ],
  };
}

/** Sums of the losses and of the metrics over the rows it is fed, without dropout, weights or penalty. */
export function evaluationProgram(spec: StepSpec): Program {
  const x = input("x", spec.x.dtype, ["batch", ...spec.x.shape]);
  const y = input("y", spec.y.dtype, ["batch", ...spec.y.shape]);
  const { output, parameters } = buildModel(spec.model, modelInput(spec, x), false);
  const truth = target(spec, y);
  const sums = spec.metrics.map((metric) => metric.sums(output, truth));
  const [loss, ...rest] = optimize([
    reduceSum(spec.loss.perExample(output, truth)),
    ...sums.flat(),
  ]);
  return {
    inputs: [
      ...parameters.map(({ name, value }) => named(name, value)),
      named("x", x),
      named("y", y),
    ],
    outputs: [...optional("loss", loss), ...rest.map((value, i) => named(`sum/${i}`, value))],
  };
}

/** The output of the model on the rows it is fed. */
export function predictionProgram(spec: StepSpec): Program {
  const x = input("x", spec.x.dtype, ["batch", ...spec.x.shape]);
  const { output, parameters } = buildModel(spec.model, modelInput(spec, x), false);
  const [y] = optimize([output]);
  return {
    inputs: [...parameters.map(({ name, value }) => named(name, value)), named("x", x)],
    outputs: optional("output", y),
  };
}

export function optimizeScan(program: ScanProgram): ScanProgram {
  const { carried, columns } = program;
  const optimized = optimize([
    ...carried.map(({ next }) => next),
    ...columns.map(({ value }) => value),
  ]);
  return {
    ...program,
    carried: carried.map((entry, i) => ({ ...entry, next: optimized[i]! })),
    columns: columns.map((entry, i) => ({ ...entry, value: optimized[carried.length + i]! })),
  };
}

function nameOf(value: Value): string {
  if (value.source.kind !== "input") throw new Error("internal: only inputs have names");
  return value.source.name;
}
