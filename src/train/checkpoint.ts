/** @file A checkpoint: all that a run needs to go on from where it stood, as plain values. */
import type { Tensor } from "../graph/types.ts";
import type { PlateauState } from "../nn/schedule.ts";
import type { BatchSizeChange, Position } from "./cursor.ts";
import type { ProbeState } from "./probe.ts";
import type { RecordedHistory, Moment } from "./history.ts";
import type { StopReason } from "./stop-reason.ts";

/** What must be the same in a run that goes on: by name, so that an error can say what differs. */
export type Identity = Readonly<Record<string, string | number | boolean | null>>;

/** Bounds on the next chunk; Infinity where there is none. */
export interface NextEvaluation {
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
}

/** Where the watch over the evaluations stands. */
export interface WatchState {
  readonly next: NextEvaluation | undefined;
  readonly best: number | undefined;
  readonly waited: number;
  readonly plateau: PlateauState | undefined;
  readonly reached: Moment | undefined;
  readonly stop: StopReason | undefined;
}

/** A run between two updates. Its arrays are never written to again. */
export interface Checkpoint {
  readonly version: 2;
  readonly identity: Identity;
  readonly seed: number;
  readonly position: Position;
  /** Seconds of training and of evaluation so far. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  /** Number of updates at the last evaluation; −1 before the first. */
  readonly evaluatedAt: number;
  /** Factor on the learning rate from rollbacks. */
  readonly rateFactor: number;
  /** Changes of the batch size so far. */
  readonly batchSizes: readonly BatchSizeChange[];
  /** Where the probe of the run stands. */
  readonly probe: ProbeState | undefined;
  /** What a loss that explodes is compared with. */
  readonly startLoss: { readonly loss: number; readonly examples: number };
  /** By name. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** Optimizer state by name: `0.weight:momentum`. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** Parameters of the best evaluation, where early stopping restores them. */
  readonly bestParameters: Readonly<Record<string, Tensor>> | undefined;
  readonly watch: WatchState;
  readonly history: RecordedHistory;
}

/** Whether `value` looks like a checkpoint: what is in it is compared with the run that goes on from it. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  const given = Object(value) as Readonly<Record<string, unknown>>;
  const parts = ["identity", "position", "parameters", "slots", "watch", "history"];
  const isObject = (part: unknown) => typeof part === "object" && part !== null;
  return typeof given["version"] === "number" && parts.every((name) => isObject(given[name]));
}
