/** @file What runs that were made apart show: an order where there is one, what they differ in, and what cannot be told. */
import type { Race, RaceRun } from "../advisor/race.ts";
import { finding, mean, type Finding } from "./findings-common.ts";
import type { Group } from "./groups.ts";
import { runName, updatesName } from "./labels.ts";
import {
  clustersOf,
  differencesOf,
  distinct,
  metricOf,
  onlyRun,
  type Cluster,
} from "./runs-apart.ts";
import { isFiniteNumber } from "./statistics.ts";
import { formats } from "./format.ts";
import { type Language, list, metricName, say } from "./text.ts";

/** Runs that are named beside the best one; the rest are counted. */
const mostOthers = 3;

/** All that is to be said. */
export function runsFindings(race: Race, groups: readonly Group[]): readonly Finding[] {
  const clusters = clustersOf(groups);
  const [only] = clusters;
  const outcome =
    clusters.length === 1 && only !== undefined
      ? oneCluster(only)
      : severalClusters(race, clusters);
  return [...outcome, ...differences(race), ...limits(race, groups, clusters)];
}

const value = (group: Group): number => mean(group, (run) => run.validationMetric);

/** Groups with a value, the best first. */
function ranked({ metric, groups }: Cluster): readonly Group[] {
  const sign = metric.better === "higher" ? -1 : 1;
  return groups
    .filter((group) => isFiniteNumber(value(group)))
    .sort((a, b) => sign * (value(a) - value(b)));
}

function oneCluster(cluster: Cluster): readonly Finding[] {
  const { name } = cluster.metric;
  const known = ranked(cluster);
  const [best] = known;
  if (best === undefined) return [finding("outcome", "headline", "runsNone", () => ({}), {})];
  const written = (group: Group): string => formats("en").metric(name)(value(group));
  const tied = known.filter((group) => written(group) === written(best));
  const seconds = mean(best, (run) => run.seconds);
  const headline =
    tied.length > 1
      ? finding(
          "outcome",
          "headline",
          "runsTie",
          (language, format) => ({
            metric: metricName(language, name),
            value: format.metric(name)(value(best)),
            runs: names(language, tied),
          }),
          { value: value(best), runs: tied.length },
        )
      : finding(
          "outcome",
          "headline",
          known.length === 1 ? "runsOnly" : "runsBest",
          (language, format) => ({
            metric: metricName(language, name),
            run: runName(language, best),
            value: format.metric(name)(value(best)),
            seconds: format.seconds(seconds),
          }),
          { value: value(best), seconds },
        );
  const others = known.slice(tied.length);
  const shown = others.length > mostOthers + 1 ? others.slice(0, mostOthers) : others;
  const rest = others.length - shown.length;
  const more =
    rest === 0 ? [] : [finding("others", "detail", "runsMore", () => ({ count: rest }), { rest })];
  return [headline, ...shown.map((group) => came(group, name)), ...more];
}

function came(group: Group, metric: string): Finding {
  const seconds = mean(group, (run) => run.seconds);
  const updates = mean(group, (run) => run.updates);
  return finding(
    `other-${group.key}`,
    "detail",
    "runsCame",
    (language, format) => ({
      run: runName(language, group),
      value: format.metric(metric)(value(group)),
      seconds: format.seconds(seconds),
      updates: updatesName(language, updates),
    }),
    { value: value(group), seconds, updates },
  );
}

function severalClusters(race: Race, clusters: readonly Cluster[]): readonly Finding[] {
  const headline = finding(
    "outcome",
    "headline",
    "runsMixed",
    (_, { count }) => ({ count: count(race.runs.length) }),
    { runs: race.runs.length, clusters: clusters.length },
  );
  const best = clusters.flatMap((cluster, i) => {
    const [first] = ranked(cluster);
    if (first === undefined) return [];
    const { data, metric } = cluster;
    return [
      finding(
        `best-${i}`,
        "detail",
        "runsBestOn",
        (language, format) => ({
          data,
          metric: metricName(language, metric.name),
          run: runName(language, first),
          value: format.metric(metric.name)(value(first)),
        }),
        { value: value(first) },
      ),
    ];
  });
  return [headline, ...best];
}

function differences(race: Race): readonly Finding[] {
  if (race.runs.length < 2) return [];
  const keys = differencesOf(race.runs);
  if (keys.length === 0) return [finding("differ", "fact", "runsSame", () => ({}), {})];
  return [
    finding(
      "differ",
      "fact",
      "runsDiffer",
      (language) => ({
        list: list(
          language,
          keys.map((key) => say(language, key)),
        ),
      }),
      { parts: keys.length },
    ),
  ];
}

function limits(
  race: Race,
  groups: readonly Group[],
  clusters: readonly Cluster[],
): readonly Finding[] {
  const losses = distinct(race.runs.map(({ origin }) => origin?.loss ?? race.loss));
  const data = distinct(clusters.map((cluster) => cluster.data));
  const elsewhere = groups.filter((group) => metricOf(race, group) !== race.metric.name);
  const open = groups.filter((group) => onlyRun(group)?.status === "running");
  const caution = (
    id: Parameters<typeof finding>[0],
    key: Parameters<typeof finding>[2],
    values: Parameters<typeof finding>[3],
  ): Finding => finding(id, "caution", key, values, {});
  return [
    ...(race.runs.length > 1 ? [caution("apart", "runsApart", () => ({}))] : []),
    ...(losses.length > 1 || data.length > 1
      ? [
          caution("losses", "runsLosses", (language) => ({
            list: list(
              language,
              losses.map((loss) => metricName(language, loss)),
            ),
          })),
        ]
      : []),
    ...(elsewhere.length > 0
      ? [
          caution("metrics", "runsOtherMetric", (language) => ({
            metric: metricName(language, race.metric.name),
            runs: names(language, elsewhere),
          })),
        ]
      : []),
    ...(open.length > 0
      ? [caution("open", "runsUnfinished", (language) => ({ runs: names(language, open) }))]
      : []),
    ...groups.flatMap((group) => failure(group, onlyRun(group), caution)),
    caution("left-out", "runsLeftOut", () => ({})),
  ];
}

function failure(
  group: Group,
  run: RaceRun | undefined,
  caution: (
    id: string,
    key: "runsDiverged" | "runsFailed",
    values: Parameters<typeof finding>[3],
  ) => Finding,
): readonly Finding[] {
  if (run?.status !== "diverged" && run?.status !== "failed") return [];
  const message = run.message?.split("\n")[0] ?? "";
  const values = (language: Language) => ({ run: runName(language, group), message });
  const key = run.status === "diverged" ? "runsDiverged" : "runsFailed";
  return [caution(`${run.status}-${group.key}`, key, values)];
}

function names(language: Language, groups: readonly Group[]): string {
  return list(
    language,
    groups.map((group) => runName(language, group)),
  );
}
