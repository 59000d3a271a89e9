/** @file `minibatch train`: one run, and what came of it. */
import { availableParallelism } from "node:os";
import { planRace, threadsOf } from "../advisor/compare-options.ts";
import { searchLearningRate } from "../advisor/learning-rate-search.ts";
import { InputError, show } from "../errors.ts";
import { formats } from "../report/format.ts";
import { configure, type RunConfig } from "../train/config.ts";
import type { TrainOptions } from "../train/options.ts";
import { train } from "../train/train.ts";
import { trainedModel } from "../train/trained-model.ts";
import { batchSizeOption } from "./arguments.ts";
import { loadSubject, type Subject } from "./data.ts";
import { exitCode } from "./failure.ts";
import { budgetText, subjectLines, targetText } from "./introduction.ts";
import { LaneWatch } from "./lane-view.ts";
import { hasKnownRates, knownLearningRate } from "./learning-rates.ts";
import { printJson } from "./output.ts";
import { definedOnly } from "./records.ts";
import { openRunFolder, type RunFolder } from "./run-folder.ts";
import { runRecord, type RunRecord } from "./run-record.ts";
import { runTable } from "./run-table.ts";
import { hasNoBudget, readSettings, type RawOptions, type Settings } from "./settings.ts";
import { commandLine } from "./shell.ts";
import { textWidth } from "./table.ts";
import { surrounded, type Surroundings } from "./working.ts";

/** Settings of this command beside the common ones. */
interface TrainSettings extends Settings {
  readonly batchSize: number | "full" | undefined;
}

/** A run that is ready to start. */
interface Prepared {
  readonly settings: TrainSettings;
  readonly subject: Subject;
  readonly options: TrainOptions;
  readonly config: RunConfig;
  readonly learningRate: number;
}

/** Runs the command. Sets the exit code when it was stopped. @throws DivergenceError */
export async function trainCommand(
  data: string,
  raw: RawOptions,
  args: readonly string[],
): Promise<void> {
  const settings = readTrainSettings(data, raw);
  const subject = await loadSubject(settings);
  const rate = rateWithoutSearch(settings, subject);
  const checked = configure(
    subject.model,
    subject.training,
    optionsFor(settings, subject, rate ?? 1),
  );
  const folder = settings.out === undefined ? undefined : openRunFolder(settings.out);

  process.exitCode = await surrounded(settings.quiet, async (surroundings) => {
    const { progress, signal } = surroundings;
    for (const line of subjectLines(settings, subject)) progress.note(line);
    const learningRate = rate ?? (await searchedRate(settings, subject, checked, surroundings));
    const options = { ...optionsFor(settings, subject, learningRate), signal };
    const config = configure(subject.model, subject.training, options);
    const run = { settings, subject, options, config, learningRate };
    for (const line of runLines(run)) progress.note(line);
    const record = await makeRun(run, surroundings, folder, commandLine(args));
    folder?.finish(record, subject.preprocessing);
    if (settings.json) printJson(record);
    else process.stdout.write(`\n${runTable(record, textWidth(process.stdout))}\n`);
    if (folder !== undefined && !settings.json) process.stdout.write(`\nrun: ${folder.path}\n`);
    return exitCode.done;
  });
}

function readTrainSettings(data: string, options: RawOptions): TrainSettings {
  const settings = readSettings(data, options);
  const { batchSize } = options;
  if (settings.engines.length > 1)
    throw new InputError("--engine must be one of onnx, loops here; minibatch compare takes both");
  if (settings.learningRate !== "auto" && (settings.learningRate?.length ?? 1) > 1)
    throw new InputError(
      `--learning-rate must be one number here, got ${show(String(options["learningRate"]))}; minibatch compare takes several`,
    );
  return {
    ...settings,
    budget: hasNoBudget(settings) ? { ...settings.budget, epochs: 1 } : settings.budget,
    batchSize:
      typeof batchSize === "string" ? batchSizeOption("--batch-size", batchSize) : undefined,
  };
}

/** Evaluations in an epoch when a target is to be met: its time is known to this part of one. */
const evaluationsPerEpoch = 10;

function optionsFor(settings: TrainSettings, subject: Subject, learningRate: number): TrainOptions {
  const { optimizer, target, engines } = settings;
  const { training, validation, metric } = subject;
  return definedOnly({
    ...settings.budget,
    batchSize: settings.batchSize,
    loss: settings.loss,
    metrics: [metric],
    optimizer: optimizer.make({ learningRate }),
    validation,
    validateEvery:
      target === undefined
        ? undefined
        : { examples: Math.ceil(training.size / evaluationsPerEpoch) },
    target: target && { monitor: target.monitor ?? metric, value: target.value },
    seed: settings.seed,
    dtype: settings.dtype,
    engine: engines[0],
    threads: threadsOf(
      { threads: settings.threads, cores: availableParallelism() },
      batchSizeIn(settings, subject),
    ),
  });
}

function batchSizeIn({ batchSize = 32 }: TrainSettings, { training }: Subject): number {
  return batchSize === "full" ? training.size : Math.min(batchSize, training.size);
}

/** The learning rate, unless it is to be searched. */
function rateWithoutSearch(settings: TrainSettings, subject: Subject): number | undefined {
  const { learningRate, data, model, optimizer } = settings;
  if (learningRate === "auto") return undefined;
  if (learningRate !== undefined) return learningRate[0];
  const known = { data, hiddenLayers: model.hidden.length, optimizer: optimizer.name };
  return hasKnownRates(known)
    ? knownLearningRate(batchSizeIn(settings, subject))
    : optimizer.defaultRate;
}

async function searchedRate(
  settings: TrainSettings,
  { model, training, validation, metric }: Subject,
  { batchSize, spec, seed, threads }: RunConfig,
  { progress, signal }: Surroundings,
): Promise<number> {
  const plan = planRace(model, training, {
    batchSizes: [batchSize],
    optimizer: settings.optimizer.make,
    loss: spec.loss,
    dtype: spec.dtype,
    ...{ metric, validation, seed, threads, signal },
  });
  const search = searchLearningRate(plan, batchSize);
  let step = await search.next();
  for (let trial = 1; step.done !== true; step = await search.next(), trial++)
    progress.work(
      `looking for a learning rate, trial ${trial}: ${number(step.value.learningRate)}`,
    );
  progress.clear();
  return step.value.chosen;
}

const { number, count } = formats("en");

function runLines({ settings, subject, config, learningRate }: Prepared): readonly string[] {
  const { target } = settings;
  return [
    `batch size ${count(config.batchSize)}, learning rate ${number(learningRate)}, ${budgetText(settings.budget)} of training` +
      (target === undefined ? "" : `, or until ${targetText(subject, target)}`),
    "",
  ];
}

async function makeRun(
  { settings, subject, options, config, learningRate }: Prepared,
  { progress, memory }: Surroundings,
  folder: RunFolder | undefined,
  command: string,
): Promise<RunRecord> {
  memory.reset();
  const run = train(subject.model, subject.training, options);
  const label = config.batchSize === subject.training.size ? "full" : count(config.batchSize);
  const watch = new LaneWatch({
    ...{ label, labelWidth: label.length, metric: subject.metric },
    budget: settings.budget,
  });
  try {
    for await (const event of run) {
      folder?.append(event);
      progress.lane(watch.take(event));
    }
  } finally {
    progress.end();
  }
  const result = await run.result;
  const memoryBytes = memory.peak() ?? null;
  progress.work("measuring the loss on all training data …");
  const onnx = trainedModel({ ...config, engine: "onnx" }, result.model.parameters);
  const { loss: trainLoss } = await onnx.evaluate(subject.training);
  progress.clear();
  const optimizer = settings.optimizer.name;
  return runRecord({
    subject,
    config,
    result,
    learningRate,
    optimizer,
    trainLoss,
    memoryBytes,
    command,
  });
}
