/** @file The commands and their options. */
import { Command, Help, Option } from "commander";
import { goals } from "../advisor/advice/goal.ts";
import { datasetNames } from "../datasets.ts";
import { optimizerNames } from "./optimizer.ts";
import { addRuns, type RunsActions } from "./runs/runs-program.ts";
import { scheduleForms } from "./schedule.ts";
import type { RawOptions } from "./raw-options.ts";

/** What runs when a command was called well; `args` are those it was called with. */
export interface Actions {
  readonly compare: (data: string, options: RawOptions) => Promise<void>;
  readonly study: (data: string, options: RawOptions) => Promise<void>;
  readonly train: (data: string | undefined, options: RawOptions) => Promise<void>;
  readonly tune: (data: string, options: RawOptions) => Promise<void>;
  readonly predict: (run: string, data: string, options: RawOptions) => Promise<void>;
  readonly export: (run: string, options: RawOptions) => Promise<void>;
  readonly runs: RunsActions;
}

/** Other spellings of options, for each command. */
export const optionAliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  compare: {
    "batch-size": "batch-sizes",
    "learning-rates": "learning-rate",
    engines: "engine",
  },
  train: { engines: "engine" },
  tune: { "memory-limit": "memory", "verification-seeds": "seeds" },
};

/** The program, ready to parse. Errors of the call are thrown as CommanderError, and nothing is printed for them. */
export function buildProgram(version: string, actions: Actions): Command {
  const program = new Command("minibatch")
    .description(
      "Trains neural networks by stochastic, mini-batch and full-batch gradient descent, and measures which batch size to use.",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      "after",
      `\n${inLines(`DATA is one of ${datasetNames.join(", ")}, or a file: ${fileKinds}.`)}`,
    );

  const compare = command(program, "compare", "race batch sizes from the same start", "<DATA>")
    .option(
      "--batch-sizes <list>",
      "examples for one update: numbers, or full (default: 1,64,full)",
    )
    .option(
      "--learning-rate <rates>",
      "one, one for each batch size, or auto: found by short trials (default: auto; known ones for MNIST)",
    )
    .option("--seeds <n>", "run each batch size with this many seeds (default: 1)")
    .option("--engine <names>", "onnx, loops, or both: onnx,loops (default: onnx)");
  withCommon(compare, "10 seconds")
    .option(
      "--target <value>",
      `time when the metric reaches it: 0.97, or valLoss=0.1${fileTarget}`,
      all,
    )
    .option("--memory <amount>", memoryText)
    .option("--out <folder>", "where report.html goes (default: the current folder)")
    .option("--report <file>", "name of the report, in place of report.html")
    .option("--no-report", "write no report")
    .option("--no-plane", "leave out the paths on the loss surface");
  withTalk(compare, actions.compare);

  withTalk(studyCommand(program), actions.study);

  const train = command(program, "train", "make one run, or go on with one", "[DATA]")
    .option(
      "--batch-size <size>",
      "examples for one update: a number, full, or auto: it follows the noise (default: 32)",
    )
    .option(
      "--learning-rate <rate>",
      "a number, or auto: found by short trials (default: the optimizer's; a known one for MNIST)",
    )
    .option("--engine <name>", "onnx or loops (default: onnx)");
  withCommon(train, "1 epoch")
    .option(
      "--target <value>",
      `stop when the metric reaches it: 0.97, or valLoss=0.1${fileTarget}`,
      all,
    )
    .option("--memory <amount>", memoryText)
    .option(
      "--shuffle <how>",
      "yes: any order of all examples; no: as in the file; a number such as 100000: blocks of a hundredth of it, mixed within so many examples, for slow disks and little --memory (default: yes)",
    )
    .option("--out <folder>", "folder of the run (default: runs/DATA-1, -2, …)")
    .option("--no-out", "keep no folder")
    .option(
      "--resume <run>",
      "go on with this run, a folder or a name in runs, where its last checkpoint is",
    )
    .option(
      "--checkpoint-every <seconds>",
      "time between checkpoints; one more at the end of each epoch (default: 60)",
    )
    .option(
      "--on-divergence <how>",
      "stop, rollback (to the last checkpoint, with half the learning rate) or ignore (default: stop)",
    );
  withTalk(train, actions.train);

  addTune(program, actions);

  const predict = program
    .command("predict")
    .description("predict from new data with the model of a run")
    .argument("<RUN>", "folder of the run, its name in runs, or its model.onnx")
    .argument("<DATA>", `${datasetNames.join(", ")} (the test part); or a file: ${fileKinds}`)
    .helpOption("-h, --help", "print this help")
    .option("--out <file>", "where predictions go: .csv, .jsonl or .parquet (default: printed)")
    .option("--format <name>", "csv, jsonl or parquet (default: by the ending of --out, else csv)")
    .option("--keep <names>", "tables: columns to repeat in the output, with commas, or all")
    .option("--query <sql>", "tables: rows of this query, in which the file is called data")
    .option(
      "--missing-values <texts>",
      "tables: texts that stand for a missing value (default: as in training)",
    )
    .option(
      "--decimal <mark>",
      "tables: what stands before decimals in CSV: . or , (default: as in training)",
    )
    .option("--features <name>", "arrays: the array with the inputs (default: x_test, x, arr_0)")
    .option("--target <name>", "arrays: the array or the file with the targets, to be scored")
    .option("--raw <layout>", `${rawText} (default: type by the ending, shape by the run)`)
    .option("--data-folder <folder>", "folder with the IDX files of MNIST or Fashion-MNIST")
    .addHelpText("after", predictExamples);
  withSwitches(predict).action((run: string, data: string, options: RawOptions) =>
    actions.predict(run, data, options),
  );
  const exported = program
    .command("export")
    .description("write the model of a run as ONNX, or its parameters as safetensors")
    .argument("<RUN>", "folder of the run, its name in runs, or its model.onnx")
    .helpOption("-h, --help", "print this help")
    .option("--onnx <file>", "where the model goes: the whole of it, for any ONNX runtime")
    .option(
      "--safetensors <file>",
      "where its parameters go, named and laid out as in PyTorch: 0.weight [out, in]",
    );
  withSwitches(exported).action((run: string, options: RawOptions) => actions.export(run, options));
  addRuns(program, actions.runs);
  return program;
}

function addTune(program: Command, actions: Actions): void {
  const tune = command(
    program,
    "tune",
    "recommend batch size, learning rate and threads, with the evidence",
    "<DATA>",
  )
    .option(
      "--target <value>",
      `what the runs are to reach: 0.97, or valLoss=0.1 (default: the validation loss that a first run reaches)${fileTarget}`,
      all,
    )
    .option(
      "--goal <name>",
      `what is to be small at the target: ${goals.join(", ")} (default: time)`,
    )
    .option(
      "--memory <amount>",
      "memory that training may take, such as 512MB; the data is in it: of a larger table, tune on a sample with --query (default: no bound)",
    )
    .option("--max-batch-size <n>", "the largest batch size to look at (default: what fits)")
    .option("--epochs <n>", "how long a run is given to reach the target (default: 10)")
    .option("--learning-rate <rate>", "auto, which it is anyway: found for each batch size")
    .option(
      "--seeds <n>",
      "races of each batch size in the verification (default: 3; 9 for very short runs)",
    )
    .option("--no-verify", "do not race the recommendation against its neighbours");
  withTraining(tune)
    .option("--out <folder>", "where tune.html goes (default: the current folder)")
    .option("--report <file>", "name of the page, in place of tune.html")
    .option("--no-report", "write no page");
  withTalk(tune, actions.tune);
}

function studyCommand(program: Command): Command {
  const study = command(
    program,
    "study",
    "test what is said about batch sizes, on this data",
    "<DATA>",
  )
    .option("--claims <numbers>", "numbers of the claims to test, with commas (default: all)")
    .option("--seeds <n>", "measure with this many seeds (default: 3)")
    .option(
      "--seconds <number>",
      "training that one race to a target may take, at most (default: 4)",
    );
  return withModelAndData(study)
    .addOption(new Option("--memory <amount>").hideHelp()) // refused, with what to do instead
    .option("--target <name>", "files: the column (or array, or file) to predict", all)
    .option("--out <folder>", "where study.html goes (default: the current folder)")
    .option("--report <file>", "name of the report, in place of study.html")
    .option("--no-report", "write no report");
}

function command(
  program: Command,
  name: string,
  description: string,
  argument: "<DATA>" | "[DATA]",
): Command {
  return program
    .command(name)
    .description(description)
    .argument(argument, `${datasetNames.join(", ")}; or a file: ${fileKinds}`)
    .helpOption("-h, --help", "print this help");
}

function withCommon(command: Command, noBudget: string): Command {
  return withTraining(
    command
      .option(
        "--epochs <n>",
        `budget: epochs; of several budgets, the one used up first (none given: ${noBudget})`,
      )
      .option("--updates <n>", "budget: updates")
      .option("--examples <n>", "budget: examples")
      .option("--seconds <number>", "budget: seconds of training")
      .option(
        "--schedule <how>",
        `of the learning rate along the run: ${scheduleForms}; factors and decays an epoch, patience in evaluations (default: constant)`,
      )
      .option(
        "--warmup <epochs>",
        "epochs in which the learning rate rises from a third of it (default: none)",
      ),
  );
}

/** Data, model, optimizer, and how to compute and to judge. */
function withTraining(command: Command): Command {
  return withModelAndData(command)
    .option(
      "--metric <name>",
      "accuracy, top5, root-mean-squared-error, r2, … (default: by the data)",
    )
    .option("--threads <n>", "threads for one update, or auto (default: auto)");
}

function withModelAndData(command: Command): Command {
  return command
    .option("--model <text>", modelText)
    .option("--optimizer <name>", `${optimizerNames.join(", ")} (default: sgd)`)
    .option("--momentum <number>", "of sgd (0), momentum and nesterov (0.9), and rmsprop (0)")
    .option("--weight-decay <number>", "weight decay of the optimizer (default: 0; adamw 0.01)")
    .option("--loss <name>", "cross-entropy, mean-squared-error, huber, … (default: by the data)")
    .option("--seed <n>", "seed of the start and of the order of examples (default: random)")
    .option("--dtype <type>", "float32 or float64 (default: float32)")
    .option(
      "--validation-split <part>",
      "validate on the last rows of the training data in place of the test data",
    )
    .option("--data-folder <folder>", "folder with the IDX files of MNIST or Fashion-MNIST")
    .option("--features <names>", "files: columns to learn from, with commas (default: all others)")
    .option("--drop <names>", "files: columns to leave out")
    .option("--split <how>", "files: part to validate on (default: 0.2), a column, or a file")
    .option("--missing <how>", "files: impute, drop or refuse missing values (default: impute)")
    .option("--query <sql>", "files: rows of this query, in which the file is called data")
    .option("--groups <column>", "files: rows with the same value stay in one part")
    .option("--stratify <column>", "files: both parts keep its proportions (default: the classes)")
    .option("--categories <names>", "files: columns of numbers that are categories")
    .option(
      "--missing-values <texts>",
      "files: texts that stand for a missing value (default: NA, NaN, null, ?, …)",
    )
    .option("--decimal <mark>", "files: what stands before decimals in CSV: . or , (default: .)")
    .option("--task <name>", "files: classification or regression (default: by the target)")
    .option("--size <size>", "images: height and width to bring them to: 64, or 48x64")
    .option("--raw <layout>", `${rawText}: float32:28x28, or one of both`);
}

const modelText =
  "mlp:128,64 (hidden layers), linear, for images cnn:16,32 (channels of stages) or cnn, which is that, or an .onnx file to start from (default: mlp:128)";

const rawText = "raw arrays (.f32, .u8, …, or any file): type of a number and shape of a row";

const memoryText =
  "files: memory for the data, such as 512MB; it is cached on disk and read as it is needed (default: all in memory)";

/** Text in lines that fit a terminal. */
function inLines(text: string): string {
  return new Help().boxWrap(text, 80);
}

/** What DATA may be beside a name. */
const fileKinds =
  "CSV, TSV, JSON lines, Parquet, .npy, .npz, .safetensors, IDX, or a folder of images in a folder for each class";

const fileTarget = "; files: also the column (or array, or file) to predict";

/** All values of an option that may be given more than once. */
function all(value: string, others: readonly string[] = []): readonly string[] {
  return [...others, value];
}

function withTalk(
  command: Command,
  action: (data: string, options: RawOptions) => Promise<void>,
): void {
  withSwitches(command).action((data: string, options: RawOptions) => action(data, options));
}

function withSwitches(command: Command): Command {
  return command
    .option("--json", "print the result as one JSON document, and nothing else")
    .option("--quiet", "no progress")
    .option("--debug", "a stack trace with an error");
}

const predictExamples = `
A table gets the preprocessing that was fitted in training. A row with a missing
value that the run drops has an empty prediction. Data is read in blocks and may
be of any size; compressed arrays, and those in Fortran order, are read whole.

  minibatch predict runs/houses-1 new.csv --keep id > prices.csv
  minibatch predict runs/houses-1 new.parquet --keep all --out prices.parquet`;
