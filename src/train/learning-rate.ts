/** @file The numbers of each update of a chunk: its learning rate and the optimizer's coefficients. */
import { InputError, show } from "../errors.ts";
import { coefficientNames } from "../compile/update.ts";
import type { RunConfig } from "./config.ts";
import type { Cut, Position } from "./cursor.ts";

/** Learning rates and coefficient columns of the updates of `cut`, which starts at `position`. @throws InputError */
export function learningRates(
  { spec, budget }: RunConfig,
  position: Position,
  { updates, batchSize }: Cut,
  { factor, examplesPerEpoch }: { readonly factor: number; readonly examplesPerEpoch: number },
): { readonly rates: Float64Array; readonly coefficients: readonly Float64Array[] } {
  const { learningRate, coefficients } = spec.optimizer;
  const names = coefficientNames(spec);
  const rates = new Float64Array(updates);
  const columns = names.map(() => new Float64Array(updates));
  const total = Math.min(
    budget.epochs * examplesPerEpoch,
    budget.examples,
    budget.updates * batchSize,
  );
  for (let u = 0; u < updates; u++) {
    const base =
      typeof learningRate === "number"
        ? learningRate
        : learningRate.learningRate({
            examples: position.examples + u * batchSize,
            examplesPerEpoch,
            totalExamples: total === Infinity ? undefined : total,
          });
    const rate = base * factor;
    if (!Number.isFinite(rate) || rate < 0)
      throw new InputError(
        `the learning rate must be a number of at least 0, got ${show(rate)} at update ${position.updates + u + 1}`,
      );
    rates[u] = rate;
    const values = coefficients({ update: position.updates + u + 1, learningRate: rate });
    names.forEach((name, c) => (columns[c]![u] = values[name]!));
  }
  return { rates, coefficients: columns };
}
