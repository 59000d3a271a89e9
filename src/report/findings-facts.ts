/** @file Why a race came out as it did: updates, throughput, noise, engines. */
import type { Race } from "../advisor/race.ts";
import {
  cost,
  extremes,
  finding,
  mean,
  named,
  reachedCount,
  type Finding,
} from "./findings-common.ts";
import { type Group, over } from "./groups.ts";
import { epochsName, runName, updatesName } from "./labels.ts";
import { median, summary } from "./statistics.ts";

/** The facts behind the outcome. */
export function facts(race: Race, groups: readonly Group[]): readonly Finding[] {
  return [...costs(groups), ...throughput(groups), ...noise(groups), ...engines(race)];
}

function costs(groups: readonly Group[]): readonly Finding[] {
  const reached = groups.filter((group) => reachedCount(group) === group.runs.length);
  const pair = extremes(reached, (group) => (cost(group, "updates") ? group.batchSize : null));
  if (pair === null) return budget(groups);
  const [updates, otherUpdates] = both(pair, (group) => cost(group, "updates")?.mean);
  const [examples, otherExamples] = both(pair, (group) => cost(group, "examples")?.mean);
  return [
    finding(
      "updates",
      "fact",
      "cost",
      (language, { count }) => ({
        ...named(language, pair[0]),
        other: runName(language, pair[1]),
        updates: updatesName(language, updates),
        otherUpdates: updatesName(language, otherUpdates),
        examples: count(examples),
        otherExamples: count(otherExamples),
      }),
      { updates, otherUpdates, examples, otherExamples },
    ),
  ];
}

function budget(groups: readonly Group[]): readonly Finding[] {
  const pair = extremes(groups, (group) => group.batchSize);
  if (pair === null) return [];
  const [updates, otherUpdates] = both(pair, (group) => mean(group, (run) => run.updates));
  const [epochs, otherEpochs] = both(pair, (group) => mean(group, (run) => run.epochs));
  return [
    finding(
      "updates",
      "fact",
      epochs === otherEpochs ? "budgetSame" : "budget",
      (language) => ({
        ...named(language, pair[0]),
        other: runName(language, pair[1]),
        updates: updatesName(language, updates),
        otherUpdates: updatesName(language, otherUpdates),
        epochs: epochsName(language, epochs),
        otherEpochs: epochsName(language, otherEpochs),
      }),
      { updates, otherUpdates, epochs, otherEpochs },
    ),
  ];
}

function both(
  pair: readonly [Group, Group],
  pick: (group: Group) => number | undefined,
): readonly [number, number] {
  return [pick(pair[0]) ?? Number.NaN, pick(pair[1]) ?? Number.NaN];
}

function throughput(groups: readonly Group[]): readonly Finding[] {
  const pair = extremes(groups, (group) => over(group, (run) => run.samplesPerSecond)?.mean);
  if (pair === null) return [];
  const [rate, otherRate] = both(pair, (group) => mean(group, (run) => run.samplesPerSecond));
  if (!(rate > 0)) return [];
  return [
    finding(
      "throughput",
      "fact",
      "throughput",
      (language, format) => ({
        ...named(language, pair[0]),
        other: runName(language, pair[1]),
        rate: format.count(rate),
        otherRate: format.count(otherRate),
        ratio: format.times(otherRate / rate),
      }),
      { rate, otherRate, ratio: otherRate / rate },
    ),
  ];
}

/** Median over the points of a run, then mean over seeds. */
export function noiseOf(group: Group, part: "relativeError" | "cosine"): number | null {
  return over(group, (run) => median(run.gradientNoise?.[part] ?? []))?.mean ?? null;
}

function noise(groups: readonly Group[]): readonly Finding[] {
  const sampled = groups.filter((group) => group.regime !== "full batch");
  const pair = extremes(sampled, (group) =>
    noiseOf(group, "relativeError") === null ? null : group.batchSize,
  );
  if (pair === null) return [];
  const [error, otherError] = both(pair, (group) => noiseOf(group, "relativeError") ?? undefined);
  const [cosine, otherCosine] = both(pair, (group) => noiseOf(group, "cosine") ?? undefined);
  return [
    finding(
      "noise",
      "fact",
      "noiseFact",
      (language, { ratio }) => ({
        ...named(language, pair[0]),
        other: runName(language, pair[1]),
        error: ratio(error),
        otherError: ratio(otherError),
        cosine: ratio(cosine),
        otherCosine: ratio(otherCosine),
      }),
      { error, otherError, cosine, otherCosine },
    ),
  ];
}

/** Above what 32 bits alone make of parameters near 1: readers begin to wonder. */
const visibleRounding = 1e-5;

function engines(race: Race): readonly Finding[] {
  const times = summary(race.engines.map((row) => row.timeRatio));
  const differences = summary(race.engines.map((row) => row.largestDifference));
  if (times === null || differences === null) return [];
  const { least, greatest } = times;
  const difference = differences.greatest;
  return [
    finding(
      "engines",
      "fact",
      race.engines.length === 1 ? "enginesOne" : "enginesFact",
      (_, { times, number }) => ({
        least: times(least),
        greatest: times(greatest),
        difference: number(difference),
      }),
      { least, greatest, difference },
    ),
    ...(race.dtype === "float32" && difference > visibleRounding
      ? [finding("engines-rounding", "fact", "enginesRounding", () => ({}), { difference })]
      : []),
  ];
}
