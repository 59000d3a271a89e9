/** @file The outcome of a race: which batch size was first, or best, and what the others did. */
import type { Race } from "../advisor/race.ts";
import {
  cost,
  finding,
  mean,
  named,
  rangeOrMean,
  reachedCount,
  type Finding,
} from "./findings-common.ts";
import { formats } from "./format.ts";
import { type Group, over, seedCount } from "./groups.ts";
import { runName, targetIsLoss, targetName, updatesName } from "./labels.ts";
import { isFiniteNumber, type Summary } from "./statistics.ts";
import { list, metricName, type TextKey } from "./text.ts";

/** Others that are named one by one; the rest are counted. */
const mostOthers = 3;

/** The headline and its details. */
export function headlines(race: Race, groups: readonly Group[]): readonly Finding[] {
  if (groups.length === 0) return [finding("outcome", "headline", "noRuns", () => ({}), {})];
  if (groups.every(lost)) {
    const others = groups.map((group) => spent(`other-${group.key}`, "lost", group, race));
    const headline = finding("outcome", "headline", "allLost", () => ({}), { runs: groups.length });
    return [headline, ...shorten(groups, others)];
  }
  return race.target === null ? byMetric(race, groups) : byTarget(race, groups, race.target);
}

function byTarget(
  race: Race,
  groups: readonly Group[],
  target: NonNullable<Race["target"]>,
): readonly Finding[] {
  const reached = groups
    .filter((group) => reachedCount(group) === group.runs.length && cost(group, "seconds"))
    .sort((a, b) => seconds(a) - seconds(b));
  const winner = reached[0];
  if (winner === undefined) return nobody(race, groups, target);
  const key = groups.length === 1 ? "only" : "first";
  const headline = finding(
    "outcome",
    "headline",
    key,
    (language, { seconds: format }) => ({
      ...named(language, winner),
      target: targetName(language, target),
      seconds: format(seconds(winner)),
    }),
    { batchSize: winner.batchSize, seconds: seconds(winner) },
  );
  const behind = [...reached.slice(1), ...groups.filter((group) => !reached.includes(group))];
  const others = behind.map((group) => otherToTarget(group, seconds(winner)));
  const next = reached[1];
  const spread =
    next === undefined
      ? []
      : spreads(race, winner, next, (group) => cost(group, "seconds"), ["apart", "overlap"]);
  return [headline, ...shorten(behind, others), ...spread];
}

function seconds(group: Group): number {
  return cost(group, "seconds")?.mean ?? Number.NaN;
}

function otherToTarget(group: Group, best: number): Finding {
  const reached = reachedCount(group);
  const id = `other-${group.key}`;
  if (reached === group.runs.length && isFiniteNumber(seconds(group))) {
    return finding(
      id,
      "detail",
      "needed",
      (language, format) => ({
        ...named(language, group),
        seconds: format.seconds(seconds(group)),
        ratio: format.times(seconds(group) / best),
      }),
      { batchSize: group.batchSize, seconds: seconds(group), ratio: seconds(group) / best },
    );
  }
  if (reached > 0) {
    const seeds = group.runs.length;
    return finding(
      id,
      "detail",
      "partly",
      (language) => ({ ...named(language, group), reached, seeds }),
      { batchSize: group.batchSize, reached, seeds },
    );
  }
  return spent(id, "notReached", group, null);
}

/** Whether all runs of a group diverged. */
function lost(group: Group): boolean {
  return group.runs.every((run) => run.status === "diverged");
}

/** What a group had come to when its budget was spent. */
function spent(id: string, key: TextKey, group: Group, race: Race | null): Finding {
  const time = mean(group, (run) => run.seconds);
  const updates = mean(group, (run) => run.updates);
  const loss = race !== null && targetIsLoss(race);
  const value = mean(group, (run) => (loss ? run.validationLoss : run.validationMetric));
  return finding(
    id,
    "detail",
    lost(group) ? "lost" : key,
    (language, format) => ({
      ...named(language, group),
      seconds: format.seconds(time),
      updates: updatesName(language, updates),
      value: (loss ? format.number : format.metric(race?.metric.name ?? ""))(value),
    }),
    { batchSize: group.batchSize, seconds: time, updates, value },
  );
}

function nobody(
  race: Race,
  groups: readonly Group[],
  target: NonNullable<Race["target"]>,
): readonly Finding[] {
  const some = groups.some((group) => reachedCount(group) > 0);
  const headline = finding(
    "outcome",
    "headline",
    some ? "someReached" : "noneReached",
    (language) => ({ target: targetName(language, target) }),
    { target: target.value },
  );
  const sorted = [...groups].sort((a, b) => reachedCount(b) - reachedCount(a));
  const others = sorted.map((group) =>
    reachedCount(group) > 0
      ? otherToTarget(group, Number.NaN)
      : spent(`other-${group.key}`, "notReachedBest", group, race),
  );
  return [headline, ...shorten(sorted, others)];
}

function byMetric(race: Race, groups: readonly Group[]): readonly Finding[] {
  const sign = race.metric.better === "higher" ? -1 : 1;
  const value = (group: Group): number => mean(group, (run) => run.validationMetric);
  // The last value before a run diverged is no result.
  const known = groups
    .filter((group) => isFiniteNumber(value(group)) && !lost(group))
    .sort((a, b) => sign * (value(a) - value(b)));
  const winner = known[0];
  if (winner === undefined) return [finding("outcome", "headline", "undetermined", () => ({}), {})];
  const written = (group: Group): string => formats("en").metric(race.metric.name)(value(group));
  const tied = known.filter((group) => written(group) === written(winner));
  if (tied.length > 1) return tie(race, [...known, ...groups.filter(lost)], tied, value(winner));
  const time = mean(winner, (run) => run.seconds);
  const headline = finding(
    "outcome",
    "headline",
    groups.length === 1 ? "ended" : "best",
    (language, format) => ({
      ...named(language, winner),
      metric: metricName(language, race.metric.name),
      value: format.metric(race.metric.name)(value(winner)),
      seconds: format.seconds(time),
    }),
    { batchSize: winner.batchSize, value: value(winner), seconds: time },
  );
  const behind = [...known.slice(1), ...groups.filter(lost)];
  const others = behind.map((group) => spent(`other-${group.key}`, "came", group, race));
  const next = known[1];
  const spread =
    next === undefined
      ? []
      : spreads(race, winner, next, (group) => over(group, (run) => run.validationMetric), [
          "apartMetric",
          "overlapMetric",
        ]);
  return [headline, ...shorten(behind, others), ...spread];
}

/** No winner: the best groups ended with the same metric as far as it is written. */
function tie(
  race: Race,
  known: readonly Group[],
  tied: readonly Group[],
  value: number,
): readonly Finding[] {
  const headline = finding(
    "outcome",
    "headline",
    "bestTie",
    (language, format) => ({
      runs: list(
        language,
        tied.map((group) => runName(language, group)),
      ),
      metric: metricName(language, race.metric.name),
      value: format.metric(race.metric.name)(value),
    }),
    { value, runs: tied.length },
  );
  const others = known.map((group) => spent(`other-${group.key}`, "came", group, race));
  return [headline, ...shorten(known, others)];
}

/** The next best, the smallest and the largest batch among the others; the rest are counted. */
function shorten(groups: readonly Group[], others: readonly Finding[]): readonly Finding[] {
  if (others.length <= mostOthers + 1) return others;
  const sizes = groups.map((group) => group.batchSize);
  const least = sizes.indexOf(Math.min(...sizes));
  const greatest = sizes.indexOf(Math.max(...sizes));
  const kept = others.filter((_, place) => place === 0 || place === least || place === greatest);
  const count = others.length - kept.length;
  const rest = finding("others", "detail", "more", () => ({ count }), { count });
  return [...kept, rest];
}

function spreads(
  race: Race,
  first: Group,
  second: Group,
  pick: (group: Group) => Summary | null,
  [apart, overlap]: readonly [TextKey, TextKey],
): readonly Finding[] {
  const [a, b] = [pick(first), pick(second)];
  if (a === null || b === null || seedCount(race) < 2 || a.count < 2 || b.count < 2) return [];
  const disjoint = a.greatest < b.least || b.greatest < a.least;
  const format = formatOf(race, apart);
  return [
    finding(
      "spread",
      disjoint ? "detail" : "caution",
      disjoint ? apart : overlap,
      (language) => ({
        seeds: a.count,
        ...named(language, first),
        next: runName(language, second),
        range: rangeOrMean(a, format(language)),
        rangeNext: rangeOrMean(b, format(language)),
      }),
      { least: a.least, greatest: a.greatest, leastNext: b.least, greatestNext: b.greatest },
    ),
  ];
}

function formatOf(race: Race, key: TextKey): (language: "en" | "zh") => (value: number) => string {
  return (language) =>
    key === "apart" ? formats(language).finerSeconds : formats(language).metric(race.metric.name);
}
