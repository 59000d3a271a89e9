/** @file Where a run stands: from its moving parts to a checkpoint, and back. */
import type { TrainingData } from "../data/dataset.ts";
import { slotNames } from "../compile/update.ts";
import { InputError } from "../errors.ts";
import type { Tensor } from "../graph/types.ts";
import type { State } from "../runtime/engine.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { initialState } from "./chunk.ts";
import type { RunConfig } from "./run-config.ts";
import { startPosition, type BatchSizeChange, type Position } from "./cursor.ts";
import type { ProbeState } from "./probe.ts";
import { Recorder } from "./history.ts";
import { differenceOf, identityOf } from "./identity.ts";
import { noStartLoss, type StartLoss } from "./start-loss.ts";
import { Watch } from "./watch.ts";

/** Where a run stands between two chunks. */
export interface Standing {
  readonly state: State;
  readonly position: Position;
  /** Of training, and of evaluation. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  /** Number of updates at the last evaluation; −1 before the first. */
  readonly evaluatedAt: number;
  /** Factor on the learning rate from rollbacks. */
  readonly rateFactor: number;
  /** Changes of the batch size so far. */
  readonly batchSizes: readonly BatchSizeChange[];
  readonly probe: ProbeState | undefined;
  readonly startLoss: StartLoss;
}

/** Where a run begins. */
export function startOf(config: RunConfig<TrainingData>): Standing {
  return {
    state: initialState(config),
    position: startPosition,
    seconds: 0,
    evaluationSeconds: 0,
    evaluatedAt: -1,
    rateFactor: 1,
    batchSizes: [],
    probe: undefined,
    startLoss: noStartLoss,
  };
}

type Parts = Pick<RunConfig, "spec" | "parameterNames">;

/** Parameters by name. */
export function namedTensors(
  { parameterNames }: Pick<Parts, "parameterNames">,
  tensors: readonly Tensor[],
): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(parameterNames.map((name, i) => [name, tensors[i]!]));
}

/** Optimizer state by name: `0.weight:momentum`. */
function namedSlots(config: Parts, tensors: readonly Tensor[]): Readonly<Record<string, Tensor>> {
  return namedTensors({ parameterNames: slotKeys(config) }, tensors);
}

function slotKeys({ spec, parameterNames }: Parts): readonly string[] {
  return parameterNames.flatMap((name) => slotNames(spec).map((slot) => `${name}:${slot}`));
}

/** The moving parts of a run. */
export interface MovingParts {
  readonly standing: Standing;
  readonly watch: Watch;
  readonly recorder: Recorder;
}

/** What a run stands on, as a checkpoint. */
export function checkpointOf(
  config: RunConfig<TrainingData>,
  { standing, watch, recorder }: MovingParts,
): Checkpoint {
  const { state, ...stands } = standing;
  const best = watch.bestParameters;
  return {
    version: 2,
    identity: identityOf(config),
    seed: config.seed,
    ...stands,
    parameters: namedTensors(config, state.parameters),
    slots: namedSlots(config, state.slots),
    bestParameters: best && namedTensors(config, best),
    watch: watch.state(),
    history: recorder.recorded(),
  };
}

/**
 * The moving parts of the run that `checkpoint` was taken from.
 *
 * @throws InputError when it is of another run, naming what differs
 */
export function restored(config: RunConfig<TrainingData>, checkpoint: Checkpoint): MovingParts {
  const { identity, position: at } = checkpoint;
  const difference = differenceOf(identity, identityOf(config), at.updates);
  if (difference !== undefined) throw new InputError(`resume: ${difference}`);
  const { position, seconds, evaluationSeconds, evaluatedAt } = checkpoint;
  const { rateFactor, batchSizes, probe, startLoss } = checkpoint;
  const pick = (names: readonly string[], from: Readonly<Record<string, Tensor>>) =>
    names.map((name, i) => checkedTensor(name, from[name], config.initial, i, names.length));
  const { parameterNames } = config;
  const best = checkpoint.bestParameters && pick(parameterNames, checkpoint.bestParameters);
  return {
    standing: {
      state: {
        parameters: pick(parameterNames, checkpoint.parameters),
        slots: pick(slotKeys(config), checkpoint.slots),
      },
      ...{ position, seconds, evaluationSeconds, evaluatedAt },
      ...{ rateFactor, batchSizes, probe, startLoss },
    },
    watch: new Watch(config, { ...checkpoint.watch, bestParameters: best }),
    recorder: new Recorder(
      config.spec.metrics.map(({ name }) => name),
      checkpoint.history,
    ),
  };
}

/** A tensor with the dtype and shape of the parameter that it belongs to. */
function checkedTensor(
  name: string,
  found: Tensor | undefined,
  parameters: readonly Tensor[],
  index: number,
  count: number,
): Tensor {
  const like = parameters[Math.floor((index * parameters.length) / count)]!;
  const fits =
    found?.dtype === like.dtype &&
    found.shape.join() === like.shape.join() &&
    found.data.length === like.data.length;
  if (fits) return found;
  throw new InputError(
    `resume: the checkpoint must hold "${name}" as ${like.dtype}[${like.shape.join(", ")}], got ${found === undefined ? "nothing" : `${found.dtype}[${found.shape.join(", ")}]`}`,
  );
}
