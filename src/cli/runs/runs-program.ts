/** @file The commands of `minibatch runs` and their options. */
import type { Command } from "commander";
import type { RawOptions } from "../raw-options.ts";

/** What `runs` does. */
export interface RunsActions {
  readonly list: (folder: string | undefined, options: RawOptions) => void;
  readonly show: (run: string, options: RawOptions) => void;
  readonly compare: (runs: readonly string[], options: RawOptions) => Promise<void>;
  readonly remove: (runs: readonly string[], options: RawOptions) => Promise<void>;
}

/** Adds `runs` with its own commands. */
export function addRuns(program: Command, actions: RunsActions): void {
  const runs = program
    .command("runs")
    .description("list, show, compare and remove runs")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", "\nRUN is the folder of a run, or the name of one in the folder runs.");
  const part = (name: string, description: string, isDefault = false): Command =>
    runs
      .command(name, { isDefault })
      .description(description)
      .helpOption("-h, --help", "print this help")
      .option("--json", "print the result as one JSON document, and nothing else")
      .option("--debug", "a stack trace with an error");
  part("list", "the runs in a folder, the newest last; what runs alone does", true)
    .argument("[FOLDER]", "folder with run folders (default: runs)")
    .action(actions.list);
  part("show", "all that is known of a run, its files, and how to go on")
    .argument("<RUN>", "folder or name of the run")
    .action(actions.show);
  part("compare", "runs side by side, and report.html")
    .argument("<RUN...>", "folders or names of the runs")
    .option("--report <file>", "name of the report (default: report.html)")
    .option("--no-report", "write no report")
    .action(actions.compare);
  part("remove", "delete runs; asks on a terminal")
    .argument("<RUN...>", "folders or names of the runs")
    .option("--yes", "do not ask")
    .action(actions.remove);
}
