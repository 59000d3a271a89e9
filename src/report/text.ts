/** @file Every word of the report, in English and in Simplified Chinese. */
import { findingText } from "./text-findings.ts";
import { pageText } from "./text-page.ts";
import { reasonText } from "./text-reasons.ts";
import { runsText } from "./text-runs.ts";
import { studyText } from "./text-study.ts";
import { tuneText } from "./text-tune.ts";

/** Languages of the interface. */
export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/** The table: `{name}` stands for a value. */
export const table: Readonly<Record<TextKey, readonly [string, string]>> = {
  ...pageText,
  ...findingText,
  ...runsText,
  ...tuneText,
  ...reasonText,
  ...studyText,
};
export type TextKey =
  | keyof typeof pageText
  | keyof typeof findingText
  | keyof typeof runsText
  | keyof typeof tuneText
  | keyof typeof reasonText
  | keyof typeof studyText;

/** A text in a language with its values filled in; in English `{count} seeds` is `1 seed` where there is one. */
export function say(
  language: Language,
  key: TextKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const text = table[key][language === "en" ? 0 : 1];
  const counted = text.replace(
    /(\{(\w+)\} (?!(?:times|holds|does)\b)[a-z]+)s\b/g,
    (whole, one: string, name: string) =>
      language === "en" && String(values[name]) === "1" ? one : whole,
  );
  const filled = counted.replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
  return language === "zh" ? spaced(filled) : filled;
}

/** Chinese and Latin characters side by side, a space between them as Chinese typesetters put it. */
function spaced(text: string): string {
  return text
    .replace(/([\u4e00-\u9fff])([A-Za-z0-9])/g, "$1 $2")
    .replace(/([A-Za-z0-9%])([\u4e00-\u9fff])/g, "$1 $2");
}

const metricNames: Readonly<Record<string, readonly [string, string]>> = {
  accuracy: ["accuracy", "准确率"],
  meanAbsoluteError: ["mean absolute error", "平均绝对误差"],
  rootMeanSquaredError: ["root mean squared error", "均方根误差"],
  r2: ["R²", "R²"],
  loss: ["validation loss", "验证损失"],
  validationLoss: ["validation loss", "验证损失"],
  valLoss: ["validation loss", "验证损失"],
  crossEntropy: ["cross entropy", "交叉熵"],
  binaryCrossEntropy: ["binary cross entropy", "二元交叉熵"],
  meanSquaredError: ["mean squared error", "均方误差"],
  huber: ["Huber loss", "Huber 损失"],
};

/** The name of a metric or loss as people write it; a name that is not known stays as it is. */
export function metricName(language: Language, name: string): string {
  return metricNames[name]?.[language === "en" ? 0 : 1] ?? name;
}

/** Whether a metric is a share between 0 and 1 that reads best in per cent. */
export function isShare(metric: string): boolean {
  return /^(accuracy|top)/i.test(metric);
}

/** Sentences one after the other; empty ones are left out. */
export function sentences(language: Language, parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(language === "en" ? " " : "");
}

/** Joins parts of a sentence: `a, b and c`. */
export function list(language: Language, parts: readonly string[]): string {
  return new Intl.ListFormat(language === "en" ? "en-GB" : "zh-CN").format(parts);
}
