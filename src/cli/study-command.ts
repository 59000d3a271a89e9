/** @file `minibatch study`: tests claims about batch sizes, and says which hold. */
import { availableParallelism } from "node:os";
import { isAbsolute, join } from "node:path";
import type { StudyOptions } from "../advisor/study/options.ts";
import { planStudy } from "../advisor/study/plan-study.ts";
import { study as startStudy, type StudyRun } from "../advisor/study/run-study.ts";
import type { Study } from "../advisor/study/study.ts";
import { InputError, show } from "../errors.ts";
import { pageScript } from "../report/page-script.node.ts";
import { renderStudy } from "../report/study-html.ts";
import { environment } from "../train/run-folder/environment.node.ts";
import { listOption, wholeOption } from "./arguments.ts";
import { loadSubject } from "./data.ts";
import { exitCode } from "./failure.ts";
import { subjectLines } from "./introduction.ts";
import { printJson, requireWritable, writeWhole } from "./output.ts";
import type { Progress } from "./progress.ts";
import { definedOnly } from "./records.ts";
import { readSettings, type Settings } from "./settings.ts";
import type { RawOptions } from "./raw-options.ts";
import { commandLine } from "./shell.ts";
import { studyTable } from "./study-table.ts";
import { textWidth } from "./table.ts";
import { surrounded } from "./working.ts";
import { sampleQuery } from "../data/sample-query.ts";

/** Settings of this command beside the common ones. */
interface StudySettings extends Settings {
  readonly claims: readonly number[] | undefined;
  readonly seeds: number | undefined;
  /** The page to write; undefined for none. */
  readonly report: string | undefined;
}

/** Runs the command. Sets the exit code when it was stopped. */
export async function studyCommand(
  data: string,
  options: RawOptions,
  args: readonly string[],
): Promise<void> {
  const settings = readStudySettings(data, options);
  const subject = await loadSubject(settings);
  const { training, validation, model } = subject;
  const studyOptions: StudyOptions = definedOnly({
    claims: settings.claims,
    seeds: settings.seeds,
    seed: settings.seed,
    seconds: settings.budget.seconds,
    optimizer: settings.optimizer.make,
    loss: settings.loss,
    dtype: settings.dtype,
    validation,
    cores: availableParallelism(),
  });
  const plan = planStudy(model, training, studyOptions);
  if (settings.report !== undefined)
    requireWritable(settings.out === undefined ? "--report" : "--out", settings.report);

  process.exitCode = await surrounded(settings.quiet, async ({ progress, signal, memory }) => {
    for (const line of subjectLines(settings, subject)) progress.note(line);
    const [claims, seeds] = [plan.claims.length, plan.seeds.length];
    progress.note(
      `${claims} ${claims === 1 ? "claim" : "claims"}, ${seeds} ${seeds === 1 ? "seed" : "seeds"} each\n`,
    );
    const running = startStudy(model, training, {
      ...studyOptions,
      ...{ memory, signal, environment: environment() },
    });
    await present(await watch(running, progress), settings, args);
    return exitCode.done;
  });
}

/** @throws InputError naming the option and the value */
function readStudySettings(data: string, options: RawOptions): StudySettings {
  const { claims, seeds, report, memory } = options;
  if (memory !== undefined)
    throw new InputError(
      `--memory goes with train, compare and predict: a study has its data in memory; study a sample: --query "${sampleQuery}"`,
    );
  const settings = readSettings(data, options);
  if (settings.target !== undefined)
    throw new InputError(
      `--target can only be the column to predict here: what the runs are to reach is found by a first run; got ${[options["target"]].flat().map(show).join(", ")}`,
    );
  const name = typeof report === "string" ? report : "study.html";
  return {
    ...settings,
    claims:
      typeof claims === "string"
        ? listOption("--claims", claims).map((entry) => wholeOption("--claims", entry))
        : undefined,
    seeds: typeof seeds === "string" ? wholeOption("--seeds", seeds) : undefined,
    report: report === false ? undefined : isAbsolute(name) ? name : join(settings.out ?? "", name),
  };
}

async function watch(running: StudyRun, progress: Progress): Promise<Study> {
  for await (const event of running) {
    if (event.type === "step") progress.work(`claim ${event.number}: ${event.what} …`);
    if (event.type !== "verdict") continue;
    const { number, id, verdict } = event.claim;
    progress.note(`${number}. ${id}: ${verdict}`);
  }
  progress.clear();
  return running.result;
}

async function present(
  result: Study,
  settings: StudySettings,
  args: readonly string[],
): Promise<void> {
  if (settings.json) printJson(result);
  else process.stdout.write(`\n${studyTable(result, textWidth(process.stdout))}\n`);
  if (settings.report === undefined || result.claims.length === 0) return;
  const page = renderStudy(result, await pageScript("study"), { command: commandLine(args) });
  writeWhole(settings.report, page);
  const line = `report: ${settings.report}\n`;
  if (!settings.json) process.stdout.write(`\n${line}`);
  else if (!settings.quiet) process.stderr.write(line);
}
