/** @file `minibatch tune`: which batch size, learning rate and number of threads, with the evidence. */
import { availableParallelism } from "node:os";
import { adviseBatchSize } from "../advisor/advice/advise.ts";
import type { AdviseOptions } from "../advisor/advice/advise-options.ts";
import type { Advice } from "../advisor/advice/advice.ts";
import { recommendationReasons } from "../report/advice-reasons.ts";
import { pageScript } from "../report/page-script.node.ts";
import { renderTune } from "../report/tune-html.ts";
import { environment } from "../train/run-folder/environment.node.ts";
import { loadSubject, type Subject } from "./data.ts";
import { exampleViews } from "./example-views.ts";
import { exitCode } from "./failure.ts";
import { subjectLines, targetText as targetInWords } from "./introduction.ts";
import { printJson, requireWritable, writeWhole } from "./output.ts";
import { definedOnly } from "./records.ts";
import type { RawOptions } from "./raw-options.ts";
import { commandLine } from "./shell.ts";
import { textWidth } from "./table.ts";
import { TuneProgress } from "./tune-progress.ts";
import { readTuneSettings, type TuneSettings } from "./tune-settings.ts";
import { adviceParagraph, adviceTable } from "./tune-table.ts";
import { surrounded } from "./working.ts";

/** Runs the command. Sets the exit code when it was stopped, or when nothing can be recommended. */
export async function tuneCommand(
  data: string,
  options: RawOptions,
  args: readonly string[],
): Promise<void> {
  const settings = readTuneSettings(data, options);
  const subject = await loadSubject(settings);
  if (settings.report !== undefined)
    requireWritable(settings.out === undefined ? "--report" : "--out", settings.report);
  process.exitCode = await surrounded(settings.quiet, async ({ progress, signal, memory }) => {
    const running = adviseBatchSize(subject.model, subject.training, {
      ...optionsFor(settings, subject),
      ...{ memory, signal },
    });
    for (const line of introduction(settings, subject)) progress.note(line);
    const shown = new TuneProgress(progress);
    for await (const event of running) shown.take(event);
    shown.end();
    const advice = await running.result;
    await present(advice, { settings, subject, args });
    if (advice.recommendation.batchSize !== null || signal.aborted) return exitCode.done;
    process.stderr.write(`minibatch: no recommendation: ${reasonLine(advice)}\n`);
    return exitCode.failed;
  });
}

/** What is not given is left to the advisor. */
function optionsFor(settings: TuneSettings, subject: Subject): AdviseOptions {
  const { budget, target, optimizer } = settings;
  return definedOnly({
    goal: settings.goal,
    target: target && { monitor: target.monitor ?? subject.metric, value: target.value },
    optimizer: optimizer.make,
    loss: settings.loss,
    metric: subject.metric,
    validation: subject.validation,
    seed: settings.seed,
    threads: settings.threads,
    cores: availableParallelism(),
    dtype: settings.dtype,
    memoryLimit: settings.memoryLimit,
    maxBatchSize: settings.maxBatchSize,
    epochs: budget.epochs,
    verify: settings.verify,
    verificationSeeds: settings.seeds,
  });
}

const goalTexts = {
  time: "the least time to the target",
  examples: "the fewest examples to the target",
  memory: "the least memory with which the target is reached",
} as const;

function introduction(settings: TuneSettings, subject: Subject): readonly string[] {
  const { target, goal } = settings;
  const to =
    target === undefined
      ? "the validation loss that a first run reaches"
      : targetInWords(subject, target);
  return [...subjectLines(settings, subject), `goal: ${goalTexts[goal]}; target: ${to}`, ""];
}

/** Why nothing is recommended, in one line. */
function reasonLine(advice: Advice): string {
  const said = recommendationReasons("en", advice).join(" ");
  return said.charAt(0).toLowerCase() + said.slice(1);
}

async function present(
  advice: Advice,
  {
    settings,
    subject,
    args,
  }: {
    readonly settings: TuneSettings;
    readonly subject: Subject;
    readonly args: readonly string[];
  },
): Promise<void> {
  const { json, quiet, report } = settings;
  if (json) printJson(advice);
  else process.stdout.write(shownText(advice, textWidth(process.stdout)));
  if (report === undefined) return;
  const page = renderTune(advice, await pageScript("tune"), {
    command: commandLine(args),
    environment: { ...environment(), date: new Date().toISOString() },
    examples: exampleViews(subject.training, advice.noise.top, subject.preprocessing),
  });
  writeWhole(report, page);
  const line = `report: ${report}\n`;
  if (!json) process.stdout.write(`\n${line}`);
  else if (!quiet) process.stderr.write(line);
}

/** The table and the paragraph below it. */
function shownText(advice: Advice, width: number): string {
  const table = adviceTable(advice, width);
  if (table !== undefined) return `\n${table}\n\n${adviceParagraph(advice, width)}\n`;
  // That nothing can be recommended is said on standard error.
  return advice.complete ? "" : "stopped before anything could be recommended\n";
}
