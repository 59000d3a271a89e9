/** @file Runs written by hand as if each had been made by itself. */
import type { RaceRun, RunOrigin } from "../../src/advisor/race.ts";
import { plainRun } from "./plain-race.ts";

/** A run of that name on 32000 examples, with `changes` of its course and of what it was made from. */
export function madeRun(
  name: string,
  changes: Partial<RaceRun> = {},
  origin: Partial<RunOrigin> = {},
): RaceRun & { readonly origin: RunOrigin } {
  return {
    ...plainRun(changes),
    origin: {
      name,
      data: {
        name: "hand-made",
        training: 32000,
        validation: 1000,
        task: "classification",
        source: null,
      },
      model: { text: "dense(8) tanh dense(2)", parameters: 42 },
      loss: "crossEntropy",
      metric: { name: "accuracy", better: "higher" },
      optimizer: "sgd",
      dtype: "float32",
      threads: 1,
      environment: { minibatch: "0.1.0", runtime: "test", machine: "test", date: "2026-01-31" },
      ...origin,
    },
  };
}
