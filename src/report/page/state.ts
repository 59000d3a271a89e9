/** @file What the reader has chosen, kept in the hash of the address so that a view is a link. */
import { axes, type Axis } from "../curves.ts";
import { type Language, languages } from "../text.ts";

/** Scales of an axis. */
export const scales = ["linear", "log"] as const;
export type Scale = (typeof scales)[number];

/** What the reader has chosen. */
export interface ViewState {
  readonly language: Language;
  readonly axis: Axis;
  readonly xScale: Scale;
  readonly yScale: Scale;
  /** Keys of the groups that are not shown. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * The state in a hash; what it leaves out or gets wrong comes from `defaults`.
 *
 * @example parseState("#x=epochs&lang=zh", defaults).axis; // "epochs"
 */
export function parseState(hash: string, defaults: ViewState): ViewState {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const hidden = values.get("hide");
  return {
    language: pick(languages, values.get("lang"), defaults.language),
    axis: pick(axes, values.get("x"), defaults.axis),
    xScale: pick(scales, values.get("xscale"), defaults.xScale),
    yScale: pick(scales, values.get("yscale"), defaults.yScale),
    hidden: hidden === null ? defaults.hidden : new Set(hidden.split(",").filter(Boolean)),
  };
}

/** The hash of a state: only what differs from the defaults. */
export function formatState(state: ViewState, defaults: ViewState): string {
  const values = new URLSearchParams();
  if (state.language !== defaults.language) values.set("lang", state.language);
  if (state.axis !== defaults.axis) values.set("x", state.axis);
  if (state.xScale !== defaults.xScale) values.set("xscale", state.xScale);
  if (state.yScale !== defaults.yScale) values.set("yscale", state.yScale);
  if (state.hidden.size > 0) values.set("hide", [...state.hidden].join(","));
  return values.size === 0 ? "" : `#${values.toString()}`;
}

/** The default language for a reader's preferred languages. */
export function preferredLanguage(preferred: readonly string[]): Language {
  const known = preferred.find((tag) => /^(en|zh)\b/i.test(tag));
  return known?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
}

function pick<T extends string>(allowed: readonly T[], value: string | null, otherwise: T): T {
  return allowed.find((candidate) => candidate === value) ?? otherwise;
}
