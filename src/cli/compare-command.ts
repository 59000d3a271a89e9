/** @file `minibatch compare`: races batch sizes, and says what came out. */
import { availableParallelism } from "node:os";
import { isAbsolute, join } from "node:path";
import { compare, type RaceRunning } from "../advisor/compare.ts";
import type { CompareOptions, RaceData, RacePlan } from "../advisor/compare-options.ts";
import { planRace } from "../advisor/plan-race.ts";
import type { Race } from "../advisor/race.ts";
import { InputError } from "../errors.ts";
import { formats } from "../report/format.ts";
import { renderReport } from "../report/html.ts";
import { pageScript } from "../report/page-script.node.ts";
import { wholeOption } from "./arguments.ts";
import { loadWithProgress, type AnySubject } from "./data.ts";
import { environment } from "../train/run-folder/environment.node.ts";
import { exitCode } from "./failure.ts";
import { knownLearningRate, knownRateKind } from "./learning-rates.ts";
import { printJson, requireWritable, writeWhole } from "./output.ts";
import { budgetText, subjectLines, targetText } from "./introduction.ts";
import type { Progress } from "./progress.ts";
import { RaceProgress } from "./race-progress.ts";
import { definedOnly } from "./records.ts";
import { engineTable, raceFindings, raceTable, tableNotes } from "./race-table.ts";
import { requireLength } from "./schedule.ts";
import { batchSizesOption, hasNoBudget, readSettings, type Settings } from "./settings.ts";
import type { RawOptions } from "./raw-options.ts";
import { commandLine } from "./shell.ts";
import { textWidth, wrapped } from "./table.ts";
import { surrounded } from "./working.ts";

/** Settings of this command beside the common ones. */
interface CompareSettings extends Settings {
  readonly batchSizes: readonly (number | "full")[] | undefined;
  readonly seeds: number;
  readonly plane: boolean;
  /** The report to write; undefined for none. */
  readonly report: string | undefined;
}

/** Runs the command. Sets the exit code when it was stopped, or when every run diverged. */
export async function compareCommand(
  data: string,
  options: RawOptions,
  args: readonly string[],
): Promise<void> {
  const settings = withDefaults(readCompareSettings(data, options), hasNoBudget);
  requireRaceable(settings);
  const subject = await loadWithProgress(settings);
  const compareOptions = optionsFor(settings, subject);
  const plan = planRace(subject.model, subject.training, compareOptions);
  if (settings.report !== undefined)
    requireWritable(settings.out === undefined ? "--report" : "--out", settings.report);

  process.exitCode = await surrounded(settings.quiet, async ({ progress, signal, memory }) => {
    for (const line of introduction(settings, subject, plan)) progress.note(line);
    const running = compare(subject.model, subject.training, {
      ...compareOptions,
      memory,
      signal,
      environment: environment(),
    });
    const race = await watchRace(running, progress, subject, settings);
    await present(race, settings, args);
    if (!allDiverged(race)) return exitCode.done;
    process.stderr.write(
      "minibatch: every run diverged; try smaller learning rates, or --learning-rate auto\n",
    );
    return exitCode.failed;
  });
}

function readCompareSettings(data: string, options: RawOptions): CompareSettings {
  const { batchSizes, seeds, report } = options;
  const settings = readSettings(data, options);
  const name = typeof report === "string" ? report : "report.html";
  return {
    ...settings,
    batchSizes:
      typeof batchSizes === "string" ? batchSizesOption("--batch-sizes", batchSizes) : undefined,
    seeds: typeof seeds === "string" ? wholeOption("--seeds", seeds) : 1,
    plane: options["plane"] !== false,
    report: report === false ? undefined : isAbsolute(name) ? name : join(settings.out ?? "", name),
  };
}

/** @throws InputError for a schedule that a race cannot follow */
function requireRaceable({ schedule, budget }: CompareSettings): void {
  if (schedule?.name === "plateau")
    throw new InputError(
      "--schedule plateau goes with minibatch train: a race evaluates its runs more often at the start",
    );
  requireLength(schedule, budget);
}

/** Seconds of each run when no budget is given: enough for SGD to come near the end on MNIST. */
const defaultSeconds = 10;

/** The budget when none is given; two engines need one that makes them do the same updates. */
function withDefaults(
  settings: CompareSettings,
  missing: (settings: Settings) => boolean,
): CompareSettings {
  if (!missing(settings)) return settings;
  const both = new Set(settings.engines).size > 1;
  const budget = both ? { epochs: 1 } : { seconds: defaultSeconds };
  return { ...settings, budget: { ...settings.budget, ...budget } };
}

/** What people ask of MNIST first. */
const defaultTargets: Readonly<Record<string, { monitor: string; value: number }>> = {
  mnist: { monitor: "accuracy", value: 0.97 },
};

function optionsFor(settings: CompareSettings, subject: AnySubject): CompareOptions {
  const { training, validation, metric } = subject;
  const { budget, target, optimizer, batchSizes } = settings;
  const given = target && { monitor: target.monitor ?? metric, value: target.value };
  const usual = metric === "accuracy" ? defaultTargets[training.name] : undefined;
  return definedOnly({
    batchSizes,
    learningRate: learningRatesFor(settings, subject),
    optimizer: optimizer.make,
    schedule: settings.schedule?.make,
    loss: settings.loss,
    metric,
    ...budget,
    target: given ?? usual,
    seed: settings.seed,
    seeds: settings.seeds,
    engines: settings.engines,
    threads: settings.threads,
    cores: availableParallelism(),
    dtype: settings.dtype,
    validation,
    plane: settings.plane,
  });
}

/** The kind of network whose rates are known, where none is given. */
function knownKind(settings: CompareSettings): ReturnType<typeof knownRateKind> {
  return settings.learningRate === undefined ? knownRateKind(settings) : undefined;
}

function learningRatesFor(
  settings: CompareSettings,
  { training }: AnySubject,
): number | readonly number[] | "auto" {
  const { learningRate = "auto", batchSizes = [1, 64, "full"] } = settings;
  const kind = knownKind(settings);
  if (kind !== undefined)
    return batchSizes.map((size) =>
      knownLearningRate(size === "full" ? training.size : size, kind),
    );
  if (learningRate === "auto") return "auto";
  return learningRate.length === 1 ? (learningRate[0] ?? "auto") : learningRate;
}

const { count, number } = formats("en");

function introduction(
  settings: CompareSettings,
  subject: AnySubject,
  { options, learningRates }: RacePlan<RaceData>,
): readonly string[] {
  const rates = learningRates?.map(number).join(", ");
  const known = knownKind(settings) ? ", known to suit (--learning-rate auto searches)" : "";
  return [
    ...subjectLines(settings, subject),
    `each run: ${budgetText(settings.budget)} of training`,
    rates === undefined
      ? "learning rates: found for each batch size by short trials"
      : `learning rate ${rates}${known}`,
    ...(options.target === undefined
      ? []
      : [`target: ${targetText(subject, options.target)}; runs go on after it`]),
    "",
  ];
}

async function watchRace(
  running: RaceRunning,
  progress: Progress,
  { training, metric }: AnySubject,
  { budget }: CompareSettings,
): Promise<Race> {
  const shown = new RaceProgress(progress, { metric, budget, size: training.size });
  for await (const event of running) shown.take(event);
  progress.clear();
  return running.result;
}

async function present(
  race: Race,
  settings: CompareSettings,
  args: readonly string[],
): Promise<void> {
  const width = textWidth(process.stdout);
  const say = (text: string) => {
    if (!settings.json) process.stdout.write(`${text}\n`);
  };
  if (settings.json) printJson(race);
  if (race.runs.length === 0) {
    say(`stopped before the first run${foundRates(race)}`);
    return;
  }
  say(`\n${raceTable(race, width)}\n\n${tableNotes(race, width)}`);
  const engines = engineTable(race, width);
  if (engines !== undefined) say(`\n${engines}`);
  for (const { batchSize, message } of race.runs)
    if (message !== null) say(wrapped(`\nbatch size ${count(batchSize)}: ${message}`, width));
  say(`\n${raceFindings(race, width)}`);
  if (settings.report === undefined) return;
  const page = renderReport(race, await pageScript("report"), { command: commandLine(args) });
  writeWhole(settings.report, page);
  const line = `report: ${settings.report}\n`;
  if (!settings.json) process.stdout.write(`\n${line}`);
  else if (!settings.quiet) process.stderr.write(line);
}

/** What is there to be kept of a race that was stopped while it looked for learning rates. */
function foundRates({ learningRates }: Race): string {
  if (learningRates.length === 0) return ": there is nothing to show";
  const sizes = learningRates.map(({ batchSize }) => count(batchSize)).join(",");
  const rates = learningRates.map(({ chosen }) => number(chosen)).join(",");
  return `; learning rates found by then:\n--batch-sizes ${sizes} --learning-rate ${rates}`;
}

function allDiverged({ runs }: Race): boolean {
  return runs.length > 0 && runs.every(({ status }) => status === "diverged");
}
