/** @file Advice in words, in both languages: the headline, what goes with it, why, and what limits it. */
import type { Advice, PredictionPoint } from "../advisor/advice/advice.ts";
import { adviceFacts } from "./advice-facts.ts";
import { formats } from "./format.ts";
import { targetName } from "./labels.ts";
import { type Language, list, say, type TextKey } from "./text.ts";

/** What a page says before its charts. */
export interface AdviceWords {
  readonly headline: string;
  readonly details: readonly string[];
  readonly facts: readonly string[];
  readonly cautions: readonly string[];
}

/** Advice in words. */
export function adviceWords(language: Language, advice: Advice): AdviceWords {
  return {
    headline: headline(language, advice),
    details: details(language, advice),
    facts: adviceFacts(language, advice),
    cautions: cautions(language, advice),
  };
}

/** Title of the page. */
export function adviceTitle(language: Language, { data }: Advice): string {
  return say(language, "tuneTitle", { data: data.name });
}

/** The target in words: `97% accuracy`. */
export function adviceTarget(language: Language, { prediction: { target } }: Advice): string {
  return targetName(language, { ...target, metric: target.monitor });
}

/** `2 threads` */
export function threadsName(language: Language, threads: number): string {
  return threads === 1
    ? say(language, "tuneOneThread")
    : say(language, "tuneThreads", { count: threads });
}

/** The prediction for the recommended batch size. */
export function recommendedPoint({
  prediction,
  recommendation,
}: Advice): PredictionPoint | undefined {
  return prediction.points.find(({ batchSize }) => batchSize === recommendation.batchSize);
}

const headKeys = {
  time: "tuneHead",
  examples: "tuneHeadExamples",
  memory: "tuneHeadMemory",
} as const;

function headline(language: Language, advice: Advice): string {
  const { recommendation, goal, memory, complete } = advice;
  const { batchSize, learningRate, threads } = recommendation;
  const point = recommendedPoint(advice);
  if (batchSize === null || point === undefined)
    return say(language, complete ? "tuneHeadNone" : "tuneHeadStopped");
  const { count, number, seconds, compact, bytes } = formats(language);
  const needed = memory.points.find((one) => one.batchSize === batchSize)?.predictedBytes;
  return say(language, needed === undefined && goal === "memory" ? "tuneHead" : headKeys[goal], {
    size: count(batchSize),
    rate: number(learningRate ?? point.learningRate),
    threads: threadsName(language, threads ?? point.threads),
    target: adviceTarget(language, advice),
    seconds: seconds(point.seconds.value),
    examples: compact(point.examples.value),
    bytes: bytes(needed ?? 0),
  });
}

function details(language: Language, advice: Advice): readonly string[] {
  const point = recommendedPoint(advice);
  if (point === undefined) return noRecommendation(language, advice);
  const { compact, seconds } = formats(language);
  const interval = say(language, "tuneInterval", {
    low: seconds(point.seconds.low),
    high: upTo(point.seconds.high, seconds),
    updates: compact(point.updates.value),
    updatesLow: compact(point.updates.low),
    updatesHigh: upTo(point.updates.high, compact),
  });
  return [
    interval,
    ...rangeText(language, advice),
    ...others(language, advice, point),
    ...verdict(language, advice),
  ];
}

function noRecommendation(language: Language, advice: Advice): readonly string[] {
  const { runs } = advice.prediction;
  if (runs.length === 0 || runs.some(({ reached }) => reached)) return [];
  return [
    say(language, "tuneNoneReached", {
      runs: formats(language).count(runs.length),
      target: adviceTarget(language, advice),
    }),
  ];
}

function rangeText(language: Language, { recommendation, goal }: Advice): readonly string[] {
  const { range, confident } = recommendation;
  const { count } = formats(language);
  const [low, high] = range ?? [0, 0];
  if (low < high) {
    const told = say(language, "tuneRange", { low: count(low), high: count(high) });
    return confident ? [told] : [say(language, "tuneUnsure"), told];
  }
  if (!confident) return [say(language, "tuneUnsure")];
  // Examples and memory are not weighed against neighbours.
  return goal === "time" ? [say(language, "tuneAlone")] : [];
}

/** What the smallest and the largest batch size would cost. */
function others(language: Language, advice: Advice, best: PredictionPoint): readonly string[] {
  const { points } = advice.prediction;
  const { count, seconds, times } = formats(language);
  return [points[0], points.at(-1)].flatMap((point) => {
    if (point === undefined || point.seconds.value < 1.1 * best.seconds.value) return [];
    return [
      say(language, "tuneOther", {
        size: count(point.batchSize),
        seconds: seconds(point.seconds.value),
        ratio: times(point.seconds.value / best.seconds.value),
      }),
    ];
  });
}

const verdictKeys: Readonly<Record<string, TextKey>> = {
  held: "tuneHeld",
  "did not hold": "tuneNotHeld",
  "cannot tell": "tuneCannotTell",
};

/** What the races after the advice said. */
function verdict(language: Language, { verification }: Advice): readonly string[] {
  const key = verificationKey(verification);
  if (verification === null || key === undefined) return [];
  const { count, seconds } = formats(language);
  const sizes = verification.points.map(({ batchSize }) => count(batchSize));
  const measured = verification.points.map(({ batchSize, measured: time }) => {
    const size = count(batchSize);
    if (time === null) return say(language, "tuneMeasuredNot", { size });
    const [median, low, high] = [time.value, time.low, time.high].map(seconds);
    return say(language, "tuneMeasuredAt", {
      size,
      ...{ median: median ?? "", low: low ?? "", high: high ?? "" },
    });
  });
  const separator = language === "en" ? "; " : "；";
  return [
    say(language, key, { sizes: list(language, sizes) }),
    say(language, "tuneMeasured", { list: measured.join(separator) }),
  ];
}

function verificationKey(verification: Advice["verification"]): TextKey | undefined {
  return verification === null ? undefined : verdictKeys[verification.verdict];
}

function cautions(language: Language, advice: Advice): readonly string[] {
  const { prediction, complete, verification } = advice;
  const found = recommendedPoint(advice) !== undefined;
  const keys: readonly (TextKey | false)[] = [
    !complete && "tuneIncomplete",
    prediction.target.origin === "pilot" && "tuneOriginPilot",
    found && verification === null && "tuneUnverified",
    found && "tuneOneSeed",
    "tuneHere",
  ];
  return keys.flatMap((key) => (key === false ? [] : [say(language, key)]));
}

/** The upper end of an interval, which may be open. */
export function upTo(value: number, format: (value: number) => string): string {
  return Number.isFinite(value) ? format(value) : "∞";
}
