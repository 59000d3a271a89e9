/** @file The examples that make the noise: row, target, share, and the picture where it is one. */
import { formats } from "../format.ts";
import { type Language, say } from "../text.ts";
import type { ExampleView } from "../tune-html.ts";
import { h } from "./dom.ts";
import type { TuneScene } from "./tune-axes.ts";

/** A list of the examples, largest gradient first. */
export function exampleList(
  { advice, language }: TuneScene,
  views: readonly ExampleView[],
): Element {
  const { percent, count } = formats(language);
  const items = advice.noise.top.map(({ index, share }) => {
    const view = views.find((one) => one.index === index);
    const row = say(language, "tuneExample", { index: count(index) });
    const portion = percent(Number(share.toPrecision(2)));
    return h(
      "li",
      {},
      view?.image == null ? null : picture(view.image, language, count(index)),
      h("b", {}, row),
      view?.label == null
        ? null
        : h("span", {}, say(language, "tuneExampleLabel", { label: view.label })),
      h("span", {}, say(language, "tuneExampleShare", { share: portion })),
      view?.values == null ? null : valueList(view.values, language),
    );
  });
  return h("ul", { class: "examples" }, items);
}

/** Values of features by their names. */
function valueList(
  { shown, more }: NonNullable<ExampleView["values"]>,
  language: Language,
): Element {
  const { number, count } = formats(language);
  const text = ({ value, missing }: (typeof shown)[number]) => {
    if (typeof value === "number") return number(value);
    return value ?? say(language, missing ? "tuneExampleMissing" : "tuneExampleOther");
  };
  return h(
    "dl",
    {},
    shown.map((one) => [h("dt", {}, one.name), h("dd", {}, text(one))]),
    more === 0 ? null : h("dt", {}, say(language, "tuneExampleMore", { count: count(more) })),
  );
}

/** Pixels on a canvas of their own size; the style sheet makes it larger. */
function picture(
  { channels, height, width, pixels }: NonNullable<ExampleView["image"]>,
  language: Language,
  index: string,
): Element {
  const label = say(language, "tuneExampleImage", { index });
  const canvas = h("canvas", { width, height, role: "img", "aria-label": label });
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const image = context.createImageData(width, height);
  const plane = height * width;
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++)
      image.data[4 * i + channel] = pixels[(channels === 3 ? channel * plane : 0) + i] ?? 0;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
