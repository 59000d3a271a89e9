/** @file A race as a table, and as the sentences and the table of engines below it. */
import type { EngineComparison, Race, RaceRun } from "../advisor/race.ts";
import { findings } from "../report/findings.ts";
import { formats, type Formatter } from "../report/format.ts";
import { groupRuns, type Group } from "../report/groups.ts";
import { targetName } from "../report/labels.ts";
import { median } from "../report/statistics.ts";
import { metricName } from "../report/text.ts";
import { textTable, wrapped, type Row } from "./table.ts";

const format = formats("en");
const none = "–";

type Pick = (run: RaceRun) => number | null | undefined;

/** The table of all runs: one column a batch size, with mean ± standard deviation where there are several seeds. */
export function raceTable(race: Race, width: number): string {
  const groups = groupRuns(race);
  const row = (label: string, cell: (group: Group) => string): Row => ({
    label,
    cells: groups.map(cell),
  });
  const over = (label: string, pick: Pick, formatter: Formatter): Row =>
    row(label, ({ runs }) => spread(runs.map(pick), formatter));
  const { metric, target } = race;
  const rows = [
    row("batch size", ({ batchSize }) => format.count(batchSize)),
    row("regime", ({ regime }) => regime),
    ...(race.engines.length > 0 || groups.some(({ engine }) => engine === "loops")
      ? [row("engine", ({ engine }) => engine)]
      : []),
    over("learning rate", ({ learningRate }) => learningRate, format.number),
    over("updates", ({ updates }) => updates, format.count),
    over("examples", ({ examples }) => examples, format.compact),
    over("epochs", ({ epochs }) => epochs, format.number),
    over("seconds of training", ({ seconds }) => seconds, format.seconds),
    ...(target === null
      ? []
      : [row(`seconds to ${targetName("en", target)}`, ({ runs }) => toTarget(runs))]),
    over("training loss", ({ trainLoss }) => trainLoss, format.number),
    over("validation loss", ({ validationLoss }) => validationLoss, format.number),
    over(
      metricName("en", metric.name),
      ({ validationMetric }) => validationMetric,
      format.metric(metric.name),
    ),
    over("examples/s", ({ samplesPerSecond }) => samplesPerSecond, format.compact),
    over("peak memory", ({ memoryBytes }) => memoryBytes, format.bytes),
    over("gradient noise¹", (run) => median(run.gradientNoise?.relativeError ?? []), format.number),
    over("cosine¹", (run) => median(run.gradientNoise?.cosine ?? []), format.number),
    over("jitter²", ({ jitter }) => jitter, format.number),
    ...(race.runs.every(({ status }) => status === "done")
      ? []
      : [row("ended", ({ runs }) => [...new Set(runs.map(endOf))].join(", "))]),
  ];
  return textTable(rows, width);
}

/** What the marked rows of the table mean. */
export function tableNotes(race: Race, width: number): string {
  const seeds = new Set(race.runs.map(({ seed }) => seed)).size;
  const { stored } = race.data;
  const notes = [
    "¹ mini-batch gradient g against the full G, median over a run: |g − G|/|G|, cos(g, G)",
    "² change of the loss per update over the loss, in the second half of the run",
    ...(stored === undefined
      ? []
      : [
          `examples read from disk, ${format.count(stored.windowRows)} of ${format.count(race.data.training)} in memory at a time: waiting for them is in the seconds`,
        ]),
    ...(seeds > 1 ? [`± standard deviation over ${seeds} seeds`] : []),
  ];
  return notes.map((note) => wrapped(note, width, "  ")).join("\n");
}

/** Facts that the terminal tells too; tables of the report hold the rest. */
const told = ["updates", "noise", "engines-rounding"];

/** What the race shows, why, and what limits it: a paragraph each. Divergences are told by themselves. */
export function raceFindings(race: Race, width: number): string {
  const found = findings(race);
  const outcome = found.filter(({ tone }) => tone === "headline" || tone === "detail").slice(0, 3);
  const facts = found.filter(({ tone, id }) => tone === "fact" && told.includes(id));
  const limits = found.filter(({ tone, id }) => tone === "caution" && !id.startsWith("diverged"));
  return [outcome, facts, limits.slice(0, 3)]
    .filter((paragraph) => paragraph.length > 0)
    .map((paragraph) => paragraph.map(({ text }) => wrapped(text.en, width)).join("\n"))
    .join("\n\n");
}

/** Both engines on each regime; undefined when only one ran. */
export function engineTable(race: Race, width: number): string | undefined {
  if (race.engines.length === 0) return undefined;
  const groups = groupRuns(race);
  const sizes = [...new Set(race.engines.map(({ batchSize }) => batchSize))];
  const of = (size: number) => race.engines.filter(({ batchSize }) => batchSize === size);
  const group = (size: number, engine: string) =>
    groups.find((one) => one.batchSize === size && one.engine === engine);
  const seconds = (engine: string) => (size: number) =>
    spread(group(size, engine)?.runs.map((run) => run.seconds) ?? [], format.seconds);
  const row = (label: string, cell: (size: number) => string): Row => ({
    label,
    cells: sizes.map(cell),
  });
  const compared = (pick: (pair: EngineComparison) => number) => (size: number) =>
    of(size).map(pick);
  return textTable(
    [
      row("regime", (size) => regimeName(group(size, "loops"))),
      row("seconds, vectorised (onnx)", seconds("onnx")),
      row("seconds, loops", seconds("loops")),
      row("times as long", (size) => spread(compared((e) => e.timeRatio)(size), format.ratio)),
      row("largest parameter difference", (size) =>
        format.number(Math.max(...compared((e) => e.largestDifference)(size))),
      ),
    ],
    width,
  );
}

function regimeName(group: Group | undefined): string {
  if (group === undefined) return none;
  const size = format.count(group.batchSize);
  return group.regime === "SGD" ? "SGD (1)" : `${group.regime} (${size})`;
}

function endOf({ status }: RaceRun): string {
  return status === "done" ? "by budget" : status === "aborted" ? "stopped" : status;
}

/** Seconds to the target: of the runs that reached it, with their number when they are not all. */
function toTarget(runs: readonly RaceRun[]): string {
  const reached = runs.filter(({ target }) => target?.reached === true);
  if (reached.length === 0) return "not reached";
  const seconds = spread(
    reached.map(({ target }) => target?.seconds),
    format.seconds,
  );
  return reached.length === runs.length ? seconds : `${seconds} (${reached.length}/${runs.length})`;
}

/** Mean and sample standard deviation, `97.2 ± 0.1%`, of the values that are there. */
export function spread(
  values: readonly (number | null | undefined)[],
  formatter: Formatter,
): string {
  const there = values.filter((value) => value != null && Number.isFinite(value)) as number[];
  if (there.length === 0) return none;
  const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
  if (there.every((value) => value === there[0])) return formatter(mean);
  const squares = there.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // A deviation from a few values is not known to more than two digits.
  const deviation = Number(Math.sqrt(squares / (there.length - 1)).toPrecision(2));
  const [text, about] = [formatter(mean), formatter(deviation)];
  const [unit = ""] = /\s?(ms|s|MB|GB|%)$/.exec(text) ?? [];
  const bare = unit !== "" && about.endsWith(unit) ? text.slice(0, -unit.length) : text;
  return `${bare} ± ${about}`;
}
