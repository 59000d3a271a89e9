/** @file What a run gives. */
import type { BatchSizeChange } from "./cursor.ts";
import type { RunEvent } from "./events.ts";
import type { History, Moment } from "./history.ts";
import type { Run } from "./run-stream.ts";
import type { StopReason } from "./stop-reason.ts";
import type { TrainedModel } from "./trained-model.ts";

/** What a run gives. */
export interface TrainResult {
  /** The trained model: with early stopping that of the best evaluation, unless told otherwise. */
  readonly model: TrainedModel;
  readonly history: History;
  /** Why the run ended. */
  readonly reason: StopReason;
  readonly seed: number;
  /** That of the start; a probe may have changed it. */
  readonly batchSize: number;
  /** Its changes, in the order they were made. */
  readonly batchSizes: readonly BatchSizeChange[];
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
  /** Seconds of training: sampling, forward, backward, update. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  readonly compileSeconds: number;
  /** When the target was reached; undefined when it was not, or there was none. */
  readonly target: Moment | undefined;
}

/** A training run. */
export type TrainRun = Run<RunEvent, TrainResult>;
