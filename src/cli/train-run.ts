/** @file One run under the eyes of the terminal: its events into its folder and onto the screen, then the record of it. */
import type { LearningRateSearch } from "../advisor/race.ts";
import { formats } from "../report/format.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { TrainingData } from "../data/dataset.ts";
import type { RunConfig } from "../train/run-config.ts";
import { DivergenceError } from "../train/divergence.ts";
import type { RunEvent, RollbackEvent } from "../train/events.ts";
import type { Moment } from "../train/history.ts";
import type { TrainOptions } from "../train/options.ts";
import { RunFolderError } from "../train/run-folder/run-folder-error.ts";
import type { RunFolder } from "../train/run-folder/run-folder.node.ts";
import { written } from "../train/run-folder/train-in-folder.node.ts";
import { train } from "../train/train.ts";
import type { TrainResult } from "../train/result.ts";
import { trainedModel } from "../train/trained-model.ts";
import type { AnySubject } from "./data.ts";
import { LaneWatch } from "./lane-view.ts";
import { runRecord, type RunRecord } from "./run-record.ts";
import { changeText } from "./run-table.ts";
import type { TrainSettings } from "./train-settings.ts";
import type { Surroundings } from "./working.ts";
import { writeModelFile } from "./write-model.ts";

/** A run that is ready to start. */
export interface Prepared {
  readonly settings: TrainSettings;
  readonly subject: AnySubject;
  readonly options: TrainOptions;
  readonly config: RunConfig<TrainingData>;
  readonly learningRate: number;
  /** How the learning rate was found, where it was searched for in this call. */
  readonly rateSearch: LearningRateSearch | undefined;
  /** The folder it is kept in, with the name by which the user knows it. */
  readonly kept: { readonly folder: RunFolder; readonly name: string } | undefined;
  readonly command: string;
}

const { count, number } = formats("en");

/** Makes the run. @throws DivergenceError, RunFolderError */
export async function makeRun(prepared: Prepared, surroundings: Surroundings): Promise<RunRecord> {
  const { settings, subject, config, learningRate, command, kept } = prepared;
  const { progress, memory } = surroundings;
  memory.reset();
  const result = await watched(prepared, surroundings);
  const memoryBytes = memory.peak() ?? null;
  progress.work("measuring the loss on all training data …");
  const onnx = trainedModel({ ...config, engine: "onnx" }, result.model.parameters);
  const { loss: trainLoss } = await onnx.evaluate(subject.training);
  if (kept !== undefined) writeModelFile(kept.folder.path, onnx, subject.preprocessing);
  progress.clear();
  const optimizer = [settings.optimizer.name, settings.schedule?.text ?? []].flat().join(", ");
  return runRecord({
    ...{ subject, config, result, learningRate, optimizer, trainLoss, memoryBytes, command },
  });
}

async function watched(
  { settings, subject, options, config, kept }: Prepared,
  { progress, signal }: Surroundings,
): Promise<TrainResult> {
  const stop = new AbortController();
  const run = train(subject.model, subject.training, {
    ...options,
    signal: AbortSignal.any([signal, stop.signal]),
  });
  const labelOf = (batchSize: number): string =>
    batchSize === subject.training.size ? "full" : count(batchSize);
  const label = labelOf(options.resume?.batchSizes.at(-1)?.batchSize ?? config.batchSize);
  const watch = new LaneWatch({
    ...{ label, labelWidth: label.length, metric: subject.metric },
    budget: settings.budget,
    ...(options.resume && { from: momentOf(options.resume) }),
  });
  const events: AsyncIterable<RunEvent> =
    kept === undefined ? run : written(kept.folder, run, stop);
  try {
    for await (const event of events) {
      if (event.type === "rollback") progress.note(rollbackText(event));
      if (event.type === "batchSize") {
        progress.note(changeText({ ...event, rateFactor: event.factor }));
        watch.rename(labelOf(event.batchSize));
      }
      if (event.type === "note") progress.note(event.text);
      progress.lane(watch.take(event));
    }
  } catch (error) {
    throw kept === undefined ? error : withAdvice(error, kept.name, settings);
  } finally {
    progress.end();
  }
  return run.result;
}

/** Where a run goes on, to the whole epoch. */
function momentOf({ position, seconds }: Checkpoint): Moment {
  const { updates, examples, epoch } = position;
  return { updates, examples, epochs: epoch, seconds };
}

function rollbackText({ divergedAt, loss, learningRate, updates, factor }: RollbackEvent): string {
  return `diverged at update ${count(divergedAt)} (loss ${number(loss)}, learning rate ${number(learningRate)}): back to update ${count(updates)}, learning rates times ${number(factor)} from here on`;
}

/** Says by which command a run can go on that failed. */
function withAdvice(error: unknown, name: string, { onDivergence }: TrainSettings): unknown {
  const command = `minibatch train --resume ${name}`;
  if (error instanceof RunFolderError && !error.vanished && error.savedUpdates !== undefined)
    error.message = `${error.file} cannot be written: ${error.reason}\nthe last good checkpoint is of update ${error.savedUpdates}; go on from it with: ${command}`;
  if (error instanceof DivergenceError && onDivergence === "stop")
    error.message += `; or go back with: ${command} --on-divergence rollback`;
  return error;
}
