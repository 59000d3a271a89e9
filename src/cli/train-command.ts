/** @file `minibatch train`: one run, and what came of it. */
import { InputError } from "../errors.ts";
import type { LearningRateSearch } from "../advisor/race.ts";
import { formats } from "../report/format.ts";
import { configure } from "../train/config.ts";
import { identityOf } from "../train/identity.ts";
import type { Json } from "../train/probe.ts";
import { loadWithProgress, type AnySubject } from "./data.ts";
import { exitCode } from "./failure.ts";
import { budgetText, subjectLines, targetText } from "./introduction.ts";
import { printJson } from "./output.ts";
import { callToStore, finishedText, openResumed, requireSame } from "./resume.ts";
import { openPlace } from "./run-place.ts";
import type { RunRecord } from "./run-record.ts";
import { runTable } from "./run-table.ts";
import type { RawOptions } from "./raw-options.ts";
import { commandLine } from "./shell.ts";
import { textWidth } from "./table.ts";
import { optionsFor, rateWithoutSearch, searchRate } from "./train-options.ts";
import { makeRun, type Prepared } from "./train-run.ts";
import { readTrainSettings, type TrainSettings } from "./train-settings.ts";
import { surrounded, type Surroundings } from "./working.ts";
import { dataFacts } from "../advisor/subject-facts.ts";

/** A call of the command, as far as it is known before the data. */
interface TrainCall {
  readonly data: string;
  readonly options: RawOptions;
  readonly settings: TrainSettings;
  /** The folder of the run that goes on. */
  readonly resumed: Kept | undefined;
  readonly command: string;
}

type Kept = NonNullable<Prepared["kept"]>;

/** Runs the command. Sets the exit code when it was stopped. @throws DivergenceError, RunFolderError */
export async function trainCommand(
  data: string | undefined,
  raw: RawOptions,
  args: readonly string[],
): Promise<void> {
  const command = commandLine(args);
  if (typeof raw["resume"] !== "string") {
    if (data === undefined)
      throw new InputError(
        raw["query"] === undefined
          ? 'missing required argument "DATA"; see minibatch train --help'
          : "--query selects from a file: give the file as DATA, and call it data in the query",
      );
    const settings = readTrainSettings(data, raw);
    return perform({ data, options: raw, settings, resumed: undefined, command });
  }
  const { folder, path, ...call } = openResumed(raw["resume"], data, raw);
  try {
    const settings = readTrainSettings(call.data, call.options);
    await perform({ ...call, settings, resumed: { folder, name: path }, command });
  } finally {
    folder.close();
  }
}

async function perform(call: TrainCall): Promise<void> {
  const { settings, resumed } = call;
  const subject = await loadWithProgress(settings);
  const rate = rateWithoutSearch(settings, subject);
  const ready = rate === undefined ? undefined : readyWith({ chosen: rate }, call, subject);
  const config =
    ready?.config ?? configure(subject.model, subject.training, optionsFor(settings, subject, 1));
  const place = resumed === undefined ? openPlace(settings) : undefined;
  const kept = place === undefined ? resumed : { folder: place, name: place.path };
  try {
    process.exitCode = await surrounded(settings.quiet, async (surroundings) => {
      const { progress } = surroundings;
      for (const line of subjectLines(settings, subject)) progress.note(line);
      const found = ready ? undefined : await searchRate(settings, subject, config, surroundings);
      const run = ready ?? (found && readyWith(found, call, subject));
      if (run === undefined) return exitCode.done; // stopped
      await goThrough(call, { ...run, kept }, surroundings);
      return exitCode.done;
    });
  } finally {
    place?.close();
  }
}

/** A run with its learning rate. @throws InputError when it is to go on and is another one */
function readyWith(
  rate: Pick<LearningRateSearch, "chosen"> | LearningRateSearch,
  { settings, resumed, command }: TrainCall,
  subject: AnySubject,
): Omit<Prepared, "kept"> {
  const { checkpointEvery, kept } = settings;
  const resume = resumed?.folder.checkpoint;
  const options = {
    ...optionsFor(settings, subject, rate.chosen),
    ...(kept && { checkpointEvery: { seconds: checkpointEvery, epochs: 1 } }),
    ...(resume && { resume }),
  };
  const config = configure(subject.model, subject.training, options);
  if (resumed !== undefined) requireSame(resumed.folder, config);
  const rateSearch = "trials" in rate ? rate : undefined;
  return { settings, subject, options, config, learningRate: rate.chosen, rateSearch, command };
}

/** Makes the run, and shows what came of it. */
async function goThrough(
  call: TrainCall,
  run: Prepared,
  surroundings: Surroundings,
): Promise<void> {
  const { settings, kept, config, subject } = run;
  const { progress, signal } = surroundings;
  for (const line of [...runLines(run), ...keptLines(run, call.resumed), ""]) progress.note(line);
  if (kept !== undefined) {
    kept.folder.describe({
      command: call.command,
      seed: config.seed,
      settings: callToStore(call.data, call.options, run, searchOf(run, call)),
      identity: identityOf(config),
      data: dataFacts(subject.training, subject.validation) as unknown as Json,
      ...(subject.preprocessing && { preprocessing: subject.preprocessing as unknown as Json }),
    });
  }
  const record = await makeRun(run, surroundings);
  kept?.folder.finish(record.ended === "aborted" ? "stopped" : "done", {
    results: resultsOf(record),
  });
  if (settings.json) printJson(record);
  else process.stdout.write(`\n${runTable(record, textWidth(process.stdout))}\n`);
  if (kept === undefined) return;
  if (!settings.json) process.stdout.write(`\nrun: ${kept.name}\n`);
  if (signal.aborted) progress.note(`go on with: minibatch train --resume ${kept.name}`);
}

/** How the learning rate was found, as `run.json` holds it: in this call, or when the run was begun. */
function searchOf({ rateSearch }: Prepared, { resumed }: TrainCall): Json | undefined {
  const begun = resumed?.folder.run.settings;
  const stored =
    typeof begun === "object" && begun !== null && !Array.isArray(begun)
      ? (begun as Readonly<Record<string, Json>>)["learningRateSearch"]
      : undefined;
  return rateSearch === undefined ? stored : (rateSearch as unknown as Json);
}

/** A record as run.json holds it: without the history, which stands in the other files. */
function resultsOf({ history: _, ...record }: RunRecord): Json {
  return JSON.parse(JSON.stringify(record)) as Json;
}

const { number, count } = formats("en");

function runLines({ settings, subject, config, learningRate }: Prepared): readonly string[] {
  const { target } = settings;
  const size = `${settings.batchSize === "auto" ? "auto, from " : ""}${count(config.batchSize)}`;
  return [
    `batch size ${size}, learning rate ${number(learningRate)}, ${budgetText(settings.budget)} of training` +
      (target === undefined ? "" : `, or until ${targetText(subject, target)}`),
  ];
}

/** Where the run is kept, and where it goes on. */
function keptLines({ kept, settings }: Prepared, resumed: Kept | undefined): readonly string[] {
  if (kept === undefined) return [];
  const { folder, name } = kept;
  if (resumed === undefined) return [`run folder ${name}`];
  const { checkpoint, damage } = folder;
  if (damage !== undefined) process.stderr.write(`minibatch: ${damage}\n`);
  if (checkpoint === undefined) return [`starting ${name} again: it had no checkpoint yet`];
  const { position, seconds } = checkpoint;
  const finished = finishedText(name, checkpoint, settings.budget);
  return [
    `going on with ${name} after ${count(position.updates)} updates, ${number(seconds)} seconds of training`,
    ...(finished === undefined ? [] : [finished]),
    ...(settings.schedule?.wholeRun === true
      ? [`${settings.schedule.text}: as in a run of ${budgetText(settings.budget)} from the start`]
      : []),
  ];
}
