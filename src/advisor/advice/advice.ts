/** @file What advice on a batch size is: plain data, ready for a table, a page or JSON. */
import type { Estimate } from "../noise/estimate.ts";
import type { CriticalFit } from "../noise/fit.ts";
import type { NoisyExample, ParameterNoise } from "../noise/measurement.ts";
import type { Evaluation } from "../../train/history.ts";
import type { Goal } from "./goal.ts";
import type { Reason, VerificationReason } from "./reason.ts";
import type { DataFacts, ModelFacts } from "../subject-facts.ts";

/** What a run is to reach on the validation data. */
export interface AdviceTarget {
  /** `"valLoss"` or the name of a metric. */
  readonly monitor: string;
  readonly value: number;
  readonly better: "higher" | "lower";
  /** Whether the user gave it, or the pilot chose it (what it reached near its end). */
  readonly origin: "given" | "pilot";
}

/** What is recommended; nothing where no run reached the target. */
export interface Recommendation {
  readonly batchSize: number | null;
  readonly learningRate: number | null;
  readonly threads: number | null;
  /** Whether the measurements tell it from its neighbours, or at least say that these cost about the same. */
  readonly confident: boolean;
  /** Batch sizes that the measurements cannot tell from it, ascending, itself among them. */
  readonly range: readonly [number, number] | null;
  /** Why, with the numbers it rests on; `adviceWords` makes sentences of them. */
  readonly reasons: readonly Reason[];
}

/** What one update takes at one batch size and number of threads. */
export interface ThroughputPoint {
  readonly batchSize: number;
  readonly threads: number;
  /** Seconds of one update; the interval spans the middle half of the blocks that were timed, the value is their median. */
  readonly secondsPerUpdate: Estimate;
  readonly samplesPerSecond: number;
}

/** What updates take on this machine. */
export interface Throughput {
  /** Every measurement, by batch size and then threads. */
  readonly points: readonly ThroughputPoint[];
  /** The fastest number of threads at each batch size, ascending. */
  readonly best: readonly ThroughputPoint[];
  readonly seconds: number;
}

/** Memory at one batch size. */
export interface MemoryPoint {
  readonly batchSize: number;
  /** Predicted peak of the process: what is resident without training, the data, parameters and state twice, and the values of one pass and of a short batch. */
  readonly predictedBytes: number;
  /** Peak while updates of this batch size, all of them whole, were timed; null where the platform does not tell. */
  readonly measuredBytes: number | null;
  /** Examples that go through the graph at once. */
  readonly microBatch: number;
}

/** Memory as a function of the batch size. */
export interface MemoryAdvice {
  readonly points: readonly MemoryPoint[];
  /** The bound that was given, in bytes. */
  readonly limitBytes: number | null;
  /** The largest batch size that was looked at and fits the bound. */
  readonly largestBatchSize: number;
}

/** Where an estimate of the critical batch size comes from: the curvature-weighted noise along the pilot, B_simple along it, or pilot races. */
export type CriticalSource = "curvature" | "simple" | "races";

/** One estimate of the critical batch size, and what it would have recommended. */
export interface CriticalEstimate {
  readonly source: CriticalSource;
  readonly criticalBatchSize: Estimate;
  /** The power of two with the least t(B) (1 + B_crit / B). */
  readonly batchSize: number;
  /** Root mean square of log(predicted) − log(measured updates) over the races; null with fewer than two. */
  readonly logError: number | null;
}

/** Noise along the pilot run, and what it says of the critical batch size. */
export interface NoiseAdvice {
  readonly estimates: readonly CriticalEstimate[];
  /** The estimate with the least error beside `"races"`, which is fitted to them; null where none can be compared. */
  readonly best: CriticalSource | null;
  /** The run along which noise was measured. */
  readonly pilot: {
    readonly batchSize: number;
    readonly learningRate: number;
    readonly updates: number;
    readonly points: readonly {
      readonly updates: number;
      readonly simpleNoiseScale: Estimate;
      readonly noiseScale: Estimate;
    }[];
  } | null;
  /** At the end of the pilot: noise of each array of parameters, and the examples that make the most of it. */
  readonly parameters: readonly ParameterNoise[];
  readonly top: readonly NoisyExample[];
}

/** One run to the target. */
export interface RacedRun {
  readonly batchSize: number;
  readonly learningRate: number;
  readonly threads: number;
  readonly seed: number;
  /** `"search"`: while the learning rate was sought; `"verification"`: afterwards, with other seeds. */
  readonly purpose: "search" | "verification";
  readonly reached: boolean;
  /** Updates to the target; those that were made where it was not reached. */
  readonly updates: number;
  readonly examples: number;
  /** Updates × seconds of one update, as measured apart: what others do on the machine meanwhile is not in it. */
  readonly seconds: number;
  /** As the clock of the run said. */
  readonly clockSeconds: number;
  readonly diverged: boolean;
}

/** A batch size as it is predicted to do. */
export interface PredictionPoint {
  readonly batchSize: number;
  readonly learningRate: number;
  readonly threads: number;
  readonly secondsPerUpdate: number;
  /** Updates to the target. */
  readonly updates: Estimate;
  /** Seconds to the target. */
  readonly seconds: Estimate;
  readonly examples: Estimate;
}

/** The prediction: S(B) = S_min + E_min / B from races, times what updates take. */
export interface Prediction {
  readonly target: AdviceTarget;
  /** Powers of two that fit, ascending; empty where nothing reached the target. */
  readonly points: readonly PredictionPoint[];
  readonly fit: CriticalFit | null;
  /** Every run of the search, in the order it was made. */
  readonly runs: readonly RacedRun[];
  /** The best learning rate of each batch size that was raced. */
  readonly raced: readonly RacedRun[];
}

/** What racing the recommendation against its neighbours said. */
export interface Verification {
  readonly verdict: "held" | "did not hold" | "cannot tell";
  readonly reasons: readonly VerificationReason[];
  readonly runs: readonly RacedRun[];
  /** The batch sizes that were raced, ascending: predicted and measured seconds (median, least and most over the seeds). */
  readonly points: readonly {
    readonly batchSize: number;
    readonly learningRate: number;
    readonly predicted: Estimate;
    /** Null where a run did not reach the target. */
    readonly measured: Estimate | null;
    /** Examples to the target, likewise. */
    readonly examples: Estimate | null;
  }[];
}

/** Wall-clock seconds that each part of the advice took. */
export interface AdviceSeconds {
  readonly throughput: number;
  readonly search: number;
  readonly noise: number;
  readonly verification: number;
  readonly total: number;
}

/** Which batch size, which learning rate, how many threads, and why. */
export interface Advice {
  readonly goal: Goal;
  readonly recommendation: Recommendation;
  readonly noise: NoiseAdvice;
  readonly throughput: Throughput;
  readonly memory: MemoryAdvice;
  readonly prediction: Prediction;
  /** What the best constant prediction comes to on the validation data. */
  readonly constant: Evaluation;
  /** Null when it was not asked for, or nothing could be verified. */
  readonly verification: Verification | null;
  readonly data: DataFacts;
  readonly model: ModelFacts;
  readonly optimizer: string;
  readonly seed: number;
  readonly seconds: AdviceSeconds;
  /** False when it was stopped before its end. */
  readonly complete: boolean;
}

/** What advising tells while it goes on. */
export type AdviceEvent =
  | { readonly type: "stage"; readonly stage: keyof Omit<AdviceSeconds, "total"> }
  | {
      readonly type: "throughput";
      readonly done: number;
      readonly total: number;
      readonly point: ThroughputPoint;
    }
  | { readonly type: "run"; readonly run: RacedRun }
  /** Something that makes the advice worth little, told before the work. */
  | { readonly type: "caution"; readonly reason: Reason; readonly target: AdviceTarget }
  | { readonly type: "pilot"; readonly done: number; readonly total: number };
