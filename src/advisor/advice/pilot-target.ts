/** @file The target that a pilot sets, where none was given. */
import { openEngine } from "../../train/engines.ts";
import { laneConfig } from "../lane-options.ts";
import type { AdviceTarget } from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import { partLosses, type BestConstant } from "./constant.ts";
import type { Learned } from "./reason.ts";
import { meanOf, standardErrorOf } from "../statistics.ts";
import type { LeastLoss } from "./target-run.ts";

/** What one run reached once, others should reach: at least so far above it. */
const margin = 0.05;

/** The target, with what was learned where that is little; or why there is none: it cannot be told from nothing. */
export type PilotTarget =
  | {
      readonly target: AdviceTarget;
      readonly little: Learned | undefined;
      readonly nothing?: undefined;
    }
  | { readonly target?: undefined; readonly nothing: Learned };

/**
 * Standard errors by which pilots must be better than the constant to have learned anything, and for this to be beyond doubt: theirs is the
 * least of many losses.
 */
const [learns, clearly] = [2, 3];

/** The target that `pilots` set. */
export async function targetOfPilot(
  plan: AdvicePlan,
  pilots: readonly LeastLoss[],
  { evaluation, losses }: BestConstant,
): Promise<PilotTarget> {
  return targetFrom(
    pilots.map(({ loss }) => loss),
    await lossesOf(plan, pilots),
    { loss: evaluation.loss, losses },
  );
}

/**
 * The largest of the least losses of pilots, and above it the larger of 5 % and one standard error: a loss nearer than that to the best
 * cannot be told from it on this validation data. Where that is not one standard error of the difference below the loss of the best constant
 * prediction, the target is half-way to that.
 *
 * There is none where the mean of the pilots is not two standard errors below the constant, or one of them not at all.
 *
 * @param least the least validation loss of each pilot
 * @param losses mean losses of each pilot there, by equal parts of the validation data: standard errors are s / √parts of them
 *
 * Source: Breiman et al. (1984), "Classification and regression trees", section 3.4.3 (the 1 SE rule).
 */
export function targetFrom(
  least: readonly number[],
  losses: readonly (readonly number[])[],
  constant: { readonly loss: number; readonly losses: readonly number[] },
): PilotTarget {
  const beside = (pilots: readonly number[]): Learned => ({
    loss: meanOf(pilots.map((pilot) => least[pilot]!)),
    constant: constant.loss,
    standardError: standardErrorOf(
      constant.losses.map(
        (loss, part) => loss - meanOf(pilots.map((pilot) => losses[pilot]![part]!)),
      ),
    ),
  });
  const all = beside([...least.keys()]);
  const better = (all.constant - all.loss) / all.standardError;
  if (!(better > learns)) return { nothing: all };
  const worst = least.indexOf(Math.max(...least));
  const own = beside([worst]);
  const gap = own.constant - own.loss;
  if (gap <= 0) return { nothing: own };
  const usual = Math.max(margin * Math.abs(own.loss), standardErrorOf(losses[worst]!));
  const above = gap - usual > own.standardError ? usual : gap / 2;
  const value = Number((own.loss + above).toPrecision(4));
  return {
    target: { monitor: "valLoss", value, better: "lower", origin: "pilot" },
    little: better < clearly ? all : undefined,
  };
}

/** The losses of the parts of the validation data, for each of `pilots`. */
async function lossesOf(
  { race, first, judged, options }: AdvicePlan,
  pilots: readonly LeastLoss[],
): Promise<readonly (readonly number[])[]> {
  const engine = await openEngine(
    laneConfig(race, { batchSize: first, seed: race.seed, engine: "onnx" }, 1),
    options.runtime,
  );
  try {
    const losses: (readonly number[])[] = [];
    for (const { parameters } of pilots) losses.push(await partLosses(engine, parameters, judged));
    return losses;
  } finally {
    await engine.close();
  }
}
