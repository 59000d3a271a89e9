/** @file The numbers of each update of a chunk: its learning rate and the optimizer's coefficients. */
import { coefficientNames } from "../compile/update.ts";
import { InputError, show } from "../errors.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";
import type { Budget, RunConfig } from "./run-config.ts";
import type { Cut, Position } from "./cursor.ts";
import type { EpochLength } from "./epoch-length.ts";

/** Learning rates and coefficient columns of the updates of `cut`, which starts at `position`. @throws InputError */
export function learningRates(
  { spec, budget }: Pick<RunConfig, "spec" | "budget">,
  position: Position,
  { updates, batchSize }: Cut,
  { factor, epoch }: { readonly factor: number; readonly epoch: EpochLength },
): { readonly rates: Float64Array; readonly coefficients: readonly Float64Array[] } {
  const names = coefficientNames(spec);
  const rates = new Float64Array(updates);
  const columns = names.map(() => new Float64Array(updates));
  const rateAt = scheduledRate(spec.optimizer, budget, epoch);
  for (let u = 0; u < updates; u++) {
    const rate = rateAt(position.examples + u * batchSize) * factor;
    if (!Number.isFinite(rate) || rate < 0)
      throw new InputError(
        `the learning rate must be a number of at least 0, got ${show(rate)} at update ${position.updates + u + 1}`,
      );
    rates[u] = rate;
    const values = spec.optimizer.coefficients({
      update: position.updates + u + 1,
      learningRate: rate,
    });
    names.forEach((name, c) => (columns[c]![u] = values[name]!));
  }
  return { rates, coefficients: columns };
}

/** The learning rate after so many examples of a run whose epochs are like `epoch`. */
export function scheduledRate(
  { learningRate }: AnyOptimizer,
  budget: Budget,
  epoch: EpochLength,
): (examples: number) => number {
  if (typeof learningRate === "number") return () => learningRate;
  const total = totalExamples(budget, epoch);
  const totalKnown = total === Infinity ? undefined : total;
  return (examples) =>
    learningRate.learningRate({
      examples,
      examplesPerEpoch: epoch.examples,
      totalExamples: totalKnown,
    });
}

/** Examples that a run visits; Infinity when only its seconds are bounded. */
function totalExamples(budget: Budget, { updates, examples, examplesAfter }: EpochLength): number {
  const byUpdates =
    budget.updates < updates
      ? examplesAfter(budget.updates)
      : budget.updates === Infinity
        ? Infinity
        : Math.floor(budget.updates / updates) * examples + examplesAfter(budget.updates % updates);
  return Math.min(budget.epochs * examples, budget.examples, byUpdates);
}
