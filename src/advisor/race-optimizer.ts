/** @file How a race makes the optimizers of its runs. */
import { having, InputError, show } from "../errors.ts";
import { optimizerNamed } from "../nn/optimizers.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";
import type { Schedule } from "../nn/schedule.ts";

/** Makes the optimizer of one run from its learning rate. */
export type OptimizerFactory = (options: { readonly learningRate: number }) => AnyOptimizer;

/** Makes the schedule of one run from its learning rate. */
export type RaceSchedule = (learningRate: number) => Schedule;

/** The factory for a name. @throws InputError for an unknown one */
export function factoryOf(optimizer: string | OptimizerFactory): OptimizerFactory {
  if (typeof optimizer === "function") return optimizer;
  optimizerNamed(optimizer); // refuses unknown names before any work
  return ({ learningRate }) => optimizerNamed(optimizer, { learningRate });
}

/** What decides the optimizer of a run. */
interface OptimizerPlan {
  readonly optimizer: OptimizerFactory;
  readonly options: { readonly schedule?: RaceSchedule };
}

/** The optimizer of a run, on the schedule of its race. @throws InputError for a schedule that is none */
export function raceOptimizer(
  { optimizer, options: { schedule } }: OptimizerPlan,
  learningRate: number,
): AnyOptimizer {
  const made = optimizer({ learningRate });
  if (schedule === undefined) return made;
  if (typeof schedule !== "function")
    throw new InputError(
      `schedule must be a function of the learning rate, such as schedules.cosine, got ${show(schedule)}`,
    );
  const rate = schedule(learningRate);
  having("what schedule returns", rate, "learningRate", "made as by schedules.cosine(0.1)");
  return { ...made, learningRate: rate };
}
