/** @file What a run tells while it goes on. */
import type { StopReason } from "./stop-reason.ts";
import type { TrainingData } from "../data/dataset.ts";
import { sizeOf, type Tensor } from "../graph/types.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RunConfig } from "./run-config.ts";
import type { Evaluation, Moment } from "./history.ts";

/** The run is about to compute its first update. */
export interface StartEvent {
  readonly type: "start";
  readonly batchSize: number;
  /** Infinity for a stream of unknown length. */
  readonly updatesPerEpoch: number;
  /** Undefined for a stream of unknown length. */
  readonly examples: number | undefined;
  readonly parameters: number;
  readonly seed: number;
  readonly engine: "onnx" | "loops";
  readonly threads: number;
  /** Number of updates that were made before, when the run goes on from a checkpoint. */
  readonly resumedFrom?: number;
}

/** A chunk of updates is done. */
export interface ProgressEvent extends Moment {
  readonly type: "progress";
  /** Mean loss of the updates of the chunk. */
  readonly loss: number;
  readonly learningRate: number;
  /** Losses of the updates of the chunk. */
  readonly losses: Float64Array;
  /** By position in `parameterNames`; not to be written to. */
  readonly parameters: readonly Tensor[];
}

/** An epoch is done. */
export interface EpochEvent extends Moment {
  readonly type: "epoch";
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Mean loss of its batches, weighted by their sizes. */
  readonly loss: number;
}

/** The validation data was evaluated. */
export interface EvaluationEvent extends Moment, Evaluation {
  readonly type: "evaluation";
  /** Whether it is the best so far, by the monitor of early stopping (validation loss by default). */
  readonly best: boolean;
  /** Mean loss of the updates since the evaluation before; NaN before the first update. */
  readonly trainLoss: number;
  readonly parameters: readonly Tensor[];
}

/** The target was reached. */
export interface TargetEvent extends Moment {
  readonly type: "target";
  readonly monitor: string;
  readonly value: number;
}

/** The learning rate changed for a reason other than its schedule in time. */
export interface LearningRateEvent extends Moment {
  readonly type: "learningRate";
  /** Factor on the schedule from here on. */
  readonly factor: number;
  readonly reason: string;
}

/** All that the run needs to go on from here, with `checkpointEvery`. The events before it belong to it. */
export interface CheckpointEvent extends Moment {
  readonly type: "checkpoint";
  readonly checkpoint: Checkpoint;
}

/** The run diverged and went back, with `onDivergence: "rollback"`: its moment is the one that it went back to. */
export interface RollbackEvent extends Moment {
  readonly type: "rollback";
  /** Number of the update at which it diverged, with its loss and learning rate. */
  readonly divergedAt: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Factor on the learning rate from here on. */
  readonly factor: number;
}

/** The run was measured, with `probe`. */
export interface ProbeEvent extends Moment {
  readonly type: "probe";
  readonly measured: Readonly<Record<string, number>>;
}

/** The batch size changed from here on. */
export interface BatchSizeEvent extends Moment {
  readonly type: "batchSize";
  readonly from: number;
  readonly batchSize: number;
  /** Factor on the learning rate of the schedule from here on. */
  readonly factor: number;
  readonly reason: string;
}

/** Something came up that the user should know. */
export interface NoteEvent extends Moment {
  readonly type: "note";
  readonly text: string;
}

export interface EndEvent extends Moment {
  readonly type: "end";
  readonly reason: StopReason;
}

export type RunEvent =
  | StartEvent
  | ProgressEvent
  | EpochEvent
  | EvaluationEvent
  | TargetEvent
  | LearningRateEvent
  | CheckpointEvent
  | RollbackEvent
  | ProbeEvent
  | BatchSizeEvent
  | NoteEvent
  | EndEvent;

/** The first event of a run. */
export function startEvent(config: RunConfig<TrainingData>, updatesPerEpoch: number): StartEvent {
  const { training, batchSize, seed, engine, threads, initial, resume } = config;
  return {
    type: "start",
    ...{ batchSize, updatesPerEpoch, seed, engine, threads },
    examples: training.size,
    parameters: initial.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    ...(resume === undefined ? {} : { resumedFrom: resume.position.updates }),
  };
}
