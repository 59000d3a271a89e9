/** @file Why something is recommended, and what limits it: kinds of sentences with the numbers they rest on. */
import type { Estimate } from "../noise/estimate.ts";
import type { Goal } from "./goal.ts";

/** What pilots came to, beside a prediction that does not look at the features. */
export interface Learned {
  /** Their least validation losses: the mean over them, or the largest where that is not below the constant's. */
  readonly loss: number;
  /** The validation loss of the best constant prediction. */
  readonly constant: number;
  /** Of the difference of these two. */
  readonly standardError: number;
}

/** Why a batch size is recommended, or none. */
export type Reason =
  /** What a smaller and a larger batch would cost beside it, as factors of what it costs. */
  | {
      readonly kind: "beside";
      readonly others: readonly {
        readonly batchSize: number;
        readonly updates: number;
        readonly secondsPerUpdate: number;
        /** Seconds to the target. */
        readonly seconds: number;
      }[];
    }
  /** For another goal than time: it is the fastest of those that are as good by the goal. */
  | { readonly kind: "fastestByGoal"; readonly goal: Exclude<Goal, "time"> }
  /** Batch sizes that cost about the same, within this part. */
  | { readonly kind: "sameCost"; readonly range: readonly [number, number]; readonly part: number }
  /** Nothing to compare it with. */
  | { readonly kind: "onlyOne" }
  /** Batch sizes that were not raced and whose intervals reach below it; none: too few were raced. */
  | { readonly kind: "intervalsOverlap"; readonly rivals: readonly number[] }
  /** It took the place of what was recommended before the verification. */
  | { readonly kind: "inPlaceOf"; readonly batchSize: number; readonly seconds: Estimate }
  /** A constant prediction reaches the target that was given: the monitored value it comes to. */
  | { readonly kind: "constantReaches"; readonly value: number }
  /** No target, because what the pilot learned cannot be told from nothing: validation losses, and the standard error of their difference. */
  | ({ readonly kind: "nothingLearned" } & Learned)
  /** The pilot is better than a constant prediction, but not beyond doubt. */
  | ({ readonly kind: "littleLearned" } & Learned)
  /** No run arrived: how long it was given, the monitored value that came nearest, and that of a constant prediction. */
  | {
      readonly kind: "notReached";
      readonly batchSize: number;
      readonly updates: number;
      readonly nearest: number | null;
      readonly constant: number | null;
    }
  /** At no learning rate did all seeds arrive. */
  | { readonly kind: "someSeeds"; readonly reached: number; readonly runs: number }
  /** Every trial diverged. */
  | { readonly kind: "neverFinite" }
  /** No batch size that was raced fits the memory. */
  | { readonly kind: "noneFits"; readonly limitBytes: number }
  /** Stopped before a run arrived. */
  | { readonly kind: "stopped" };

/** Why a prediction held, or not. Costs are what the goal counts: seconds, examples or bytes. */
export type VerificationReason =
  /** Not every run of the recommendation arrived again. */
  | { readonly kind: "notAgain"; readonly batchSize: number }
  /** What was predicted for the recommendation, and what was measured. */
  | { readonly kind: "measured"; readonly predicted: Estimate; readonly measured: Estimate }
  /** A neighbour was better with every seed; `goal` says by what. */
  | {
      readonly kind: "neighbourBetter";
      readonly goal: Goal;
      readonly batchSize: number;
      readonly cost: number;
      readonly own: number;
    }
  /** A neighbour was better in the median, but seeds overlap. */
  | {
      readonly kind: "neighbourPerhapsBetter";
      readonly goal: Goal;
      readonly batchSize: number;
      readonly cost: number;
      readonly own: number;
    }
  /** No neighbour was clearly better. */
  | { readonly kind: "noneBetter" }
  /** Neighbours that were not as predicted: how far the curve can be trusted. */
  | {
      readonly kind: "offTheCurve";
      readonly batchSize: number;
      readonly predicted: Estimate;
      readonly measured: Estimate;
    };
