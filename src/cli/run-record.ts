/** @file What came of one run, for the record. */
import { regimeOf } from "../advisor/race-run.ts";
import type { Race, RaceRun, TargetResult } from "../advisor/race.ts";
import type { TrainingData } from "../data/dataset.ts";
import type { RunConfig } from "../train/run-config.ts";
import type { StopReason } from "../train/stop-reason.ts";
import type { History } from "../train/history.ts";
import type { TrainResult } from "../train/result.ts";
import type { AnySubject } from "./data.ts";
import type { SizeChange } from "../report/batch-sizes.ts";
import { environment } from "../train/run-folder/environment.node.ts";
import {
  dataFacts,
  modelFacts,
  type DataFacts,
  type ModelFacts,
} from "../advisor/subject-facts.ts";

/** The batch size from here on, and the factor on the learning rate that was asked for. */
export interface ChangedSize extends SizeChange {
  readonly rateFactor: number;
  readonly reason: string;
}

/** One run, for the record: what `train --json` prints and `run.json` holds. */
export interface RunRecord {
  readonly data: DataFacts;
  readonly model: ModelFacts;
  readonly loss: string;
  readonly metric: Race["metric"];
  readonly optimizer: string;
  readonly dtype: Race["dtype"];
  readonly seed: number;
  readonly threads: number;
  readonly batchSize: number;
  /** What a probe changed it to. */
  readonly batchSizes: readonly ChangedSize[];
  readonly learningRate: number;
  readonly regime: RaceRun["regime"];
  readonly engine: RaceRun["engine"];
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
  /** Training alone; evaluation and compilation stand beside it. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  readonly compileSeconds: number;
  /** Loss on all training data, at the end. */
  readonly trainLoss: number;
  /** Of the last evaluation. */
  readonly validationLoss: number | null;
  readonly validationMetric: number | null;
  readonly target: (TargetResult & { readonly metric: string; readonly value: number }) | null;
  readonly samplesPerSecond: number | null;
  readonly memoryBytes: number | null;
  /** Why the run ended. */
  readonly ended: StopReason;
  readonly history: History;
  readonly environment: Race["environment"];
  /** The command that made it. */
  readonly command: string;
}

/** What a record is made from. */
export interface FinishedRun {
  readonly subject: AnySubject;
  readonly config: RunConfig<TrainingData>;
  readonly result: TrainResult;
  readonly learningRate: number;
  readonly optimizer: string;
  readonly trainLoss: number;
  readonly memoryBytes: number | null;
  readonly command: string;
}

/** The record of a run. */
export function runRecord(run: FinishedRun): RunRecord {
  const { subject, config, result, learningRate, optimizer, trainLoss, memoryBytes, command } = run;
  const { training, metric } = subject;
  const { batchSize, batchSizes, updates, examples, epochs, seconds, history } = result;
  const { loss: losses, metrics } = history.evaluations;
  return {
    data: dataFacts(training, subject.validation),
    model: modelFacts(subject.model, config.initial),
    loss: config.spec.loss.name,
    metric: { name: metric, better: config.spec.metrics[0]?.better ?? "higher" },
    optimizer,
    dtype: config.spec.dtype,
    seed: result.seed,
    threads: config.threads,
    batchSize,
    batchSizes: batchSizes.map(({ epoch: _, batch: __, ...change }) => change),
    learningRate,
    regime: regimeOf(batchSize, training.size),
    engine: config.engine,
    ...{ updates, examples, epochs, seconds },
    evaluationSeconds: result.evaluationSeconds,
    compileSeconds: result.compileSeconds,
    trainLoss,
    validationLoss: losses.at(-1) ?? null,
    validationMetric: metrics[metric]?.at(-1) ?? null,
    target: targetOf(config, result),
    samplesPerSecond: seconds > 0 ? examples / seconds : null,
    memoryBytes,
    ended: result.reason,
    history,
    environment: { ...environment(), date: new Date().toISOString() },
    command,
  };
}

function targetOf(
  { target }: RunConfig<TrainingData>,
  { target: moment }: TrainResult,
): RunRecord["target"] {
  if (target === undefined) return null;
  const { monitor, value } = target;
  const { updates = null, examples = null, epochs = null, seconds = null } = moment ?? {};
  const reached = moment !== undefined;
  return { metric: monitor.name, value, ...{ reached, updates, examples, epochs, seconds } };
}
