/** @file An optimizer in words. */
import type { AnyOptimizer } from "./optimizer.ts";
import { optimizerNamed } from "./optimizers.ts";

/** Its name, the options beside the learning rate that are not as usual, and its schedule: `sgd, momentum 0.9, cosine schedule`. */
export function optimizerText({
  name,
  options,
  learningRate,
}: Pick<AnyOptimizer, "name" | "options"> & Partial<Pick<AnyOptimizer, "learningRate">>): string {
  const usual = usualOptions(name);
  const own = Object.entries(options).filter(
    ([option, value]) => option !== "learningRate" && value !== usual[option],
  );
  return [
    name,
    ...own.map(([option, value]) => (value === true ? option : `${option} ${String(value)}`)),
    ...(typeof learningRate === "object" ? [`${learningRate.name} schedule`] : []),
  ].join(", ");
}

/** Of an optimizer that has no name here, nothing is known. */
function usualOptions(name: string): AnyOptimizer["options"] {
  try {
    return optimizerNamed(name).options;
  } catch {
    return {};
  }
}
