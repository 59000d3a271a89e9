/** @file Models whose parameters a test has written down. */
import { dense, fromArrays, sequential, train, type TrainedModel } from "../../src/index.ts";

/** `y = x w + b` per output: a model without training, its parameters as given. */
export async function knownModel(
  weight: readonly number[],
  bias: readonly number[],
  options: { readonly x: number[][]; readonly classes?: readonly string[] },
): Promise<TrainedModel> {
  const y = options.x.map((_, i) => (options.classes ? i % options.classes.length : i / 3));
  const task = options.classes ? "classification" : "regression";
  const data = fromArrays(options.x, y, {
    task,
    ...(options.classes && { classes: options.classes }),
  });
  return (
    await train(sequential([dense(bias.length)]), data, {
      seed: 1,
      signal: AbortSignal.abort(),
      initialParameters: { "0.weight": weight, "0.bias": bias },
    }).result
  ).model;
}
