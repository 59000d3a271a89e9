/** @file `minibatch predict`: what a run's model says of new data. */
import { InputError } from "../../errors.ts";
import { exitCode } from "../failure.ts";
import { printJson, requireWritable } from "../output.ts";
import type { RawOptions } from "../raw-options.ts";
import { surrounded, type Surroundings } from "../working.ts";
import type { InputBlock, InputSource } from "./input-source.ts";
import { openSource } from "./open-source.ts";
import { openPredictor, type ModelFile, type Predictor } from "./model-file.ts";
import { outputWriter, type OutputWriter } from "./output-writer.ts";
import { predictionColumns, predictionsOf, type OutputColumn } from "./predictions.ts";
import { readPredictSettings, type PredictSettings } from "./predict-settings.ts";
import { modelOfRun } from "./run-model.ts";
import { Score } from "./score.ts";
import { summaryLines, type PredictSummary } from "./summary.ts";

/** Runs the command. Sets the exit code when it was stopped. */
export async function predictCommand(run: string, data: string, raw: RawOptions): Promise<void> {
  const settings = readPredictSettings(run, data, raw);
  const { model, notes, options } = await modelOfRun(run);
  const columns = predictionColumns(model);
  if (settings.out !== undefined) requireWritable("--out", settings.out);
  const source = await openSource(settings, model, options);
  try {
    const all = outputColumns(source, columns);
    process.exitCode = await surrounded(
      settings.quiet,
      (surroundings) => predictAll({ settings, model, notes, source, columns: all }, surroundings),
      "a file that is not whole is removed",
    );
  } finally {
    await source.close();
  }
}

/** The number of the row, what is kept, what is predicted. @throws InputError for a name that two of them have */
function outputColumns(
  source: InputSource,
  predicted: readonly OutputColumn[],
): readonly OutputColumn[] {
  const columns = [{ name: "row", type: "BIGINT" }, ...source.kept, ...predicted];
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return columns;
  throw new InputError(
    `--keep: the output has a column ${JSON.stringify(twice)} of its own; leave it out, or rename it with --query`,
  );
}

/** All that is needed to predict. */
interface Work {
  readonly settings: PredictSettings;
  readonly model: ModelFile;
  readonly notes: readonly string[];
  readonly source: InputSource;
  readonly columns: readonly OutputColumn[];
}

async function predictAll(work: Work, surroundings: Surroundings): Promise<number> {
  const { settings, model, source, columns } = work;
  const { progress } = surroundings;
  for (const note of [...work.notes, ...source.notes]) progress.note(note);
  const start = performance.now();
  const predictor = await openPredictor(model);
  const writer = await outputWriter(settings.out, settings.format, columns);
  try {
    const counts = await predictBlocks(work, predictor, writer, surroundings);
    if (surroundings.signal.aborted) return exitCode.interrupted;
    await writer.finish();
    progress.clear();
    const summary: PredictSummary = {
      run: settings.run,
      model: model.source,
      data: settings.data,
      task: model.task,
      ...counts,
      ...source.counts(),
      out: settings.out ?? null,
      format: settings.format,
      columns: columns.map(({ name }) => name),
      seconds: (performance.now() - start) / 1000,
    };
    for (const line of summaryLines(summary)) progress.note(line);
    if (settings.json) printJson(summary);
    return exitCode.done;
  } finally {
    await writer.close();
    await predictor.close();
  }
}

async function predictBlocks(
  { model, source }: Work,
  predictor: Predictor,
  writer: OutputWriter,
  { progress, signal }: Surroundings,
): Promise<Pick<PredictSummary, "rows" | "predicted" | "score">> {
  const score = new Score(model.classes);
  let [rows, predicted] = [0, 0];
  for await (const block of source.blocks()) {
    const count = block.places.length;
    const outputs = await predictor.predict(block.x, count);
    const columns = predictionsOf(model, outputs, count);
    if (block.targets !== undefined) score.add(block.targets, columns, block.places);
    const placed = columns.map((values) => inPlace(values, block));
    const numbers = Array.from({ length: block.rows }, (_, i) => BigInt(rows + i + 1));
    const isRead = await writer.write([numbers, ...block.kept, ...placed]);
    rows += block.rows;
    predicted += count;
    progress.work(`${rows} rows`);
    if (!isRead || signal.aborted) break;
  }
  return { rows, predicted, score: score.result() ?? null };
}

/** Values at the rows that they belong to, null elsewhere. */
function inPlace(values: readonly unknown[], { rows, places }: InputBlock): readonly unknown[] {
  if (values.length === rows) return values;
  const placed = new Array<unknown>(rows).fill(null);
  values.forEach((value, i) => (placed[places[i] ?? 0] = value));
  return placed;
}
