/** @file What the options of `minibatch tune` say. */
import { isAbsolute, join } from "node:path";
import { goals, type Goal } from "../advisor/advice/goal.ts";
import { InputError, show } from "../errors.ts";
import { bytesOption, wholeOption, wordOption } from "./arguments.ts";
import { readSettings, type Settings } from "./settings.ts";
import type { RawOptions } from "./raw-options.ts";

/** Settings of this command beside the common ones. */
export interface TuneSettings extends Settings {
  readonly goal: Goal;
  /** Bytes that training may take; undefined for no bound. */
  readonly memoryLimit: number | undefined;
  readonly maxBatchSize: number | undefined;
  /** Whether the recommendation is raced against its neighbours. */
  readonly verify: boolean;
  /** Seeds of those races; undefined: as many as is usual. */
  readonly seeds: number | undefined;
  /** The page to write; undefined for none. */
  readonly report: string | undefined;
}

/** @throws InputError naming the option and the value */
export function readTuneSettings(data: string, options: RawOptions): TuneSettings {
  // What `--memory` bounds here is training itself, not the data.
  const { memory, learningRate, report, goal, maxBatchSize, seeds, ...common } = options;
  if (learningRate !== undefined && learningRate !== "auto")
    throw new InputError(
      `--learning-rate can only be auto here: it is found for each batch size; got ${show(String(learningRate))}`,
    );
  const verify = options["verify"] !== false;
  if (!verify && seeds !== undefined)
    throw new InputError("--seeds are those of the races after the advice: not with --no-verify");
  const settings = readSettings(data, common);
  const name = typeof report === "string" ? report : "tune.html";
  const read = <T>(value: RawOptions[string], parse: (text: string) => T): T | undefined =>
    typeof value === "string" ? parse(value) : undefined;
  return {
    ...settings,
    goal: read(goal, (text) => wordOption("--goal", text, goals)) ?? "time",
    memoryLimit: read(memory, (text) => bytesOption("--memory", text)),
    maxBatchSize: read(maxBatchSize, (text) => wholeOption("--max-batch-size", text)),
    verify,
    seeds: read(seeds, (text) => wholeOption("--seeds", text)),
    report: report === false ? undefined : isAbsolute(name) ? name : join(settings.out ?? "", name),
  };
}
