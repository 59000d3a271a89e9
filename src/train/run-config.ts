/** @file A run that is ready to start: options that were checked, with the defaults filled in. */
import type { StepSpec } from "../compile/spec.ts";
import type { Dataset, StoredDataset, TrainingData } from "../data/dataset.ts";
import type { Sampler } from "../data/sampler.ts";
import type { Tensor } from "../graph/types.ts";
import type { Model } from "../nn/model.ts";
import type { Runtime } from "../runtime/ort.ts";
import type { CheckpointEvery } from "./checkpoint-times.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Monitor } from "./monitor.ts";
import type { OpenProbe } from "./probe.ts";

/** When the validation data is evaluated: every so many epochs, examples or updates, or at the updates a function gives. */
export type ValidateEvery =
  | { readonly epochs: number }
  | { readonly examples: number }
  | { readonly updates: number }
  /** Number of updates at which to evaluate next. */
  | ((at: {
      readonly updates: number;
      readonly examples: number;
      readonly seconds: number;
    }) => number);

/** What ends a run, whichever comes first; Infinity where there is no bound. */
export interface Budget {
  readonly epochs: number;
  readonly updates: number;
  readonly examples: number;
  readonly seconds: number;
}

/** A run that is ready to start. */
export interface RunConfig<Data extends TrainingData = Dataset> {
  readonly spec: StepSpec;
  readonly model: Model;
  readonly parameterNames: readonly string[];
  /** Whether the model wants random words for each visit (dropout). */
  readonly usesVisitKeys: boolean;
  readonly initial: readonly Tensor[];
  readonly training: Data;
  readonly validation: Dataset | StoredDataset | undefined;
  readonly sampler: Sampler;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly budget: Budget;
  readonly validateEvery: ValidateEvery;
  readonly seed: number;
  readonly engine: "onnx" | "loops";
  readonly threads: number;
  readonly microBatch: number | undefined;
  /** Bytes for the values of the examples that go through a graph at once; undefined for no bound. */
  readonly workBytes: number | undefined;
  readonly target:
    { readonly monitor: Monitor; readonly value: number; readonly stop: boolean } | undefined;
  readonly earlyStopping:
    | {
        readonly monitor: Monitor;
        readonly patience: number;
        readonly minDelta: number;
        readonly restoreBest: boolean;
      }
    | undefined;
  readonly checkpointEvery: CheckpointEvery | undefined;
  readonly resume: Checkpoint | undefined;
  readonly probe: RunProbe | undefined;
  readonly onDivergence: "stop" | "rollback" | "ignore";
}

/** Looks at a run before its first update, and then whenever it asked to. Its seconds are seconds of training. */
export interface RunProbe {
  /** For the identity of the run: a checkpoint is only gone on from with the same probe. */
  readonly name: string;
  readonly open: (config: RunConfig<TrainingData>, runtime?: Runtime) => Promise<OpenProbe>;
}
