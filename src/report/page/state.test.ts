/** @file A view survives its way through the address. */
import { expect, it } from "vitest";
import { formatState, parseState, preferredLanguage, type ViewState } from "./state.ts";

const defaults: ViewState = {
  language: "en",
  axis: "seconds",
  xScale: "log",
  yScale: "log",
  hidden: new Set(),
};

it("keeps the address bare for the defaults and whole for the rest", () => {
  expect(formatState(defaults, defaults)).toBe("");
  const other: ViewState = {
    language: "zh",
    axis: "epochs",
    xScale: "linear",
    yScale: "linear",
    hidden: new Set(["1", "64@0.1-loops"]),
  };
  expect(parseState(formatState(other, defaults), defaults)).toEqual(other);
});

it("takes the defaults for what an address gets wrong", () => {
  expect(parseState("#x=parsecs&lang=fr&nothing", defaults)).toEqual(defaults);
});

it("prefers Chinese only where it comes before English", () => {
  expect(preferredLanguage(["de", "zh-TW", "en"])).toBe("zh");
  expect(preferredLanguage(["en-US", "zh-CN"])).toBe("en");
  expect(preferredLanguage([])).toBe("en");
});
