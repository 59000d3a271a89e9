/** @file The switches of the page: native radio buttons and check boxes, so that the keyboard works as it should. */
import { axes } from "../curves.ts";
import type { Group } from "../groups.ts";
import { shortName } from "../labels.ts";
import { type Language, languages, say, type TextKey } from "../text.ts";
import { h } from "./dom.ts";
import { swatch } from "./look.ts";
import { scales, type ViewState } from "./state.ts";

/** Takes a change of the state. */
export type Change = (change: Partial<ViewState>) => void;

/** One of several, as radio buttons side by side. */
function segments<T extends string>(
  name: string,
  title: string,
  choices: readonly (readonly [T, string])[],
  chosen: T,
  change: (value: T) => void,
): Element {
  const labels = choices.map(([value, text]) => {
    const input = h("input", {
      type: "radio",
      name,
      value,
      id: `${name}-${value}`,
      checked: value === chosen,
    });
    input.addEventListener("change", () => {
      change(value);
    });
    return h("label", {}, input, h("span", {}, text));
  });
  return h("fieldset", {}, h("legend", {}, title), h("div", { class: "segments" }, labels));
}

/** The switch of the language. */
export function languageSwitch(state: ViewState, change: Change): Element {
  const names = { en: "English", zh: "简体中文" } as const;
  const choices = languages.map((language) => [language, names[language]] as const);
  const element = segments(
    "lang",
    say(state.language, "language"),
    choices,
    state.language,
    (language) => {
      change({ language });
    },
  );
  element.classList.add("switch");
  element.querySelector("legend")?.setAttribute("style", "position:absolute;clip-path:inset(50%)");
  return element;
}

/** The switches of the charts, and the legend with a check box for each batch size. */
export function chartControls(groups: readonly Group[], state: ViewState, change: Change): Element {
  const { language } = state;
  const scaleChoices = scales.map((scale) => [scale, say(language, scale)] as const);
  const axisChoices = axes.map((axis) => [axis, say(language, axis)] as const);
  const title = (key: TextKey): string => say(language, key);
  return h(
    "div",
    {},
    h(
      "div",
      { class: "controls switch" },
      segments("x", title("axis"), axisChoices, state.axis, (axis) => {
        change({ axis });
      }),
      segments("xscale", title("xScale"), scaleChoices, state.xScale, (xScale) => {
        change({ xScale });
      }),
      segments("yscale", title("yScale"), scaleChoices, state.yScale, (yScale) => {
        change({ yScale });
      }),
    ),
    shownGroups(groups, state, language, change),
  );
}

function shownGroups(
  groups: readonly Group[],
  state: ViewState,
  language: Language,
  change: Change,
): Element {
  const hidden = new Set(state.hidden);
  const apart = groups.some((group) => group.name !== null);
  const keys = groups.map((group) => {
    const input = h("input", {
      type: "checkbox",
      id: `show-${group.key}`,
      checked: !hidden.has(group.key),
    });
    input.addEventListener("change", () => {
      if (input.checked) hidden.delete(group.key);
      else hidden.add(group.key);
      change({ hidden: new Set(hidden) });
    });
    return h(
      "li",
      {},
      h("label", {}, input, swatch(group), h("span", {}, shortName(language, group))),
    );
  });
  return h(
    "fieldset",
    {},
    h("legend", { class: "legend-title" }, say(language, apart ? "runsShow" : "show")),
    h("ul", { class: "keys" }, keys),
  );
}
