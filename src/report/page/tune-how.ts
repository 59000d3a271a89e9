/** @file How advice was measured, and how long that took. */
import { adviceTarget } from "../advice-words.ts";
import { formats } from "../format.ts";
import { type Language, say } from "../text.ts";
import type { TuneData } from "../tune-html.ts";
import { h } from "./dom.ts";
import type { Section } from "./figure.ts";
import type { TuneScene } from "./tune-axes.ts";
import { titled } from "./tune-sections.ts";

const goalKeys = {
  time: "tuneGoalTime",
  examples: "tuneGoalExamples",
  memory: "tuneGoalMemory",
} as const;

/** How it was measured, and how long that took. */
export function howSection(scene: TuneScene, data: TuneData, json: string): Section {
  const { advice, language } = scene;
  const { environment, command } = data;
  const rows: readonly (readonly [string, string | null])[] = [
    [say(language, "tuneTook"), tookText(scene)],
    ...subjectRows(scene),
    [
      say(language, "environment"),
      environment === null
        ? null
        : [environment.machine, environment.runtime, `minibatch ${environment.minibatch}`].join(
            "; ",
          ),
    ],
    [say(language, "date"), environment === null ? null : dateText(environment.date, language)],
  ];
  return titled(say(language, "tuneHow"), [
    h("p", {}, say(language, "tuneHowText")),
    h(
      "dl",
      {},
      rows.flatMap(([key, value]) =>
        value === null ? [] : [h("dt", {}, key), h("dd", {}, value)],
      ),
      command === null
        ? null
        : [h("dt", {}, say(language, "command")), h("dd", {}, h("code", {}, command))],
    ),
    h("p", { class: "screen" }, download(advice.data.name, language, json)),
    environment === null
      ? null
      : h("footer", {}, say(language, "madeBy", { version: environment.minibatch })),
  ]);
}

function subjectRows({ advice, language }: TuneScene): readonly (readonly [string, string])[] {
  const { count } = formats(language);
  const { data, model } = advice;
  return [
    [say(language, "tuneGoal"), say(language, goalKeys[advice.goal])],
    [say(language, "targetRow"), adviceTarget(language, advice)],
    [
      say(language, "data"),
      say(language, "dataValue", {
        name: data.name,
        training: count(data.training),
        validation: count(data.validation),
      }),
    ],
    [
      say(language, "model"),
      say(language, "modelValue", { text: model.text, parameters: count(model.parameters) }),
    ],
    [say(language, "optimizer"), advice.optimizer],
    [say(language, "tuneColSeed"), String(advice.seed)],
  ];
}

function tookText({ advice: { seconds: spent }, language }: TuneScene): string {
  const { seconds } = formats(language);
  return say(language, "tuneTookValue", {
    total: seconds(spent.total),
    throughput: seconds(spent.throughput),
    search: seconds(spent.search),
    noise: seconds(spent.noise),
    verification: seconds(spent.verification),
  });
}

function dateText(text: string, language: Language): string {
  const when = new Date(text);
  if (Number.isNaN(when.getTime())) return text;
  const locale = language === "en" ? "en-GB" : "zh-CN";
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(when);
}

function download(name: string, language: Language, json: string): Element {
  const href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  return h(
    "a",
    { href, download: `tune-${name.replace(/[^\w-]+/g, "-")}.json` },
    say(language, "download"),
  );
}
