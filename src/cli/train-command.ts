/** @file `minibatch train`: one run, and what came of it. */
import { availableParallelism } from "node:os";
import { planRace, threadsOf } from "../advisor/compare-options.ts";
import { searchLearningRate } from "../advisor/learning-rate-search.ts";
import { regimeOf } from "../advisor/race-run.ts";
import { InputError, show } from "../errors.ts";
import { formats } from "../report/format.ts";
import { configure, type RunConfig } from "../train/config.ts";
import type { RunEvent } from "../train/events.ts";
import type { TrainOptions } from "../train/options.ts";
import { train, type TrainResult } from "../train/train.ts";
import { trainedModel } from "../train/trained-model.ts";
import { batchSizeOption } from "./arguments.ts";
import { loadSubject, type Subject } from "./data.ts";
import { environment } from "./environment.node.ts";
import { exitCode } from "./failure.ts";
import { budgetText, subjectLines, targetText } from "./introduction.ts";
import { LaneWatch } from "./lane-view.ts";
import { hasKnownRates, knownLearningRate } from "./learning-rates.ts";
import { memoryProbe, type ClosableProbe } from "./memory.node.ts";
import { printJson } from "./output.ts";
import { progressOn, type Progress } from "./progress.ts";
import { definedOnly } from "./records.ts";
import { openRunFolder, type RunFolder } from "./run-folder.ts";
import { runTable, type RunRecord } from "./run-table.ts";
import { hasNoBudget, readSettings, type RawOptions, type Settings } from "./settings.ts";
import { commandLine } from "./shell.ts";
import { listenForStop } from "./signals.ts";
import { textWidth } from "./table.ts";

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
  readonly memory: ClosableProbe;
  readonly progress: Progress;
}

/** Runs the command. Sets the exit code when it was stopped. @throws DivergenceError */
export async function trainCommand(
  data: string,
  options: RawOptions,
  args: readonly string[],
): Promise<void> {
  const settings = readTrainSettings(data, options);
  const subject = await loadSubject(settings);
  const rate = rateWithoutSearch(settings, subject);
  const checked = configure(
    subject.model,
    subject.training,
    optionsFor(settings, subject, rate ?? 1),
  );
  const folder = settings.out === undefined ? undefined : openRunFolder(settings.out);

  const progress = progressOn(process.stderr, settings.quiet);
  const stop = listenForStop(
    () => {
      progress.note("stopping: what is done by now is kept (Ctrl-C again ends at once)");
    },
    () => {
      progress.end();
    },
  );
  const memory = memoryProbe();
  try {
    for (const line of subjectLines(settings, subject)) progress.note(line);
    const learningRate =
      rate ?? (await searchedRate(settings, subject, checked, progress, stop.signal));
    const runOptions = { ...optionsFor(settings, subject, learningRate), signal: stop.signal };
    const config = configure(subject.model, subject.training, runOptions);
    const prepared = {
      settings,
      subject,
      options: runOptions,
      config,
      learningRate,
      memory,
      progress,
    };
    for (const line of runLines(prepared)) progress.note(line);
    const record = await makeRun(prepared, folder, args);
    folder?.finish(record);
    if (settings.json) printJson(record);
    else process.stdout.write(`\n${runTable(record, textWidth(process.stdout))}\n`);
    if (folder !== undefined && !settings.json) process.stdout.write(`\nrun: ${folder.path}\n`);
    process.exitCode = stop.code() ?? exitCode.done;
  } finally {
    memory.close();
    progress.clear();
    stop.close();
  }
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
  progress: Progress,
  signal: AbortSignal,
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
  prepared: Prepared,
  folder: RunFolder | undefined,
  args: readonly string[],
): Promise<RunRecord> {
  const { subject, options, config, memory, progress } = prepared;
  memory.reset();
  const run = train(subject.model, subject.training, options);
  await watchRun(run, prepared, folder);
  const result = await run.result;
  const memoryBytes = memory.peak() ?? null;
  progress.work("measuring the loss on all training data …");
  const onnx = trainedModel({ ...config, engine: "onnx" }, result.model.parameters);
  const { loss } = await onnx.evaluate(subject.training);
  progress.clear();
  return recordOf(prepared, result, { trainLoss: loss, memoryBytes, command: commandLine(args) });
}

async function watchRun(
  run: AsyncIterable<RunEvent>,
  { settings, subject, config, progress }: Prepared,
  folder: RunFolder | undefined,
): Promise<void> {
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
}

function recordOf(
  { settings, subject, config, learningRate }: Prepared,
  result: TrainResult,
  measured: { trainLoss: number; memoryBytes: number | null; command: string },
): RunRecord {
  const { training, validation, metric } = subject;
  const { updates, examples, epochs, seconds, history } = result;
  const { loss: losses, metrics } = history.evaluations;
  return {
    data: {
      name: training.name,
      training: training.size,
      validation: validation.size,
      task: training.task,
      source: training.source ?? null,
    },
    model: {
      text: subject.model.kind,
      parameters: config.initial.reduce((sum, { data }) => sum + data.length, 0),
    },
    loss: config.spec.loss.name,
    metric: { name: metric, better: config.spec.metrics[0]?.better ?? "higher" },
    optimizer: settings.optimizer.name,
    dtype: config.spec.dtype,
    seed: result.seed,
    threads: config.threads,
    batchSize: result.batchSize,
    learningRate,
    regime: regimeOf(result.batchSize, training.size),
    engine: config.engine,
    ...{ updates, examples, epochs, seconds },
    evaluationSeconds: result.evaluationSeconds,
    compileSeconds: result.compileSeconds,
    trainLoss: measured.trainLoss,
    validationLoss: losses.at(-1) ?? null,
    validationMetric: metrics[metric]?.at(-1) ?? null,
    target:
      config.target === undefined
        ? null
        : {
            metric: config.target.monitor.name,
            value: config.target.value,
            ...targetMoment(result.target),
          },
    samplesPerSecond: seconds > 0 ? examples / seconds : null,
    memoryBytes: measured.memoryBytes,
    ended: result.reason,
    history,
    environment: { ...environment(), date: new Date().toISOString() },
    command: measured.command,
  };
}

function targetMoment(moment: TrainResult["target"]) {
  if (moment === undefined)
    return { reached: false, updates: null, examples: null, epochs: null, seconds: null };
  const { updates, examples, epochs, seconds } = moment;
  return { reached: true, updates, examples, epochs, seconds };
}
