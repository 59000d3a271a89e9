/** @file `minibatch runs compare`: runs side by side, as a list, in sentences and in a report. */
import { InputError } from "../../errors.ts";
import { findings } from "../../report/findings.ts";
import { renderReport } from "../../report/html.ts";
import { pageScript } from "../../report/page-script.node.ts";
import { printJson, requireWritable, writeWhole } from "../output.ts";
import type { RawOptions } from "../raw-options.ts";
import { commandLine } from "../shell.ts";
import { textWidth, wrapped } from "../table.ts";
import { runsTable } from "./list-table.ts";
import { raceOfRuns } from "./runs-race.ts";
import { readStoredRun, runPath } from "./stored-run.ts";

/** Runs the command. @throws InputError, DataError for what is no run, or a damaged one */
export async function compareRuns(
  names: readonly string[],
  options: RawOptions,
  args: readonly string[],
): Promise<void> {
  const paths = [...new Set(names.map(runPath))];
  const [first, ...others] = paths.map(readStoredRun);
  if (first === undefined) throw new InputError("give the runs to compare");
  const { report } = options;
  const file = report === false ? undefined : typeof report === "string" ? report : "report.html";
  if (file !== undefined) requireWritable("--report", file);
  const race = raceOfRuns([first, ...others]);
  const json = options["json"] === true;
  if (json) printJson(race);
  else {
    const width = textWidth(process.stdout);
    const lines = findings(race).map(({ text }) => wrapped(text.en, width, "  "));
    process.stdout.write(`${runsTable([first, ...others], width)}\n\n${lines.join("\n")}\n`);
  }
  if (file === undefined) return;
  writeWhole(file, renderReport(race, await pageScript("report"), { command: commandLine(args) }));
  (json ? process.stderr : process.stdout).write(`${json ? "" : "\n"}report: ${file}\n`);
}
