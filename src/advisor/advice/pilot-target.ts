/** @file The target that a pilot sets, where none was given. */
import { openEngine } from "../../train/engines.ts";
import { laneConfig } from "../lane-options.ts";
import type { AdviceTarget } from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import { partLosses, type BestConstant } from "./constant.ts";
import { standardErrorOf } from "../statistics.ts";
import type { LeastLoss } from "./target-run.ts";

/** What one run reached once, others should reach: at least so far above it. */
const margin = 0.05;

/** What a pilot came to, beside a prediction that does not look at the features. */
export interface Learned {
  /** The largest of the least validation losses of the pilots. */
  readonly loss: number;
  /** The validation loss of the best constant prediction. */
  readonly constant: number;
  /** Of the difference of these two. */
  readonly standardError: number;
}

/** The target, or why there is none: what was learned cannot be told from nothing. */
export type PilotTarget =
  | { readonly target: AdviceTarget; readonly nothing?: undefined }
  | { readonly target?: undefined; readonly nothing: Learned };

/**
 * The largest of the least losses of `pilots`, and above it the larger of 5 % and one standard error: a loss nearer than that to the best
 * cannot be told from it on this validation data. Where that is not one standard error of the difference below the loss of the best constant
 * prediction, the target is half-way to that; and where even this is not, there is none.
 *
 * Standard errors come from the losses of equal parts, s / √parts.
 *
 * Source: Breiman et al. (1984), "Classification and regression trees", section 3.4.3 (the 1 SE rule).
 */
export async function targetOfPilot(
  plan: AdvicePlan,
  pilots: readonly LeastLoss[],
  constant: BestConstant,
): Promise<PilotTarget> {
  const worst = pilots.reduce((a, b) => (b.loss > a.loss ? b : a));
  const losses = await lossesOf(plan, worst);
  const learned: Learned = {
    loss: worst.loss,
    constant: constant.evaluation.loss,
    standardError: standardErrorOf(losses.map((loss, part) => constant.losses[part]! - loss)),
  };
  const gap = learned.constant - learned.loss;
  const usual = Math.max(margin * Math.abs(worst.loss), standardErrorOf(losses));
  const above = [usual, gap / 2].find((each) => gap - each > learned.standardError);
  if (above === undefined) return { nothing: learned };
  const value = Number((worst.loss + above).toPrecision(4));
  return { target: { monitor: "valLoss", value, better: "lower", origin: "pilot" } };
}

async function lossesOf(
  { race, first, judged, options }: AdvicePlan,
  { parameters }: LeastLoss,
): Promise<readonly number[]> {
  const engine = await openEngine(
    laneConfig(race, { batchSize: first, seed: race.seed, engine: "onnx" }, 1),
    options.runtime,
  );
  try {
    return await partLosses(engine, parameters, judged);
  } finally {
    await engine.close();
  }
}
