/** @file What lies behind advice, in words: the fit, the speed, the noise, the memory. */
import type { Advice, CriticalSource } from "../advisor/advice/advice.ts";
import { formats } from "./format.ts";
import { type Language, list, metricName, say } from "./text.ts";

/** The facts, as far as they were measured. */
export function adviceFacts(language: Language, advice: Advice): readonly string[] {
  return [
    ...fitFact(language, advice),
    ...speedFact(language, advice),
    ...noiseFact(language, advice),
    ...memoryFact(language, advice),
    ...constantFact(language, advice),
  ];
}

const sourceKeys = {
  curvature: "tuneSourceCurvature",
  simple: "tuneSourceSimple",
  races: "tuneSourceRaces",
} as const;

/** Where an estimate comes from, in words. */
export function sourceName(language: Language, source: CriticalSource): string {
  return say(language, sourceKeys[source]);
}

function fitFact(language: Language, { prediction: { fit } }: Advice): readonly string[] {
  if (fit === null) return [];
  const { compact } = formats(language);
  const { criticalBatchSize, minUpdates, minExamples } = fit;
  const values = {
    min: compact(minUpdates),
    critical: compact(criticalBatchSize.value),
    examples: compact(minExamples),
  };
  if (!Number.isFinite(criticalBatchSize.value)) return [say(language, "tuneFitLarge", values)];
  return [say(language, criticalBatchSize.value < 1 ? "tuneFitSmall" : "tuneFitFact", values)];
}

function speedFact(language: Language, { throughput: { best } }: Advice): readonly string[] {
  const [first, last] = [best[0], best.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  const { count, seconds, times } = formats(language);
  return [
    say(language, "tuneSpeedFact", {
      small: count(first.batchSize),
      first: seconds(first.secondsPerUpdate.value),
      large: count(last.batchSize),
      last: seconds(last.secondsPerUpdate.value),
      ratio: times(last.secondsPerUpdate.value / first.secondsPerUpdate.value),
      factor: count(last.batchSize / first.batchSize),
    }),
  ];
}

function noiseFact(language: Language, { noise }: Advice): readonly string[] {
  const apart = noise.estimates.filter(({ source }) => source !== "races");
  if (noise.best === null || apart.length < 2) return [];
  return [say(language, "tuneBestFact", { name: sourceName(language, noise.best) })];
}

function memoryFact(language: Language, { memory }: Advice): readonly string[] {
  if (memory.limitBytes === null) return [];
  const { count, bytes } = formats(language);
  return [
    say(language, "tuneMemoryFact", {
      limit: bytes(memory.limitBytes),
      size: count(memory.largestBatchSize),
    }),
  ];
}

/** What learning has to beat. */
function constantFact(
  language: Language,
  { constant: { loss, metrics } }: Advice,
): readonly string[] {
  const named = Object.entries({ loss, ...metrics }).map(
    ([name, value]) => `${metricName(language, name)} ${formats(language).metric(name)(value)}`,
  );
  return [say(language, "tuneConstantFact", { list: list(language, named) })];
}
