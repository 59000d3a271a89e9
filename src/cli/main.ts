/** @file The terminal program: from arguments to an exit code. */
import { CommanderError } from "commander";
import { compareCommand } from "./compare-command.ts";
import { packageVersion } from "../train/run-folder/environment.node.ts";
import { exportCommand } from "./export-command.ts";
import { exitCode, failureOf } from "./failure.ts";
import { tolerateClosedPipes } from "./output.ts";
import { predictCommand } from "./predict/predict-command.ts";
import { compareRuns } from "./runs/compare-runs.ts";
import { listRuns } from "./runs/list-runs.ts";
import { removeRuns } from "./runs/remove-runs.ts";
import { showRun } from "./runs/show-run.ts";
import { buildProgram, optionAliases } from "./program.ts";
import { spelledOptions } from "./arguments.ts";
import { endByHangUp } from "./signals.ts";
import { studyCommand } from "./study-command.ts";
import { trainCommand } from "./train-command.ts";
import { tuneCommand } from "./tune-command.ts";

/** Runs the program with `args` and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  tolerateClosedPipes();
  const [name = ""] = args;
  const spelled = spelledOptions(args, optionAliases[name] ?? {});
  const program = buildProgram(packageVersion(), {
    compare: (data, options) => compareCommand(data, options, args),
    study: (data, options) => studyCommand(data, options, args),
    train: (data, options) => trainCommand(data, options, args),
    tune: (data, options) => tuneCommand(data, options, args),
    predict: predictCommand,
    export: exportCommand,
    runs: {
      list: listRuns,
      show: showRun,
      compare: (runs, options) => compareRuns(runs, options, args),
      remove: removeRuns,
    },
  });
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      process.exitCode = exitCode.wrongCall;
      return;
    }
    await program.parseAsync(spelled, { from: "user" });
    if (process.exitCode === exitCode.hungUp) endByHangUp();
  } catch (error) {
    const known = program.commands.some((command) => command.name() === name);
    report(error, known ? name : undefined, args.includes("--debug"));
  }
}

function report(error: unknown, command: string | undefined, debug: boolean): void {
  // Help and version come as "errors" that are none.
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const failure = failureOf(error, optionNames(command), command);
  process.stderr.write(`${failure.text}\n`);
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  process.exitCode = failure.exitCode;
}

/** Names that the library uses in its messages, and the options they come from. */
function optionNames(command: string | undefined): Readonly<Record<string, string>> {
  return {
    batchSize: command === "compare" ? "--batch-sizes" : "--batch-size",
    batchSizes: "--batch-sizes",
    learningRate: "--learning-rate",
    epochs: "--epochs",
    updates: "--updates",
    examples: "--examples",
    seconds: "--seconds",
    validationSplit: "--validation-split",
    monitor: "--target",
    target: "--target",
    "target.value": "--target",
    threads: "--threads",
    engine: "--engine",
    dtype: "--dtype",
    loss: "--loss",
    metric: "--metric",
    optimizer: "--optimizer",
    nesterov: "--optimizer nesterov",
    momentum: "--momentum",
    weightDecay: "--weight-decay",
    seed: "--seed",
    seeds: "--seeds",
    claims: "--claims",
    resume: "--resume",
    goal: "--goal",
    memoryLimit: "--memory",
    maxBatchSize: "--max-batch-size",
    verificationSeeds: "--seeds",
  };
}
