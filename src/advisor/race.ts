/** @file What a race of batch sizes yields: plain data, in columns, ready for a table, a page or JSON. */
import type { DataFacts, ModelFacts } from "./subject-facts.ts";

export type Regime = "SGD" | "mini-batch" | "full batch";

/** One evaluation of a run, as columns over the evaluations. */
export interface Curve {
  /** Updates made before each evaluation. */
  readonly updates: readonly number[];
  readonly examples: readonly number[];
  readonly epochs: readonly number[];
  /** Seconds of training alone: evaluation, compilation and logging are not in it. */
  readonly seconds: readonly number[];
  /** Mean of the losses of the updates since the evaluation before; the first entry is null. */
  readonly trainLoss: readonly (number | null)[];
  readonly validationLoss: readonly number[];
  /** The race's metric on the validation data. */
  readonly validationMetric: readonly number[];
}

/** Noise of the mini-batch gradient at fixed parameters, as columns over the points it was measured at. */
export interface GradientNoise {
  readonly updates: readonly number[];
  readonly examples: readonly number[];
  /** √(E|g − G|²) / |G|, with g a mini-batch gradient and G the full one at the same parameters. */
  readonly relativeError: readonly number[];
  /** Mean cosine of the angle between g and G. */
  readonly cosine: readonly number[];
  /** |G|, the norm of the full gradient. */
  readonly fullNorm: readonly number[];
  /** Mini-batches drawn at each point. */
  readonly batches: number;
}

/** A path of a run on the plane, as columns over its recorded points. */
export interface PlanePath {
  readonly updates: readonly number[];
  /** Coordinates on the plane. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** True loss at the recorded parameters. */
  readonly loss: readonly number[];
  /** Loss at the nearest point of the plane. */
  readonly planeLoss: readonly number[];
  /** Distance of the parameters from the plane. */
  readonly distance: readonly number[];
}

/** The loss on one plane of parameter space, with the paths of all runs on it. */
export interface LossPlane {
  /** Share of the variance of all recorded parameters along each of the two axes. */
  readonly explained: readonly [number, number];
  /** Coordinates of the grid. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Loss at (a[i], b[j]): row j, column i; null where it is not finite. */
  readonly loss: readonly (readonly (number | null)[])[];
  /** Number of training examples the loss was computed on, and whether that is all of them. */
  readonly examples: number;
  readonly allExamples: boolean;
  /** Root mean square of log10(true loss) − log10(plane loss) over all recorded points. */
  readonly gap: number;
  /** One path a run, in the order of `Race.runs`; null for runs whose path was not recorded. */
  readonly paths: readonly (PlanePath | null)[];
}

/** Whether and when a run reached the target. */
export interface TargetResult {
  readonly reached: boolean;
  readonly updates: number | null;
  readonly examples: number | null;
  readonly epochs: number | null;
  readonly seconds: number | null;
}

/** What a run was, where runs were not made by one race but each by itself. */
export interface RunOrigin {
  /** Unique among the runs. */
  readonly name: string;
  readonly data: DataFacts;
  readonly model: ModelFacts;
  readonly loss: string;
  readonly metric: Race["metric"];
  readonly optimizer: string;
  readonly dtype: Race["dtype"];
  readonly threads: number;
  readonly environment: Race["environment"];
  /** The batch sizes it was made with, in their order; absent where that is one. */
  readonly batchSizes?: readonly number[];
}

/** One run of a race. */
export interface RaceRun {
  /** Absent in a race, whose runs have all this in common. */
  readonly origin?: RunOrigin;
  /** Examples for one update. */
  readonly batchSize: number;
  readonly regime: Regime;
  readonly learningRate: number;
  readonly engine: "onnx" | "loops";
  readonly seed: number;
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
  /** Training alone. */
  readonly seconds: number;
  /** Beside it: evaluation, and compilation of the graphs. */
  readonly evaluationSeconds: number;
  readonly compileSeconds: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly validationMetric: number;
  readonly target: TargetResult | null;
  readonly samplesPerSecond: number;
  /** Largest resident memory of the process during the run, in bytes; null where the platform does not tell. */
  readonly memoryBytes: number | null;
  readonly gradientNoise: GradientNoise | null;
  /**
   * Root mean square of the change of the loss from one update to the next, in the second half of the run,
   * divided by the mean loss there; null with fewer than four updates.
   */
  readonly jitter: number | null;
  readonly curve: Curve;
  /** "done", or why it ended before its budget; "running" and "failed" are of runs that were made by themselves. */
  readonly status: "done" | "target" | "diverged" | "aborted" | "running" | "failed";
  /** The error of a run that diverged or failed. */
  readonly message: string | null;
}

/** One learning rate that was tried for a batch size. */
export interface LearningRateTrial {
  readonly learningRate: number;
  readonly updates: number;
  readonly examples: number;
  readonly seconds: number;
  /** Mean validation loss over the second half of the trial; null when it diverged. */
  readonly loss: number | null;
}

/** The search for the learning rate of one batch size. */
export interface LearningRateSearch {
  readonly batchSize: number;
  readonly chosen: number;
  readonly trials: readonly LearningRateTrial[];
}

/** The two engines on the same regime from the same start. */
export interface EngineComparison {
  readonly batchSize: number;
  readonly seed: number;
  readonly updates: number;
  /** Largest |difference| of a parameter after the same updates. */
  readonly largestDifference: number;
  /** Seconds of the loops engine over seconds of the ONNX engine. */
  readonly timeRatio: number;
}

/** A race of batch sizes from one start. */
export interface Race {
  readonly data: DataFacts;
  readonly model: ModelFacts;
  readonly loss: string;
  readonly metric: { readonly name: string; readonly better: "higher" | "lower" };
  readonly optimizer: string;
  readonly dtype: "float32" | "float64";
  readonly seed: number;
  readonly threads: number;
  /** What ends a run: whichever comes first. */
  readonly budget: {
    readonly epochs: number | null;
    readonly updates: number | null;
    readonly examples: number | null;
    readonly seconds: number | null;
  };
  readonly target: {
    readonly metric: string;
    readonly value: number;
    readonly better: "higher" | "lower";
  } | null;
  readonly runs: readonly RaceRun[];
  readonly learningRates: readonly LearningRateSearch[];
  readonly engines: readonly EngineComparison[];
  readonly plane: LossPlane | null;
  /** Versions and machine, for the record. */
  readonly environment: {
    readonly minibatch: string;
    readonly runtime: string;
    readonly machine: string;
    readonly date: string;
  };
  /** False when it was stopped before all runs were done. */
  readonly complete: boolean;
}
