/** @file Names of groups, targets and counts in both languages. */
import type { Race } from "../advisor/race.ts";
import { formats } from "./format.ts";
import type { Group } from "./groups.ts";
import { isShare, type Language, metricName, say } from "./text.ts";

/** A group inside a sentence: `batch size 64`, `the full batch (60,000)`. */
export function runName(language: Language, group: Group): string {
  if (group.name !== null) return group.name;
  const { count, number } = formats(language);
  const size = count(group.batchSize);
  const key = { SGD: "runSgd", "mini-batch": "runBatch", "full batch": "runFull" } as const;
  let run = say(language, key[group.regime], { size });
  if (group.learningRate !== null) {
    run = say(language, "runRate", { run, rate: number(group.learningRate) });
  }
  return group.engine === "loops" ? say(language, "runLoops", { run }) : run;
}

/** A group in a legend or at the head of a column: `1 · SGD`, `64`, `full · 60,000`. */
export function shortName(language: Language, group: Group): string {
  if (group.name !== null) return group.name;
  const { count, number } = formats(language);
  const size = count(group.batchSize);
  const parts = [group.regime === "full batch" ? `${say(language, "full")} · ${size}` : size];
  if (group.regime === "SGD") parts.push("SGD");
  if (group.learningRate !== null) parts.push(`η ${number(group.learningRate)}`);
  if (group.engine === "loops") parts.push(say(language, "loops"));
  return parts.join(" · ");
}

/** The target of a race in words: `97% accuracy`, `validation loss 0.1`. */
export function targetName(language: Language, target: NonNullable<Race["target"]>): string {
  const name = metricName(language, target.metric);
  const value = formats(language).metric(target.metric)(target.value);
  if (isShare(target.metric)) return language === "en" ? `${value} ${name}` : ` ${value} ${name}`;
  return language === "en" ? `${name} ${value}` : `${name} ${value}`;
}

/** Whether the target of a race is on the loss and not on its metric. */
export function targetIsLoss(race: Race): boolean {
  return (
    race.target !== null &&
    race.target.metric !== race.metric.name &&
    /loss/i.test(race.target.metric)
  );
}

/** `938 updates`. */
export function updatesName(language: Language, updates: number): string {
  const rounded = Math.round(updates);
  if (rounded === 1) return say(language, "updatesOne");
  return say(language, "updatesMany", { count: formats(language).count(rounded) });
}

/** `7.5 epochs`. */
export function epochsName(language: Language, epochs: number): string {
  if (epochs === 1) return say(language, "epochsOne");
  return say(language, "epochsMany", { count: formats(language).number(epochs) });
}

/** A sentence's first letter as a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
