/** @file The tables of the page of advice, each in a box that scrolls sideways. */
import type { RacedRun } from "../../advisor/advice/advice.ts";
import type { Estimate } from "../../advisor/noise/estimate.ts";
import { sourceName } from "../advice-facts.ts";
import { upTo } from "../advice-reasons.ts";
import { formats, type Formatter } from "../format.ts";
import { say, type TextKey } from "../text.ts";
import { h, type Child } from "./dom.ts";
import type { TuneScene } from "./tune-axes.ts";

/** A row: its cells, and whether it stands out. */
interface Row {
  readonly cells: readonly Child[];
  readonly best?: boolean;
}

/** What a table is made of. */
interface TableOptions {
  readonly id: string;
  readonly label: string;
  readonly heads: readonly string[];
  readonly rows: readonly Row[];
}

function table({ id, label, heads, rows }: TableOptions): Element {
  const body = rows.map(({ cells, best = false }) =>
    h(
      "tr",
      best ? { class: "chosen" } : {},
      cells.map((cell, i) =>
        i === 0 ? h("th", { scope: "row" }, cell) : h("td", best ? { class: "best" } : {}, cell),
      ),
    ),
  );
  const head = h(
    "tr",
    {},
    heads.map((text) => h("th", { scope: "col" }, text)),
  );
  return h(
    "div",
    { class: "scroll heads", tabindex: 0, role: "region", "aria-label": label },
    h("table", { id }, h("thead", {}, head), h("tbody", {}, body)),
  );
}

/** A value with its interval beneath. */
function withInterval({ value, low, high }: Estimate, format: Formatter): Child {
  const interval = `${format(low)}–${upTo(high, format)}`;
  return low === high ? upTo(value, format) : [upTo(value, format), h("small", {}, interval)];
}

function names({ language }: TuneScene, keys: readonly TextKey[]): readonly string[] {
  return keys.map((key) => say(language, key));
}

/** Every batch size that was weighed. */
export function pointsTable(scene: TuneScene): Element {
  const { advice, language } = scene;
  const { count, compact, number, seconds, bytes } = formats(language);
  const memory = new Map(
    advice.memory.points.map(({ batchSize, predictedBytes }) => [batchSize, predictedBytes]),
  );
  const rows = advice.prediction.points.map((point) => {
    const best = point.batchSize === advice.recommendation.batchSize;
    const needed = memory.get(point.batchSize);
    const size = count(point.batchSize);
    return {
      best,
      cells: [
        best ? [h("b", {}, size), h("small", {}, ` ${say(language, "tuneChosen")}`)] : size,
        number(point.learningRate),
        count(point.threads),
        withInterval(point.updates, compact),
        withInterval(point.seconds, seconds),
        withInterval(point.examples, compact),
        compact(point.batchSize / point.secondsPerUpdate),
        needed === undefined ? "–" : bytes(needed),
      ],
    };
  });
  return table({
    id: "points",
    label: say(language, "tuneTable"),
    heads: names(scene, [
      "tuneColBatch",
      "tuneColRate",
      "tuneColThreads",
      "tuneColUpdates",
      "tuneColSeconds",
      "tuneColExamples",
      "tuneColSpeed",
      "tuneColMemory",
    ]),
    rows,
  });
}

/** The estimates of the critical batch size. */
export function estimatesTable(scene: TuneScene): Element {
  const { advice, language } = scene;
  const { count, compact, ratio } = formats(language);
  const rows = advice.noise.estimates.map(({ source, criticalBatchSize, batchSize, logError }) => {
    const best = source === advice.noise.best;
    const name = sourceName(language, source);
    return {
      best,
      cells: [
        best ? [name, h("small", {}, ` ${say(language, "tuneNearest")}`)] : name,
        withInterval(criticalBatchSize, compact),
        count(batchSize),
        logError === null ? "–" : ratio(logError),
      ],
    };
  });
  return table({
    id: "estimates",
    label: say(language, "tuneEstimates"),
    heads: names(scene, ["tuneColSource", "tuneColCritical", "tuneColWould", "tuneColError"]),
    rows,
  });
}

/** Noise of each array of parameters. */
export function layersTable(scene: TuneScene): Element {
  const { advice, language } = scene;
  const { number, compact, percent } = formats(language);
  const { parameters } = advice.noise;
  const total = parameters.reduce((sum, { trace }) => sum + Math.max(0, trace.value), 0);
  const share = (value: number): string =>
    total > 0 ? percent(Number((Math.max(0, value) / total).toPrecision(2))) : "–";
  return table({
    id: "layers",
    label: say(language, "tuneLayers"),
    heads: names(scene, [
      "tuneColName",
      "tuneColTrace",
      "tuneColShare",
      "tuneColSquared",
      "tuneColSimple",
    ]),
    rows: parameters.map(({ name, trace, gradientSquared, simpleNoiseScale }) => ({
      cells: [
        h("code", {}, name),
        withInterval(trace, number),
        share(trace.value),
        withInterval(gradientSquared, number),
        withInterval(simpleNoiseScale, compact),
      ],
    })),
  });
}

/** Every run to the target, in the order they were made. */
export function runsTable(scene: TuneScene): Element {
  const { advice, language } = scene;
  const { count, number, seconds } = formats(language);
  const outcome = ({ reached, diverged }: RacedRun): string =>
    say(language, reached ? "tuneReached" : diverged ? "tuneDiverged" : "tuneMissed");
  const runs = [...advice.prediction.runs, ...(advice.verification?.runs ?? [])];
  return table({
    id: "runs",
    label: say(language, "tuneRuns"),
    heads: names(scene, [
      "tuneColBatch",
      "tuneColRate",
      "tuneColThreads",
      "tuneColSeed",
      "tuneColPurpose",
      "tuneColOutcome",
      "tuneColDone",
      "tuneColTook",
      "tuneColClock",
    ]),
    rows: runs.map((run) => ({
      cells: [
        count(run.batchSize),
        number(run.learningRate),
        count(run.threads),
        String(run.seed),
        say(language, run.purpose === "search" ? "tuneSearch" : "tuneVerification"),
        outcome(run),
        count(run.updates),
        seconds(run.seconds),
        seconds(run.clockSeconds),
      ],
    })),
  });
}
