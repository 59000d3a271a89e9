/** @file The target that a pilot sets, where none was given. */
import { take } from "../../data/split.ts";
import { openEngine } from "../../train/engines.ts";
import { laneConfig } from "../compare-options.ts";
import type { AdviceTarget } from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import { mean } from "./predict.ts";
import type { LeastLoss } from "./target-run.ts";

/** What one run reached once, others should reach: at least so far above it. */
const margin = 0.05;
/** Parts of the validation data whose losses are compared. */
const mostParts = 20;

/**
 * The largest of the least losses of `pilots`, and above it the larger of 5 % and one standard error: a loss nearer than that to the best
 * cannot be told from it on this validation data. The standard error comes from the losses of equal parts, s / √parts.
 *
 * Source: Breiman et al. (1984), "Classification and regression trees", section 3.4.3 (the 1 SE rule).
 */
export async function targetOfPilot(
  plan: AdvicePlan,
  pilots: readonly LeastLoss[],
): Promise<AdviceTarget> {
  const worst = pilots.reduce((a, b) => (b.loss > a.loss ? b : a));
  const above = Math.max(margin * Math.abs(worst.loss), await standardError(plan, worst));
  const value = Number((worst.loss + above).toPrecision(4));
  return { monitor: "valLoss", value, better: "lower", origin: "pilot" };
}

async function standardError(
  { race, first, judged, options }: AdvicePlan,
  { parameters }: LeastLoss,
): Promise<number> {
  const parts = Math.min(mostParts, judged.size);
  if (parts < 2) return 0;
  const engine = await openEngine(
    laneConfig(race, { batchSize: first, seed: race.seed, engine: "onnx" }, 1),
    options.runtime,
  );
  try {
    const losses: number[] = [];
    for (let part = 0; part < parts; part++) {
      const rows = Array.from(
        { length: Math.ceil((judged.size - part) / parts) },
        (_, i) => part + i * parts,
      );
      losses.push((await engine.evaluate(parameters, take(judged, rows))).loss / rows.length);
    }
    const centre = mean(losses);
    const squares = losses.reduce((sum, loss) => sum + (loss - centre) ** 2, 0);
    return Math.sqrt(squares / (parts - 1) / parts);
  } finally {
    await engine.close();
  }
}
