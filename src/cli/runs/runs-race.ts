/** @file Runs from their folders as a race, so that the report can show them side by side. */
import { regimeOf } from "../../advisor/race-run.ts";
import type { Curve, Race, RaceRun, RunOrigin } from "../../advisor/race.ts";
import type { Moment } from "../../train/history.ts";
import { environment } from "../../train/run-folder/environment.node.ts";
import { sizesUsed } from "../../report/batch-sizes.ts";
import { numberOf } from "./fields.ts";
import { readHistory, type HistoryEntry } from "./history.ts";
import type { RunFacts } from "./run-facts.ts";
import type { StoredRun } from "./stored-run.ts";

/**
 * The runs as a race without what only a race measures: a common start, the plane, gradient noise. What the runs need not have in common is
 * that of the first.
 */
export function raceOfRuns(runs: readonly [StoredRun, ...StoredRun[]]): Race {
  const names = uniqueNames(runs);
  const found = runs.map((run, i) => raceRun(run, names[i] ?? run.name));
  const origins = found.map(({ origin }) => origin);
  const { data, model, loss, optimizer, dtype, threads } = originOf(runs[0].facts, "");
  return {
    data: { ...data, name: [...new Set(origins.map((origin) => origin.data.name))].join(", ") },
    metric: commonMetric(origins),
    ...{ model, loss, optimizer, dtype, threads },
    seed: runs[0].facts.seed ?? 0,
    budget: { epochs: null, updates: null, examples: null, seconds: null },
    target: null,
    runs: found,
    learningRates: [],
    engines: [],
    plane: null,
    environment: { ...environment(), date: new Date().toISOString() },
    complete: true,
  };
}

function raceRun(run: StoredRun, name: string): RaceRun & { readonly origin: RunOrigin } {
  const { facts, reached, message } = run;
  const origin = originOf(facts, name);
  const curve = curveOf(readHistory(run.path), origin.metric.name);
  const { updates, examples, epochs, seconds } = reached ?? start;
  const [batchSize = 0] = sizesUsed(facts.batchSize ?? 0, facts.batchSizes);
  const lastLoss = curve.trainLoss.findLast((loss) => loss !== null);
  return {
    origin,
    batchSize,
    regime: regimeOf(batchSize, facts.data.training ?? Infinity),
    engine: facts.engine ?? "onnx",
    seed: facts.seed ?? 0,
    ...{ updates, examples, epochs, seconds },
    learningRate: orNaN(facts.learningRate),
    evaluationSeconds: orNaN(facts.evaluationSeconds),
    compileSeconds: orNaN(facts.compileSeconds),
    trainLoss: orNaN(facts.trainLoss ?? lastLoss),
    validationLoss: orNaN(facts.validationLoss),
    validationMetric: orNaN(facts.validationMetric),
    target: null,
    samplesPerSecond: seconds > 0 ? examples / seconds : NaN,
    memoryBytes: facts.memoryBytes,
    gradientNoise: null,
    jitter: null,
    curve,
    status: statusOf(run),
    message,
  };
}

const start: Moment = { updates: 0, examples: 0, epochs: 0, seconds: 0 };

const orNaN = (value: number | null | undefined): number => value ?? NaN;
const dash = "–";
const orDash = (value: string | null): string => value ?? dash;

function statusOf({ status, facts }: StoredRun): RaceRun["status"] {
  switch (status) {
    case "running":
    case "interrupted":
      return "running";
    case "stopped":
      return "aborted";
    case "diverged":
    case "failed":
      return status;
    case "done":
      return facts.ended === "target" ? "target" : "done";
  }
}

function originOf(facts: RunFacts, name: string): RunOrigin {
  const { data, model, parameters, loss, metric, optimizer, dtype, threads } = facts;
  const sizes = sizesUsed(facts.batchSize ?? 0, facts.batchSizes);
  return {
    name,
    data: {
      name: orDash(data.name),
      training: orNaN(data.training),
      validation: orNaN(data.validation),
      task: data.task ?? "classification",
      source: data.source,
      ...(data.preparation && { preparation: data.preparation }),
    },
    model: { text: orDash(model), parameters: orNaN(parameters) },
    loss: orDash(loss),
    metric: metric ?? { name: dash, better: "higher" },
    optimizer: orDash(optimizer),
    dtype: dtype ?? "float32",
    threads: orNaN(threads),
    environment: facts.environment,
    ...(sizes.length > 1 && { batchSizes: sizes }),
  };
}

/** Names of folders, with the paths before them where two are equal. */
function uniqueNames(runs: readonly StoredRun[]): readonly string[] {
  const names = runs.map(({ name }) => name);
  return runs.map(({ name, path }) =>
    names.filter((other) => other === name).length > 1 ? path : name,
  );
}

/** The metric that most runs were measured by; of equals the first. */
function commonMetric(origins: readonly RunOrigin[]): Race["metric"] {
  const count = ({ name }: Race["metric"]): number =>
    origins.filter(({ metric }) => metric.name === name).length;
  const metrics = origins.map(({ metric }) => metric);
  const most = Math.max(0, ...metrics.map(count));
  return metrics.find((metric) => count(metric) === most) ?? { name: dash, better: "higher" };
}

/** Points of a curve of training losses, about. */
const mostPoints = 60;

/**
 * The curves of a history: a point at each evaluation and between them, closely at the start, where the loss falls fast, then in even steps.
 * A training loss is the mean over the updates since the one before; where these are few, an evaluation has none.
 */
export function curveOf(entries: readonly HistoryEntry[], metric: string): Curve {
  const total = entries.at(-1)?.updates ?? 0;
  const evaluated = new Set(
    entries.flatMap((entry) => (entry.kind === "evaluation" ? [entry.updates] : [])),
  );
  const points: CurvePoint[] = [];
  let [sum, updates, at] = [0, 0, 0];
  for (const entry of entries) {
    if (entry.kind === "evaluation") {
      addEvaluation(points, entry, metric);
      continue;
    }
    sum += (entry.loss ?? NaN) * (entry.updates - at);
    updates += entry.updates - at;
    at = entry.updates;
    const last = points.at(-1)?.updates ?? 0;
    const step = Math.max(1, Math.min(last / 4, total / mostPoints));
    const isEnough = updates >= step;
    if (!isEnough && !evaluated.has(at)) continue;
    const trainLoss = isEnough ? sum / updates : null;
    points.push({ ...momentOf(entry), trainLoss, validationLoss: NaN, metric: NaN });
    if (isEnough) [sum, updates] = [0, 0];
  }
  const column = <K extends keyof CurvePoint>(key: K) => points.map((point) => point[key]);
  return {
    updates: column("updates"),
    examples: column("examples"),
    epochs: column("epochs"),
    seconds: column("seconds"),
    trainLoss: column("trainLoss"),
    validationLoss: column("validationLoss"),
    validationMetric: column("metric"),
  };
}

interface CurvePoint extends Moment {
  readonly trainLoss: number | null;
  readonly validationLoss: number;
  readonly metric: number;
}

/** An evaluation goes to the point of the updates before it. */
function addEvaluation(points: CurvePoint[], entry: HistoryEntry, metric: string): void {
  const values = {
    validationLoss: entry.loss ?? NaN,
    metric: numberOf(entry.metrics[metric]) ?? NaN,
  };
  const last = points.at(-1);
  if (last?.updates === entry.updates) points[points.length - 1] = { ...last, ...values };
  else points.push({ ...momentOf(entry), trainLoss: null, ...values });
}

function momentOf({ updates, examples, epochs, seconds }: Moment): Moment {
  return { updates, examples, epochs, seconds };
}
