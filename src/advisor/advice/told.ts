/** @file Trials as events. */
import type { AdviceEvent } from "./advice.ts";
import type { SeededTrial } from "./seeded-trial.ts";

/** Tells the runs of each trial of a climb. */
export async function* told(
  trials: AsyncGenerator<SeededTrial, SeededTrial | undefined>,
): AsyncGenerator<AdviceEvent, SeededTrial | undefined> {
  for (;;) {
    const step = await trials.next();
    if (step.done === true) return step.value;
    for (const { run } of step.value.made) yield { type: "run", run };
  }
}
