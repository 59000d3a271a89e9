/** @file Checks of the options that have parts of their own. */
import { having, InputError, knownOptions, oneOf, positive, show } from "../errors.ts";
import type { CheckpointEvery } from "./checkpoint-times.ts";
import { isCheckpoint } from "./checkpoint.ts";
import type { TrainOptions } from "./options.ts";
import type { ValidateEvery } from "./run-config.ts";

/** Refuses a runtime, a probe or a checkpoint that is none. @throws InputError */
export function checkParts({ runtime, probe, resume }: TrainOptions): void {
  if (runtime !== undefined) having("runtime", runtime, "open", "made by runtimeOf(ort)");
  if (probe !== undefined) having("probe", probe, "open", "a probe such as trackNoise()");
  if (resume !== undefined && !isCheckpoint(resume))
    throw new InputError(
      `resume must be the checkpoint of an event, or decodeCheckpoint(bytes); got ${show(resume)}`,
    );
}

/** When to evaluate; after each epoch by default. @throws InputError */
export function validateEveryOf(every: TrainOptions["validateEvery"]): ValidateEvery {
  if (every === undefined) return { epochs: 1 };
  if (typeof every === "function") return every;
  if (Object.keys(Object(every) as object).length !== 1)
    throw new InputError(
      `validateEvery must be one of { epochs: number }, { examples: number }, { updates: number }, or a function; got ${show(every)}`,
    );
  const [[unit, value] = ["", NaN]] = Object.entries(every);
  oneOf("validateEvery", unit, ["epochs", "examples", "updates"]);
  positive(`validateEvery.${unit}`, value);
  return every;
}

/** When checkpoints are due; never by default. @throws InputError */
export function checkpointEveryOf(every: CheckpointEvery | undefined): CheckpointEvery | undefined {
  if (every === undefined) return undefined;
  knownOptions("checkpointEvery", every, ["seconds", "epochs"]);
  for (const [unit, value] of Object.entries<number>({ ...every }))
    positive(`checkpointEvery.${unit}`, value);
  return every;
}
