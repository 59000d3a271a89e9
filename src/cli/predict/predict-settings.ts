/** @file What the options of `minibatch predict` say. */
import { resolve } from "node:path";
import { InputError, show } from "../../errors.ts";
import type { LoadFileOptions } from "../../files.node.ts";
import { listOption, wordOption } from "../arguments.ts";
import { rawOption } from "../file-options.ts";
import type { RawOptions } from "../raw-options.ts";
import { outputFormats, type OutputFormat } from "./output-writer.ts";

/** The settings of the command. */
export interface PredictSettings {
  /** A run folder, or a model in an ONNX file. */
  readonly run: string;
  readonly data: string;
  readonly dataFolder: string | undefined;
  /** Of arrays: names, or the file with the targets. */
  readonly features: string | undefined;
  readonly target: string | undefined;
  readonly raw: LoadFileOptions["raw"];
  /** Of tables. */
  readonly keep: readonly string[] | "all" | undefined;
  readonly query: string | undefined;
  readonly missingValues: string | undefined;
  readonly decimal: "." | "," | undefined;
  /** The file to write; undefined: standard output. */
  readonly out: string | undefined;
  readonly format: OutputFormat;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Reads the options. @throws InputError naming the option and the value */
export function readPredictSettings(run: string, data: string, raw: RawOptions): PredictSettings {
  const text = (name: string): string | undefined => {
    const value = raw[name];
    return typeof value === "string" ? value : undefined;
  };
  const out = text("out");
  const json = raw["json"] === true;
  if (json && out === undefined)
    throw new InputError(
      "--json prints a summary on standard output: give --out a file for the predictions",
    );
  if (out !== undefined && resolve(out) === resolve(data))
    throw new InputError(`--out: ${out} is the data itself; give another file`);
  const [keep, missing, decimal] = [text("keep"), text("missingValues"), text("decimal")];
  return {
    run,
    data,
    dataFolder: text("dataFolder"),
    features: text("features"),
    target: text("target"),
    raw: raw["raw"] === undefined ? undefined : rawOption("--raw", text("raw") ?? ""),
    keep: keep === undefined ? undefined : keep === "all" ? "all" : listOption("--keep", keep),
    query: text("query"),
    missingValues: missing,
    decimal:
      decimal === undefined ? undefined : wordOption("--decimal", decimal, [".", ","] as const),
    out,
    format: formatOf(text("format"), out),
    json,
    quiet: raw["quiet"] === true,
  };
}

/** Texts that stand for a missing value, from what `--missing-values` was given. */
export function missingTextsOf(values: string | undefined): readonly string[] | undefined {
  return values === undefined ? undefined : ["", ...values.split(",")];
}

const endings: readonly (readonly [RegExp, OutputFormat])[] = [
  [/\.csv$/i, "csv"],
  [/\.(jsonl|ndjson)$/i, "jsonl"],
  [/\.(parquet|pq)$/i, "parquet"],
];

function formatOf(format: string | undefined, out: string | undefined): OutputFormat {
  const asked = format === undefined ? undefined : wordOption("--format", format, outputFormats);
  if (out === undefined) {
    if (asked === "parquet")
      throw new InputError("--format parquet is written to a file: give --out FILE");
    return asked ?? "csv";
  }
  const found = asked ?? endings.find(([pattern]) => pattern.test(out))?.[1];
  if (found !== undefined) return found;
  throw new InputError(
    `--out must end in .csv, .jsonl or .parquet, or --format say which it is; got ${show(out)}`,
  );
}
