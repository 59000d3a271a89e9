/** @file Advice in words, in both languages: the headline, what goes with it, why, and what limits it. */
import type { Advice, PredictionPoint } from "../advisor/advice/advice.ts";
import { adviceFacts } from "./advice-facts.ts";
import {
  adviceTargetName,
  recommendationReasons,
  upTo,
  verificationSentence,
} from "./advice-reasons.ts";
import { formats } from "./format.ts";
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
  return adviceTargetName(language, target);
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
  const why = recommendationReasons(language, advice);
  const point = recommendedPoint(advice);
  if (point === undefined) return why;
  const { compact, seconds } = formats(language);
  const interval = say(language, "tuneInterval", {
    low: seconds(point.seconds.low),
    high: upTo(point.seconds.high, seconds),
    updates: compact(point.updates.value),
    updatesLow: compact(point.updates.low),
    updatesHigh: upTo(point.updates.high, compact),
  });
  return [interval, ...why, ...verdict(language, advice)];
}

/** Beside neighbours, and where there are none. */
const verdictKeys: Readonly<Record<string, readonly [raced: TextKey, alone: TextKey]>> = {
  held: ["tuneHeld", "tuneHeldAlone"],
  "did not hold": ["tuneNotHeld", "tuneNotHeldAlone"],
  "cannot tell": ["tuneCannotTell", "tuneCannotTellAlone"],
};

/** What the races after the advice said. */
function verdict(language: Language, { verification }: Advice): readonly string[] {
  const key = verificationKey(verification);
  if (verification === null || key === undefined) return [];
  const { count } = formats(language);
  const sizes = verification.points.map(({ batchSize }) => count(batchSize));
  return [
    say(language, key, { sizes: list(language, sizes) }),
    ...verification.reasons.map((reason) => verificationSentence(language, reason)),
  ];
}

function verificationKey(verification: Advice["verification"]): TextKey | undefined {
  const alone = verification?.points.length === 1;
  return verification === null ? undefined : verdictKeys[verification.verdict]?.[alone ? 1 : 0];
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
