/** @file What the options of a command say, checked as far as it can be without the data. */
import { InputError } from "../errors.ts";
import type { LoadFileOptions } from "../files.node.ts";
import type { FloatType } from "../graph/types.ts";
import {
  batchSizeOption,
  bytesOption,
  fractionOption,
  learningRateOption,
  listOption,
  nonNegativeOption,
  positiveOption,
  targetOption,
  threadsOption,
  wholeOption,
  wordOption,
  type TargetArgument,
} from "./arguments.ts";
import type { RawOptions } from "./raw-options.ts";
import { isFileName, readFileOptions, targetValues } from "./file-options.ts";
import { parseModel, type ModelArgument } from "./model.ts";
import { parseOptimizer, type OptimizerArgument } from "./optimizer.ts";
import { parseSchedule, type ScheduleArgument } from "./schedule.ts";

/** What ends a run, whichever comes first. */
export interface BudgetArgument {
  readonly epochs: number | undefined;
  readonly updates: number | undefined;
  readonly examples: number | undefined;
  readonly seconds: number | undefined;
}

/** What all commands that train have in common. */
export interface Settings {
  readonly data: string;
  readonly dataFolder: string | undefined;
  /** How to read DATA when it is a file; undefined when it is built in. */
  readonly file: LoadFileOptions | undefined;
  readonly validationSplit: number | undefined;
  /** Bytes that the data of a file may take; it is cached on disk then. Undefined: it is read into memory. */
  readonly memory: number | undefined;
  readonly model: ModelArgument;
  readonly optimizer: OptimizerArgument;
  /** Undefined for a constant learning rate. */
  readonly schedule: ScheduleArgument | undefined;
  readonly loss: string | undefined;
  readonly metric: string | undefined;
  readonly budget: BudgetArgument;
  /** Undefined when the command is to choose. */
  readonly learningRate: readonly number[] | "auto" | undefined;
  readonly target: TargetArgument | undefined;
  readonly seed: number;
  readonly threads: number | "auto";
  readonly engines: readonly ("onnx" | "loops")[];
  readonly dtype: FloatType;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Reads the common options. @throws InputError naming the option and the value */
export function readSettings(data: string, options: RawOptions): Settings {
  const read = <T>(name: string, parse: (option: string, text: string) => T): T | undefined => {
    const text = options[camelCase(name)];
    return typeof text === "string" ? parse(`--${name}`, text) : undefined;
  };
  const { metric } = targetValues(data, options["target"]);
  return {
    data,
    dataFolder: read("data-folder", asText),
    file: readFileOptions(data, options),
    validationSplit: read("validation-split", fractionOption),
    memory: memoryOf(data, read("memory", bytesOption)),
    model: parseModel(read("model", asText) ?? (data === "linear" ? "linear" : "mlp:128")),
    optimizer: parseOptimizer(read("optimizer", asText) ?? "sgd", {
      momentum: read("momentum", fractionOption),
      weightDecay: read("weight-decay", nonNegativeOption),
    }),
    schedule: parseSchedule(read("schedule", asText), read("warmup", asText)),
    loss: read("loss", nameOption),
    metric: read("metric", nameOption),
    budget: {
      epochs: read("epochs", wholeOption),
      updates: read("updates", wholeOption),
      examples: read("examples", wholeOption),
      seconds: read("seconds", positiveOption),
    },
    learningRate: read("learning-rate", learningRateOption),
    target: metric === undefined ? undefined : targetOption("--target", metric),
    seed: read("seed", seedOption) ?? Math.floor(Math.random() * 2 ** 32),
    threads: read("threads", threadsOption) ?? "auto",
    engines: read("engine", enginesOption) ?? ["onnx"],
    dtype:
      read("dtype", (option, text) => wordOption(option, text, ["float32", "float64"])) ??
      "float32",
    out: read("out", asText),
    json: options["json"] === true,
    quiet: options["quiet"] === true,
  };
}

function memoryOf(data: string, memory: number | undefined): number | undefined {
  if (memory === undefined || isFileName(data)) return memory;
  throw new InputError(`--memory goes with files, not with ${data}, which is in memory anyway`);
}

/** Batch sizes with commas between them. @throws InputError */
export function batchSizesOption(option: string, text: string): readonly (number | "full")[] {
  return listOption(option, text).map((entry) => batchSizeOption(option, entry));
}

/** Whether no budget was given. */
export function hasNoBudget({ budget }: Pick<Settings, "budget">): boolean {
  return Object.values(budget).every((bound) => bound === undefined);
}

const asText = (_option: string, text: string): string => text;

/** Names of the library are in camel case: `cross-entropy` is `crossEntropy`. */
const nameOption = (_option: string, text: string): string => camelCase(text);

const seedOption = (option: string, text: string): number => wholeOption(option, text, 0);

const enginesOption = (option: string, text: string): readonly ("onnx" | "loops")[] =>
  listOption(option, text).map((entry) => wordOption(option, entry, ["onnx", "loops"]));

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
