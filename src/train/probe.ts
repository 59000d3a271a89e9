/** @file Measuring a run while it goes on, and changing its batch size by what was measured. */
import type { Tensor } from "../graph/types.ts";
import type { Position } from "./cursor.ts";

/** A value of JSON. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Where a probe stands: a checkpoint holds it, so that a run that goes on decides as one that never stopped. */
export interface ProbeState {
  /** What the probe remembers. */
  readonly memory: Json;
  /** Number of examples at which it looks at the run next. */
  readonly nextAt: number;
}

/** What a probe sees of a run. */
export interface ProbePoint {
  readonly position: Position;
  /** Epochs so far, with the fraction of the one under way. */
  readonly epochs: number;
  readonly parameters: readonly Tensor[];
  readonly batchSize: number;
  /** Of the next update. */
  readonly learningRate: number;
  /** Mean loss of the last updates, those of about the last 1000 examples; NaN before the first. */
  readonly loss: number;
  /** Seconds of training so far, those of the probe among them. */
  readonly seconds: number;
}

/** What a probe found. */
export interface ProbeFinding {
  readonly state: ProbeState;
  /** Numbers for the event; none is told when they are absent. */
  readonly measured?: Readonly<Record<string, number>>;
  /** A new batch size, with what multiplies the learning rate of the schedule from here on. */
  readonly change?: {
    readonly batchSize: number;
    readonly rateFactor: number;
    readonly reason: string;
  };
}

/** A probe at work on one run. */
export interface OpenProbe {
  readonly look: (memory: Json | undefined, point: ProbePoint) => Promise<ProbeFinding>;
  readonly close: () => Promise<void>;
}
