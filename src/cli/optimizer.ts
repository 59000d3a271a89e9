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

/** @throws InputError for an unknown name, and for a momentum where there is none */
export function parseOptimizer(
  text: string,
  { momentum, weightDecay }: { momentum?: number | undefined; weightDecay?: number | undefined },
): OptimizerArgument {
  const asked = wordOption("--optimizer", text, optimizerNames);
  const name = asked === "sgd" && (momentum ?? 0) > 0 ? "momentum" : asked;
  const isSgd = name === "sgd" || name === "momentum" || name === "nesterov";
  if (momentum !== undefined && !isSgd && name !== "rmsprop")
    throw new InputError(
      `--momentum goes with --optimizer sgd, momentum, nesterov or rmsprop; got --optimizer ${show(text)}`,
    );
  const own = {
    weightDecay,
    momentum: momentum ?? (isSgd && name !== "sgd" ? defaultMomentum : undefined),
    nesterov: name === "nesterov" ? true : undefined,
  };
  const library = isSgd ? "sgd" : name === "adamw" ? "adamW" : name;
  const make: OptimizerArgument["make"] = ({ learningRate }) =>
    optimizerNamed(library, { ...own, learningRate });
  return { name, make, defaultRate: Number(make({}).options["learningRate"]) };
}
