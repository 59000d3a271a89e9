/** @file `minibatch runs show`: all that is known of one run, where its files are, and how to go on. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { formats } from "../../report/format.ts";
import { preparationText } from "../../report/preparation.ts";
import { targetName } from "../../report/labels.ts";
import { metricName } from "../../report/text.ts";
import { runFolderFiles } from "../../train/run-folder/names.ts";
import { printJson } from "../output.ts";
import type { RawOptions } from "../raw-options.ts";
import { changeText } from "../run-table.ts";
import { textTable, textWidth, wrapped } from "../table.ts";
import { fieldsOf, numberOf, textOf } from "./fields.ts";
import { batchText, none, orNone, timeText } from "./list-table.ts";
import { readStoredRun, runPath, type StoredRun } from "./stored-run.ts";

const format = formats("en");

/** Files of a run folder that a reader may want, and what they are. */
const files: readonly (readonly [name: string, what: string])[] = [
  [runFolderFiles.run, "what it is and what came of it"],
  [runFolderFiles.history, "its events, one a line"],
  [
    runFolderFiles.updates,
    "loss, learning rate, batch size and gradient norm of each update, float64",
  ],
  [runFolderFiles.checkpoint, "what it needs to go on"],
  [runFolderFiles.model, "the model, for predict and for any ONNX runtime"],
];

/** Runs the command. @throws InputError, DataError when it is no run, or a damaged one */
export function showRun(run: string, options: RawOptions): void {
  const stored = readStoredRun(runPath(run));
  if (options["json"] === true) {
    printJson(describeRun(stored));
    return;
  }
  const width = textWidth(process.stdout);
  const rows = runRows(stored).map(([label, cell]) => ({ label, cells: [cell] }));
  const { preparation } = stored.facts.data;
  const lines = [
    textTable(rows, width),
    "",
    ...(preparation === null
      ? []
      : [wrapped(`rows: ${preparationText("en", preparation)}`, width)]),
    ...stored.facts.batchSizes.map((change) => wrapped(changeText(change), width)),
    ...(stored.message === null ? [] : [wrapped(stored.message, width)]),
    ...(stored.facts.command === null ? [] : [`made by: ${stored.facts.command}`]),
    ...filesOf(stored).map(({ path, what }) => `${path}: ${what}`),
    ...nextSteps(stored),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** A run as `runs show --json` prints it: the file, with what was found out beside. */
export function describeRun(run: StoredRun): object {
  const { name, path, status, writer, created, facts, reached, message, file } = run;
  return {
    ...{ name, path, status, writer, message, created },
    ...facts,
    ...(reached ?? { updates: null, examples: null, epochs: null, seconds: null }),
    files: filesOf(run).map((one) => one.path),
    next: nextSteps(run),
    run: file,
  };
}

function filesOf({ path }: StoredRun): readonly { readonly path: string; readonly what: string }[] {
  return files.flatMap(([name, what]) => {
    const file = join(path, name);
    return existsSync(file) ? [{ path: file, what }] : [];
  });
}

type Rows = readonly (readonly [label: string, cell: string | null])[];

function runRows(run: StoredRun): readonly (readonly [string, string])[] {
  const rows = [...whatItIs(run), ...howFarItCame(run), ...targetRow(run), ...whatItCameTo(run)];
  return rows.flatMap(([label, cell]) => (cell === null || cell === none ? [] : [[label, cell]]));
}

function whatItIs({ name, created, facts }: StoredRun): Rows {
  const { count, number } = format;
  const size = batchText(facts);
  return [
    ["run", name],
    ["made", timeText(created)],
    ["data", facts.data.name],
    ["training examples", orNone(facts.data.training, count)],
    ["validation examples", orNone(facts.data.validation, count)],
    ["model", facts.model],
    ["parameters", orNone(facts.parameters, count)],
    ["loss", facts.loss && metricName("en", facts.loss)],
    ["optimizer", facts.optimizer],
    ["batch size", facts.batchSize === facts.data.training ? `${size} (full batch)` : size],
    ["learning rate", orNone(facts.learningRate, number)],
    ["seed", facts.seed === null ? null : String(facts.seed)],
  ];
}

function howFarItCame({ reached }: StoredRun): Rows {
  const { count, number, finerSeconds, compact } = format;
  const rate = reached === null ? null : reached.examples / reached.seconds;
  return [
    ["updates", orNone(reached?.updates, count)],
    ["examples", orNone(reached?.examples, count)],
    ["epochs", orNone(reached?.epochs, number)],
    ["seconds of training", orNone(reached?.seconds, finerSeconds)],
    ["examples/s", orNone(rate, compact)],
  ];
}

/** When the target was reached, where there was one. */
function targetRow({ file }: StoredRun): Rows {
  const target = fieldsOf(fieldsOf(file["results"])["target"]);
  const [metric, value] = [textOf(target["metric"]), numberOf(target["value"])];
  if (metric === null || value === null) return [];
  const seconds = numberOf(target["seconds"]);
  const updates = orNone(numberOf(target["updates"]), format.count);
  const cell =
    seconds === null ? "not reached" : `${format.finerSeconds(seconds)}, ${updates} updates`;
  return [[`to ${targetName("en", { metric, value, better: "higher" })}`, cell]];
}

function whatItCameTo({ facts, status, writer }: StoredRun): Rows {
  const { number, bytes, metric: ofMetric } = format;
  const metric = facts.metric?.name;
  return [
    ["training loss", orNone(facts.trainLoss, number)],
    ["validation loss", orNone(facts.validationLoss, number)],
    [
      metricName("en", metric ?? ""),
      metric === undefined ? null : orNone(facts.validationMetric, ofMetric(metric)),
    ],
    ["peak memory", orNone(facts.memoryBytes, bytes)],
    ["status", [status, writer, endings[facts.ended ?? ""]].filter(Boolean).join(", ")],
  ];
}

const endings: Readonly<Record<string, string>> = {
  budget: "its budget spent",
  target: "at its target",
  earlyStopping: "by early stopping",
};

/** What can be done with a run as it stands, as commands. */
export function nextSteps({ path, status }: StoredRun): readonly string[] {
  const resume = `minibatch train --resume ${path}`;
  const predict = existsSync(join(path, runFolderFiles.model))
    ? [`predict from new data: minibatch predict ${path} DATA`]
    : [];
  switch (status) {
    case "running":
      return [...predict, "it is under way: stop it before anything else is done with it"];
    case "done":
      return [...predict, `go on with more of a budget: ${resume} --epochs N`];
    case "diverged":
      return [
        ...predict,
        `go back and on with a lower learning rate: ${resume} --on-divergence rollback`,
      ];
    case "interrupted":
    case "stopped":
    case "failed":
      return [...predict, `go on: ${resume}`];
  }
}
