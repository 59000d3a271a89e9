/** @file One run to the target, as the search and the verification make them. */
import type { Dataset } from "../../data/dataset.ts";
import type { Tensor } from "../../graph/types.ts";
import type { Evaluation } from "../../train/history.ts";
import { DivergenceError } from "../../train/divergence.ts";
import type { TrainOptions } from "../../train/options.ts";
import { train } from "../../train/train.ts";
import type { TrainedModel } from "../../train/trained-model.ts";
import type { RacePlan } from "../compare-options.ts";
import { laneOptions } from "../lane-options.ts";
import type { AdviceTarget, RacedRun } from "./advice.ts";

/** A run that is asked for. */
export interface RunRequest extends Pick<
  RacedRun,
  "batchSize" | "learningRate" | "seed" | "purpose" | "threads"
> {
  /** Undefined: it runs until `most` updates. */
  readonly target: AdviceTarget | undefined;
  /** It is given up after so many updates. */
  readonly most: number;
  /** Before so many updates it is not evaluated: it will not have arrived. */
  readonly notBefore?: number;
  /** Without a target: it does not end before `most` updates. */
  readonly patient?: boolean;
  readonly validation: Dataset;
  /** What an update takes. */
  readonly secondsPerUpdate: number;
}

/** The least validation loss of a run, with the parameters that had it. */
export interface LeastLoss {
  readonly loss: number;
  readonly parameters: readonly Tensor[];
}

/** A run that was made, with its last evaluation. */
export interface MadeRun {
  readonly run: RacedRun;
  /** Undefined when it diverged before the first. */
  readonly last: Evaluation | undefined;
  /** The least validation loss of all evaluations, and where it was; undefined without one that is finite. */
  readonly least: LeastLoss | undefined;
  /** Validation losses on its way. */
  readonly losses: readonly { readonly updates: number; readonly loss: number }[];
  readonly model: TrainedModel | undefined;
}

/** Evaluations are so much apart: finer than seeds differ. */
export const growth = 1.06;
/** Without a target, a run ends when the loss has not become less while its updates doubled: 1.06^12 = 2. */
const settled = 12;

/** What ends a run before its most updates. */
function endOf({
  target,
  patient = false,
}: RunRequest): Pick<TrainOptions, "target" | "earlyStopping"> {
  if (target) return { target: { monitor: target.monitor, value: target.value } };
  return patient ? {} : { earlyStopping: { patience: settled, restoreBest: false } };
}

/** Makes a run; one that diverges is a result, not an error. */
export async function makeRun(race: RacePlan, request: RunRequest): Promise<MadeRun> {
  const { batchSize, learningRate, seed, threads, most, notBefore = 1 } = request;
  const { target: _, ...lane } = laneOptions(
    race,
    { batchSize, seed, engine: "onnx" },
    learningRate,
  );
  const running = train(race.model, race.training, {
    ...lane,
    ...{ threads, updates: most, validation: request.validation },
    ...endOf(request),
    validateEvery: ({ updates }) =>
      Math.min(most, Math.max(notBefore, updates + 1, Math.ceil(updates * growth))),
  });
  let last: Evaluation | undefined;
  let least: LeastLoss | undefined;
  const losses: { updates: number; loss: number }[] = [];
  const { purpose } = request;
  const described = { batchSize, learningRate, threads, seed, purpose };
  try {
    for await (const event of running) {
      if (event.type !== "evaluation") continue;
      last = event;
      const { loss, updates, parameters } = event;
      losses.push({ updates, loss });
      if (loss < (least?.loss ?? Infinity)) least = { loss, parameters };
    }
    const { updates, examples, seconds, target: reached, model } = await running.result;
    const run = {
      ...described,
      ...{ reached: reached !== undefined, updates, examples, clockSeconds: seconds },
      seconds: updates * request.secondsPerUpdate,
      diverged: false,
    };
    return { run, last, least, losses, model };
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const updates = error.history.updates.loss.length;
    const examples = updates * batchSize;
    const seconds = updates * request.secondsPerUpdate;
    const run = { ...described, reached: false, updates, examples, seconds, diverged: true };
    return {
      run: { ...run, clockSeconds: seconds },
      last: undefined,
      least,
      losses,
      model: undefined,
    };
  }
}
