/** @file Runs that were made apart, each by itself: what they have in common, and what they differ in. */
import type { Race, RaceRun } from "../advisor/race.ts";
import { formats } from "./format.ts";
import { madeApart, type Group } from "./groups.ts";
import { type Language, list, say, type TextKey } from "./text.ts";

/** The first run of a group; runs that were made apart are alone in theirs. */
export function onlyRun({ runs }: Group): RaceRun | undefined {
  return runs[0];
}

/** Runs whose results can be put in an order: on the same data, by the same metric. */
export interface Cluster {
  readonly data: string;
  readonly metric: Race["metric"];
  readonly groups: readonly Group[];
}

/** The clusters, in the order in which they are met. */
export function clustersOf(groups: readonly Group[]): readonly Cluster[] {
  const found = new Map<string, { data: string; metric: Race["metric"]; groups: Group[] }>();
  for (const group of groups) {
    const origin = onlyRun(group)?.origin;
    if (origin === undefined) continue;
    const { data, metric } = origin;
    const key = JSON.stringify([data.name, data.training, data.validation, metric.name]);
    const cluster = found.get(key) ?? { data: data.name, metric, groups: [] };
    cluster.groups.push(group);
    found.set(key, cluster);
  }
  return [...found.values()];
}

/** Name of the metric that a group was measured by. */
export function metricOf(race: Race, group: Group): string {
  return onlyRun(group)?.origin?.metric.name ?? race.metric.name;
}

type Part = (run: RaceRun) => string | number | undefined;

const parts: readonly (readonly [TextKey, Part])[] = [
  ["differData", ({ origin }) => `${origin?.data.name ?? ""} ${origin?.data.training ?? 0}`],
  ["differModel", ({ origin }) => origin?.model.text],
  ["differLoss", ({ origin }) => origin?.loss],
  ["differMetric", ({ origin }) => origin?.metric.name],
  ["differOptimizer", ({ origin }) => origin?.optimizer],
  ["differPrecision", ({ origin }) => origin?.dtype],
  ["differBatch", ({ batchSize, origin }) => String(origin?.batchSizes ?? batchSize)],
  ["differRate", ({ learningRate }) => learningRate],
  ["differSeed", ({ seed }) => seed],
  ["differEngine", ({ engine }) => engine],
  ["differThreads", ({ origin }) => origin?.threads],
  ["differMachine", ({ origin }) => origin?.environment.machine],
  [
    "differVersions",
    ({ origin }) => `${origin?.environment.minibatch ?? ""} ${origin?.environment.runtime ?? ""}`,
  ],
];

/** What the runs differ in. */
export function differencesOf(runs: readonly RaceRun[]): readonly TextKey[] {
  return parts.filter(([, pick]) => distinct(runs.map(pick)).length > 1).map(([key]) => key);
}

/** Different values, in the order in which they are met. */
export function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** The title of the page: a race on its data, or so many runs. */
export function titleOf(language: Language, race: Race): string {
  if (!madeApart(race)) return say(language, "title", { data: race.data.name });
  const data = list(language, distinct(race.runs.map(({ origin }) => origin?.data.name ?? "")));
  return race.runs.length === 1
    ? say(language, "runsTitleOne", { data })
    : say(language, "runsTitle", { data, count: formats(language).count(race.runs.length) });
}
