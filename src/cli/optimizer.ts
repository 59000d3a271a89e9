/** @file `--optimizer` with its options: a name on the command line, a factory for the library. */
import { InputError, show } from "../errors.ts";
import { optimizerNamed, type LearningRate } from "../nn/optimizers.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";
import { wordOption } from "./arguments.ts";

/** Names that `--optimizer` takes, in the order of what they remember. */
export const optimizerNames = [
  "sgd",
  "momentum",
  "nesterov",
  "rmsprop",
  "adagrad",
  "adadelta",
  "adam",
  "adamw",
  "amsgrad",
] as const;

/** An optimizer that waits for its learning rate. */
export interface OptimizerArgument {
  /** As on the command line. */
  readonly name: (typeof optimizerNames)[number];
  /** Its learning rate when none is given. */
  readonly defaultRate: number;
  readonly make: (options: { readonly learningRate?: LearningRate }) => AnyOptimizer;
}

const defaultMomentum = 0.9;

/** Options of optimizers that have an option of their own on the command line. */
export interface OptimizerOptions {
  readonly momentum?: number | undefined;
  readonly weightDecay?: number | undefined;
}

/** @throws InputError for an unknown name, and for a momentum where there is none */
export function parseOptimizer(text: string, options: OptimizerOptions): OptimizerArgument {
  const asked = wordOption("--optimizer", text, optimizerNames);
  const { momentum } = options;
  if (momentum !== undefined && !["sgd", "momentum", "nesterov", "rmsprop"].includes(asked))
    throw new InputError(
      `--momentum goes with --optimizer sgd, momentum, nesterov or rmsprop; got --optimizer ${show(text)}`,
    );
  const name = asked === "sgd" && (momentum ?? 0) > 0 ? "momentum" : asked;
  const [library, own] = inLibrary(name);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const make: OptimizerArgument["make"] = ({ learningRate }) =>
    optimizerNamed(library, { ...own, ...Object.fromEntries(given), learningRate });
  return { name, make, defaultRate: Number(make({}).options["learningRate"]) };
}

/** The library's name for an optimizer, with the options that its name here stands for. */
function inLibrary(
  name: OptimizerArgument["name"],
): readonly [string, Record<string, number | boolean>] {
  if (name === "momentum") return ["sgd", { momentum: defaultMomentum }];
  if (name === "nesterov") return ["sgd", { momentum: defaultMomentum, nesterov: true }];
  return [name === "adamw" ? "adamW" : name, {}];
}
