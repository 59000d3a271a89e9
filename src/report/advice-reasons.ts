/** @file Sentences from the kinds and numbers of reasons. */
import type { Advice, AdviceTarget } from "../advisor/advice/advice.ts";
import type { Goal } from "../advisor/advice/goal.ts";
import type { Learned, Reason, VerificationReason } from "../advisor/advice/reason.ts";
import type { Estimate } from "../advisor/noise/estimate.ts";
import { formats, type Formats, type Formatter } from "./format.ts";
import { targetName } from "./labels.ts";
import { type Language, list, say, type TextKey } from "./text.ts";

/** What sentences are made with. */
interface Teller extends Formats {
  readonly language: Language;
  readonly say: (key: TextKey, values?: Readonly<Record<string, string>>) => string;
}

/** One function a kind. */
type Sentences<R extends { readonly kind: string }, Rest extends readonly unknown[]> = {
  readonly [K in R["kind"]]: (
    reason: Extract<R, { readonly kind: K }>,
    teller: Teller,
    ...rest: Rest
  ) => string;
};

/** Why, in sentences; the first says why nothing is recommended, where that is so. */
export function recommendationReasons(
  language: Language,
  { recommendation, prediction: { target } }: Pick<Advice, "recommendation" | "prediction">,
): readonly string[] {
  return recommendation.reasons.map((reason) => reasonSentence(language, reason, target));
}

/** A sentence or two for a reason; `target` is that of the advice. */
export function reasonSentence(language: Language, reason: Reason, target: AdviceTarget): string {
  const { [reason.kind]: sentence } = sentences;
  return (sentence as (...given: readonly unknown[]) => string)(reason, teller(language), target);
}

/** A sentence for what a verification rests on. */
export function verificationSentence(language: Language, reason: VerificationReason): string {
  const { [reason.kind]: sentence } = verificationSentences;
  return (sentence as (...given: readonly unknown[]) => string)(reason, teller(language));
}

/** A target in words: `97% accuracy`. */
export function adviceTargetName(language: Language, target: AdviceTarget): string {
  return targetName(language, { ...target, metric: target.monitor });
}

/** The upper end of an interval, which may be open. */
export function upTo(value: number, format: Formatter): string {
  return Number.isFinite(value) ? format(value) : "∞";
}

function teller(language: Language): Teller {
  return {
    ...formats(language),
    language,
    say: (key, values) => say(language, key, values),
  };
}

const learnedNumbers = (
  { loss, constant, standardError }: Learned,
  { number, ratio }: Pick<Formats, "number" | "ratio">,
) => ({ loss: number(loss), constant: number(constant), error: ratio(standardError) });

const fastestKeys = { examples: "reasonFastestExamples", memory: "reasonFastestMemory" } as const;

const sentences: Sentences<Reason, readonly [target: AdviceTarget]> = {
  beside: ({ others }, { language, say: text, count, ratio, seconds }) =>
    text("reasonBeside", {
      list: others
        .map((other) =>
          text("reasonBesideOne", {
            size: count(other.batchSize),
            updates: ratio(other.updates),
            cost: ratio(other.secondsPerUpdate),
            seconds: seconds(other.seconds),
          }),
        )
        .join(language === "en" ? "; " : "；"),
    }),
  fastestByGoal: ({ goal }, { say: text }) => text(fastestKeys[goal]),
  sameCost: ({ range: [low, high], part }, { say: text, count, percent }) =>
    text("reasonSameCost", { low: count(low), high: count(high), part: percent(part) }),
  onlyOne: (_reason, { say: text }) => text("reasonOnlyOne"),
  intervalsOverlap: ({ rivals }, { language, say: text, count }) =>
    rivals.length === 0
      ? text("reasonOverlapNear")
      : text("reasonOverlap", { list: list(language, rivals.map(count)) }),
  inPlaceOf: ({ batchSize, seconds: time }, { say: text, count, seconds }) =>
    text("reasonInPlaceOf", { size: count(batchSize), ...ends(time, seconds) }),
  constantReaches: ({ value }, { language, say: text, metric }, target) =>
    text("reasonConstantReaches", {
      target: adviceTargetName(language, target),
      value: metric(target.monitor)(value),
    }),
  nothingLearned: (learned, { say: text, ...format }) =>
    text(
      learned.loss < learned.constant ? "reasonHardlyLearned" : "reasonNothingLearned",
      learnedNumbers(learned, format),
    ),
  littleLearned: (learned, { say: text, ...format }) =>
    text("reasonLittleLearned", learnedNumbers(learned, format)),
  notReached: (
    { batchSize, updates, nearest, constant },
    { language, say: text, count, metric },
    target,
  ) => {
    const monitored = metric(target.monitor);
    const known = nearest !== null && constant !== null;
    return text(known ? "reasonNotReachedNear" : "reasonNotReached", {
      size: count(batchSize),
      updates: count(updates),
      target: adviceTargetName(language, target),
      ...(known && { nearest: monitored(nearest), constant: monitored(constant) }),
    });
  },
  someSeeds: ({ reached, runs }, { language, say: text, count }, target) =>
    text("reasonSomeSeeds", {
      target: adviceTargetName(language, target),
      reached: count(reached),
      runs: count(runs),
    }),
  neverFinite: (_reason, { say: text }) => text("reasonNeverFinite"),
  noneFits: ({ limitBytes }, { say: text, bytes }) =>
    text("reasonNoneFits", { limit: bytes(limitBytes) }),
  stopped: (_reason, { say: text }) => text("reasonStopped"),
};

const betterKeys: Readonly<Record<Goal, readonly [sure: TextKey, perhaps: TextKey]>> = {
  time: ["reasonBetterTime", "reasonPerhapsTime"],
  examples: ["reasonBetterExamples", "reasonPerhapsExamples"],
  // Memory is predicted, so that it does not differ from seed to seed.
  memory: ["reasonBetterMemory", "reasonBetterMemory"],
};

type Better = Extract<
  VerificationReason,
  { readonly kind: "neighbourBetter" | "neighbourPerhapsBetter" }
>;

function better(key: TextKey, { goal, batchSize, cost, own }: Better, tell: Teller): string {
  const format = { time: tell.seconds, examples: tell.compact, memory: tell.bytes }[goal];
  return tell.say(key, { size: tell.count(batchSize), cost: format(cost), own: format(own) });
}

const verificationSentences: Sentences<VerificationReason, readonly []> = {
  notAgain: ({ batchSize }, { say: text, count }) =>
    text("reasonNotAgain", { size: count(batchSize) }),
  measured: ({ predicted, measured }, { say: text, seconds }) => {
    const expected = ends(predicted, seconds);
    return text("reasonMeasured", {
      ...{ predicted: expected.seconds, predictedLow: expected.low, predictedHigh: expected.high },
      ...ends(measured, seconds),
    });
  },
  neighbourBetter: (reason, tell) => better(betterKeys[reason.goal][0], reason, tell),
  neighbourPerhapsBetter: (reason, tell) => better(betterKeys[reason.goal][1], reason, tell),
  noneBetter: (_reason, { say: text }) => text("reasonNoneBetter"),
  offTheCurve: ({ batchSize, measured, predicted }, { say: text, count, seconds }) => {
    const { low, high } = ends(predicted, seconds);
    return text("reasonOffTheCurve", {
      ...{ low, high },
      size: count(batchSize),
      measured: seconds(measured.value),
    });
  },
};

function ends({ value, low, high }: Estimate, format: Formatter) {
  return { seconds: format(value), low: format(low), high: upTo(high, format) };
}
