/** @file What the options of `minibatch train` say. */
import { InputError, show } from "../errors.ts";
import type { TrainOptions } from "../train/options.ts";
import { batchSizeOption, positiveOption, wholeOption, wordOption } from "./arguments.ts";
import { requireLength } from "./schedule.ts";
import { hasNoBudget, readSettings, type Settings } from "./settings.ts";
import type { RawOptions } from "./raw-options.ts";

/** Settings of this command beside the common ones. */
export interface TrainSettings extends Settings {
  readonly batchSize: number | "full" | "auto" | undefined;
  /** Whether the run is kept in a folder. */
  readonly kept: boolean;
  /** Whether examples are shuffled, or the examples within which they are mixed. */
  readonly shuffle: boolean | number;
  /** Seconds between two checkpoints. */
  readonly checkpointEvery: number;
  readonly onDivergence: NonNullable<TrainOptions["onDivergence"]>;
}

/** Seconds between two checkpoints when nothing is said. */
const usualSeconds = 60;

function sizeOrAuto(text: string): number | "full" | "auto" {
  return batchSizeOption("--batch-size", text, ["full", "auto"]);
}

/** `yes`, which is the default, `no`, or examples of a window. @throws InputError */
function shuffleOption(option: string, text: RawOptions[string]): boolean | number {
  if (typeof text !== "string") return true;
  if (/^(yes|no)$/i.test(text)) return text.toLowerCase() === "yes";
  if (/^\d+$/.test(text)) return wholeOption(option, text, 2);
  throw new InputError(
    `${option} must be yes, no, or a number of examples to mix at a time; got ${show(text)}`,
  );
}

/** @throws InputError naming the option and the value */
export function readTrainSettings(data: string, options: RawOptions): TrainSettings {
  const settings = readSettings(data, options);
  const { batchSize, shuffle, checkpointEvery, onDivergence, out } = options;
  if (settings.engines.length > 1)
    throw new InputError("--engine must be one of onnx, loops here; minibatch compare takes both");
  if (settings.learningRate !== "auto" && (settings.learningRate?.length ?? 1) > 1)
    throw new InputError(
      `--learning-rate must be one number here, got ${show(String(options["learningRate"]))}; minibatch compare takes several`,
    );
  const budget = hasNoBudget(settings) ? { ...settings.budget, epochs: 1 } : settings.budget;
  requireLength(settings.schedule, budget);
  const kept = out !== false;
  if (!kept && checkpointEvery !== undefined)
    throw new InputError("--checkpoint-every goes with a run folder, not with --no-out");
  return {
    ...settings,
    budget,
    batchSize: typeof batchSize === "string" ? sizeOrAuto(batchSize) : undefined,
    shuffle: shuffleOption("--shuffle", shuffle),
    kept,
    checkpointEvery:
      typeof checkpointEvery === "string"
        ? positiveOption("--checkpoint-every", checkpointEvery)
        : usualSeconds,
    onDivergence:
      typeof onDivergence === "string"
        ? wordOption("--on-divergence", onDivergence, ["stop", "rollback", "ignore"] as const)
        : "stop",
  };
}
