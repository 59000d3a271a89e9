/** @file What a command is about to do, in lines. */
import { formats } from "../report/format.ts";
import { targetName } from "../report/labels.ts";
import type { AnySubject } from "./data.ts";
import type { BudgetArgument, Settings } from "./settings.ts";

const { count, number } = formats("en");

/** Data, model, optimizer and seed. */
export function subjectLines(
  { optimizer, schedule, seed }: Settings,
  { training, validation, model, notes }: AnySubject,
): readonly string[] {
  return [
    ...notes,
    `${training.name}: ${count(training.size)} examples to train on, ${count(validation.size)} to validate on`,
    `model ${model.kind}, optimizer ${optimizer.name}, ${schedule === undefined ? "" : `${schedule.text}, `}seed ${seed}`,
  ];
}

/** A budget in words: `5 epochs or 10 seconds`. */
export function budgetText(budget: BudgetArgument): string {
  const units = ["epochs", "updates", "examples", "seconds"] as const;
  return units
    .flatMap((unit) => {
      const bound = budget[unit];
      if (bound === undefined) return [];
      return [`${number(bound)} ${bound === 1 ? unit.slice(0, -1) : unit}`];
    })
    .join(" or ");
}

/** A target in words: `97% accuracy`. */
export function targetText(
  { metric }: Pick<AnySubject, "metric">,
  { monitor, value }: { readonly monitor?: string | undefined; readonly value: number },
): string {
  return targetName("en", { metric: monitor ?? metric, value, better: "higher" });
}
