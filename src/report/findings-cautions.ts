/** @file What limits the findings of a race: learning rates, seeds, runs that ended early. */
import type { Race } from "../advisor/race.ts";
import { finding, named, type Finding } from "./findings-common.ts";
import { type Group, over, seedCount } from "./groups.ts";
import { runName } from "./labels.ts";
import { list, say } from "./text.ts";

/** Learning rates that are written out one by one. */
const mostRates = 4;

/** The limits of what the race can show. */
export function cautions(race: Race, groups: readonly Group[]): readonly Finding[] {
  const oneSeed =
    groups.length > 0 && seedCount(race) === 1
      ? [finding("one-seed", "caution", "oneSeed", () => ({}), { seeds: 1 })]
      : [];
  const incomplete = race.complete
    ? []
    : [finding("incomplete", "caution", "incomplete", () => ({}), { runs: race.runs.length })];
  return [...rates(race, groups), ...incomplete, ...oneSeed, ...groups.flatMap(diverged)];
}

function rates(race: Race, groups: readonly Group[]): readonly Finding[] {
  const onnx = groups.filter((group) => group.engine === "onnx" && group.learningRate === null);
  const known = onnx.map((group) => ({
    group,
    rate: over(group, (run) => run.learningRate)?.mean,
  }));
  const numbers = Object.fromEntries(known.map(({ group, rate }) => [group.key, rate ?? null]));
  const first = known[0]?.rate;
  if (known.length < 2 || first === undefined) return edges(race, groups);
  const tuned = race.learningRates.length > 0;
  if (!tuned && known.every(({ rate }) => rate === first)) {
    return [
      finding(
        "learning-rates",
        "caution",
        "rateSame",
        (_, { number }) => ({ rate: number(first) }),
        numbers,
      ),
    ];
  }
  const shown =
    known.length <= mostRates ? known : [known[0], known.at(-1)].filter((it) => it !== undefined);
  const given = finding(
    "learning-rates",
    "fact",
    tuned ? "ratesTuned" : "ratesGiven",
    (language, { number }) => {
      const parts = shown.map(({ group, rate = Number.NaN }) =>
        say(language, "rateFor", { rate: number(rate), run: runName(language, group) }),
      );
      return { rates: shown === known ? list(language, parts) : parts.join(" … ") };
    },
    numbers,
  );
  return [given, ...edges(race, groups)];
}

/** Batch sizes whose best learning rate was the least or the greatest of those tried. */
function edges(race: Race, groups: readonly Group[]): readonly Finding[] {
  const sizes = race.learningRates.flatMap(({ batchSize, chosen, trials }) => {
    const tried = trials.map((trial) => trial.learningRate);
    const atEdge =
      tried.length > 0 && (chosen <= Math.min(...tried) || chosen >= Math.max(...tried));
    return atEdge ? [batchSize] : [];
  });
  const found = sizes.flatMap((size) => groups.find((group) => group.batchSize === size) ?? []);
  if (found.length === 0) return [];
  return [
    finding(
      "learning-rate-edge",
      "caution",
      "rateEdge",
      (language) => ({
        runs: list(
          language,
          found.map((group) => runName(language, group)),
        ),
      }),
      Object.fromEntries(found.map((group) => [group.key, group.batchSize])),
    ),
  ];
}

function diverged(group: Group): readonly Finding[] {
  const runs = group.runs.filter((run) => run.status === "diverged");
  const first = runs[0];
  if (first === undefined) return [];
  return [
    finding(
      `diverged-${group.key}`,
      "caution",
      group.runs.length === 1 ? "divergedOne" : "diverged",
      (language) => ({
        ...named(language, group),
        count: runs.length,
        seeds: group.runs.length,
        message: first.message ?? "–",
      }),
      { batchSize: group.batchSize, count: runs.length, seeds: group.runs.length },
    ),
  ];
}
