/** @file What a run is and what it came to, from its run.json. */
import type { Race } from "../../advisor/race.ts";
import { fieldsOf, numberIn, numberOf, textOf, wordOf, type Fields } from "./fields.ts";
import { changeIn, type HistoryEntry } from "./history.ts";
import type { ChangedSize } from "../run-record.ts";

/** What is known of a run; null where it does not say. */
export interface RunFacts {
  readonly data: {
    readonly name: string | null;
    readonly training: number | null;
    readonly validation: number | null;
    readonly task: Race["data"]["task"] | null;
    readonly source: string | null;
    readonly preparation: NonNullable<Race["data"]["preparation"]> | null;
  };
  readonly model: string | null;
  readonly parameters: number | null;
  readonly loss: string | null;
  readonly metric: Race["metric"] | null;
  readonly optimizer: string | null;
  readonly dtype: Race["dtype"] | null;
  readonly engine: "onnx" | "loops" | null;
  readonly seed: number | null;
  readonly threads: number | null;
  readonly batchSize: number | null;
  /** What a probe changed it to. */
  readonly batchSizes: readonly ChangedSize[];
  readonly learningRate: number | null;
  readonly trainLoss: number | null;
  readonly validationLoss: number | null;
  readonly validationMetric: number | null;
  readonly evaluationSeconds: number | null;
  readonly compileSeconds: number | null;
  readonly memoryBytes: number | null;
  /** Why it ended: `budget`, `target`, … */
  readonly ended: string | null;
  readonly environment: Race["environment"];
  readonly command: string | null;
}

/** From what came of the run, else from what it was started with, else from the last entries of its history. */
export function factsOf(
  file: Fields,
  last: readonly HistoryEntry[],
  changes: readonly ChangedSize[] = [],
): RunFacts {
  const results = fieldsOf(file["results"]);
  const identity = fieldsOf(file["identity"]);
  const options = fieldsOf(fieldsOf(file["settings"])["options"]);
  const all: Fields = { ...options, ...identity, ...file, ...results };
  const model = fieldsOf(results["model"] ?? file["model"]);
  return {
    data: dataOf(fieldsOf(results["data"] ?? file["data"])),
    model: textOf(model["text"]) ?? textOf(identity["model"]),
    parameters: numberOf(model["parameters"]),
    loss: textOf(all["loss"]),
    optimizer:
      [results, options, all].map(({ optimizer }) => textOf(optimizer)).find(Boolean) ?? null,
    dtype: wordOf(all["dtype"], ["float32", "float64"]),
    engine: wordOf(all["engine"], ["onnx", "loops"]),
    seed: numberIn(all["seed"]),
    threads: numberIn(all["threads"]),
    batchSize: numberIn(all["batchSize"]),
    batchSizes: Array.isArray(results["batchSizes"])
      ? results["batchSizes"].flatMap((change) => changeIn(fieldsOf(change)))
      : changes,
    learningRate:
      [results, options, all]
        .map((from) => numberIn(from["learningRate"]))
        .find((rate) => rate !== null) ?? null,
    ...measured(all, last),
    environment: environmentOf(file, results),
    command: textOf(file["command"]) ?? textOf(results["command"]),
  };
}

/** What the run came to. */
function measured(
  all: Fields,
  last: readonly HistoryEntry[],
): Pick<RunFacts, (typeof figures)[number] | "metric" | "ended"> {
  const evaluation = last.findLast(({ kind }) => kind === "evaluation");
  const metric = metricOf(fieldsOf(all["metric"]), evaluation);
  const found = Object.fromEntries(figures.map((name) => [name, numberOf(all[name])])) as Record<
    (typeof figures)[number],
    number | null
  >;
  return {
    ...found,
    metric,
    validationLoss: found.validationLoss ?? evaluation?.loss ?? null,
    validationMetric: found.validationMetric ?? numberOf(evaluation?.metrics[metric?.name ?? ""]),
    ended: textOf(all["ended"]),
  };
}

const figures = [
  "trainLoss",
  "validationLoss",
  "validationMetric",
  "evaluationSeconds",
  "compileSeconds",
  "memoryBytes",
] as const;

function dataOf(data: Fields): RunFacts["data"] {
  return {
    name: textOf(data["name"]),
    training: numberOf(data["training"]),
    validation: numberOf(data["validation"]),
    task: wordOf(data["task"], ["classification", "regression"]),
    source: textOf(data["source"]),
    preparation: preparationOf(fieldsOf(data["preparation"])),
  };
}

function preparationOf(fields: Fields): RunFacts["data"]["preparation"] {
  const dropped = fieldsOf(fields["dropped"]);
  const [rows, target, features] = [fields["rows"], dropped["target"], dropped["features"]].map(
    numberOf,
  );
  if (rows == null || target == null || features == null) return null;
  const columns = Array.isArray(fields["imputed"]) ? fields["imputed"].map(fieldsOf) : [];
  return {
    rows,
    dropped: { target, features },
    imputed: columns.map(({ column, rows: n, value }) => ({
      column: textOf(column) ?? "",
      rows: numberOf(n) ?? 0,
      value: textOf(value) ?? "",
    })),
  };
}

function metricOf(fields: Fields, evaluation: HistoryEntry | undefined): Race["metric"] | null {
  const name = textOf(fields["name"]) ?? Object.keys(evaluation?.metrics ?? {})[0];
  if (name === undefined) return null;
  const usual = /error|loss/i.test(name) ? "lower" : "higher";
  return { name, better: wordOf(fields["better"], ["higher", "lower"]) ?? usual };
}

function environmentOf(file: Fields, results: Fields): Race["environment"] {
  const fields = { ...fieldsOf(file["environment"]), ...fieldsOf(results["environment"]) };
  const of = (name: string): string => textOf(fields[name]) ?? "";
  return {
    minibatch: of("minibatch"),
    runtime: of("runtime"),
    machine: of("machine"),
    date: textOf(file["created"]) ?? of("date"),
  };
}
