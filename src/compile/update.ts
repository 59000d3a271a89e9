/** @file The update: penalty, clipping and the optimizer, on all parameters. */
import { add, mul, reduceSumSquare, sqrt } from "../graph/ops.ts";
import { input, type Value } from "../graph/value.ts";
import { clipByNorm, clipByValue } from "../nn/clipping.ts";
import type { Parameter } from "../nn/model.ts";
import type { StepSpec } from "./spec.ts";

/** A value that a run carries from update to update. */
export interface Carried {
  readonly name: string;
  readonly value: Value;
  readonly next: Value;
}

/** What an update reads and makes. */
export interface Update {
  /** Parameters, then the slots of the optimizer, in the order of `stateLayout`. */
  readonly carried: readonly Carried[];
  /** Scalars of this update, in the order of `coefficientNames`. */
  readonly coefficients: readonly Value[];
  /** λ/2 Σ‖W‖² before the update; absent when λ = 0. */
  readonly penalty: Value | undefined;
  /** Norm of the gradient before clipping, when the spec asks for it. */
  readonly gradientNorm: Value | undefined;
}

/** Names of the optimizer's coefficients, in a fixed order. */
export function coefficientNames({ optimizer }: StepSpec): readonly string[] {
  return Object.keys(optimizer.coefficients({ update: 1, learningRate: 1 }));
}

export function slotNames({ optimizer }: StepSpec): readonly string[] {
  return Object.keys(optimizer.slots);
}

/** Which parameters the penalty falls on: weights, not biases. */
export const penalised = ({ shape }: Pick<Parameter, "shape">): boolean => shape.length >= 2;

/** Applies the optimizer of `spec` to every parameter. */
export function buildUpdate(
  spec: StepSpec,
  parameters: readonly Parameter[],
  gradients: readonly Value[],
  coefficients: readonly Value[] = coefficientNames(spec).map((name) =>
    input(`at/${name}`, spec.dtype, []),
  ),
): Update {
  const withPenalty = gradients.map((gradient, i) =>
    spec.l2 > 0 && penalised(parameters[i]!)
      ? add(gradient, mul(parameters[i]!.value, spec.l2))
      : gradient,
  );
  const { clipped, norm } = clip(spec, withPenalty);
  const named = <T>(names: readonly string[], values: readonly T[]) =>
    Object.fromEntries(names.map((name, i) => [name, values[i]!]));

  const slots = slotNames(spec);
  const carriedParameters: Carried[] = [];
  const carriedSlots: Carried[] = [];
  parameters.forEach(({ name, value, shape }, i) => {
    const own = slots.map((slot) => input(`${name}:${slot}`, spec.dtype, shape));
    const next = spec.optimizer.update({
      parameter: value,
      gradient: clipped[i]!,
      slots: named(slots, own),
      coefficients: named(coefficientNames(spec), coefficients),
    });
    carriedParameters.push({ name, value, next: next.parameter });
    slots.forEach((slot, s) =>
      carriedSlots.push({ name: `${name}:${slot}`, value: own[s]!, next: next.slots[slot]! }),
    );
  });
  return {
    carried: [...carriedParameters, ...carriedSlots],
    coefficients,
    penalty: penaltyOf(spec, parameters),
    gradientNorm: spec.gradientNorm ? (norm ?? normOf(withPenalty)) : undefined,
  };
}

function clip(
  { clipNorm, clipValue }: StepSpec,
  gradients: readonly Value[],
): { clipped: readonly Value[]; norm: Value | undefined } {
  const bounded = clipValue === undefined ? gradients : clipByValue(gradients, clipValue);
  if (clipNorm === undefined) return { clipped: bounded, norm: undefined };
  const { gradients: clipped, norm } = clipByNorm(bounded, clipNorm);
  return { clipped, norm: clipValue === undefined ? norm : undefined };
}

/** √Σ g² over all parameters. */
function normOf(gradients: readonly Value[]): Value {
  return sqrt(gradients.map((gradient) => reduceSumSquare(gradient)).reduce(add));
}

function penaltyOf({ l2 }: StepSpec, parameters: readonly Parameter[]): Value | undefined {
  const weights = parameters.filter(penalised);
  if (l2 === 0 || weights.length === 0) return undefined;
  return mul(weights.map(({ value }) => reduceSumSquare(value)).reduce(add), l2 / 2);
}
