/** @file Numbers as people read them: digits that carry meaning, units, no exponents where they can be avoided. */
import { isFiniteNumber, type Summary, type Maybe } from "./statistics.ts";
import { isShare, type Language } from "./text.ts";

/** Turns a number into text. */
export type Formatter = (value: number) => string;

/** The formats of one language. */
export interface Formats {
  /** Whole numbers: `60,000`. */
  readonly count: Formatter;
  /** Whole numbers in little space: `60K`, `6万`. */
  readonly compact: Formatter;
  /** Three significant digits: `0.0312`, `12.5`, `1,230`, `1.2 × 10⁻⁷`. */
  readonly number: Formatter;
  /** Durations: `3.1 ms`, `0.31 s`, `125 s`. */
  readonly seconds: Formatter;
  /** The same with a digit more: `0.310 s`. */
  readonly finerSeconds: Formatter;
  /** Memory: `312 MB`. */
  readonly bytes: Formatter;
  /** Shares: `97.25%`. */
  readonly percent: Formatter;
  /** Two significant digits: `6.1`, `0.041`. */
  readonly ratio: Formatter;
  /** How many times as much: `1.03`, `7.0`, `12`, `140`. */
  readonly times: Formatter;
  /** A metric by its name: shares in per cent. */
  readonly metric: (name: string) => Formatter;
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function power(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(
    /\d/g,
    (digit) => superscripts[Number(digit)] ?? "",
  );
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** The formats of a language, by `Intl`. */
export function formats(language: Language): Formats {
  const locale = language === "en" ? "en-GB" : "zh-CN";
  const format = (options: Intl.NumberFormatOptions): Formatter => {
    const intl = new Intl.NumberFormat(locale, options);
    return (value) => intl.format(value);
  };
  const whole = format({ maximumFractionDigits: 0 });
  const three = format({ maximumSignificantDigits: 3 });
  const two = format({ maximumSignificantDigits: 2 });
  const padded = format({ minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
  const paddedThree = format({ minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
  const brief = format({ notation: "compact", maximumSignificantDigits: 3 });
  // British compact notation has m for millions, which is milli in the units beside it.
  const short: Formatter = (value) => brief(value).replace(/m$/, "M");
  const number: Formatter = (value) => {
    const size = Math.abs(value);
    if (size >= 1e9 || (size > 0 && size < 1e-4)) {
      const [digits = "", exponent = ""] = value.toExponential(1).split("e");
      const mantissa = two(Number(digits));
      return mantissa === "1"
        ? power(Number(exponent))
        : `${mantissa} × ${power(Number(exponent))}`;
    }
    return size >= 1000 ? whole(value) : three(value);
  };
  const percent = format({ style: "percent", maximumFractionDigits: 2 });
  const compact: Formatter = (value) =>
    value !== 0 && Math.abs(value) < 1000 ? number(value) : short(value);
  return {
    count: whole,
    compact,
    number,
    seconds: durations(padded, whole),
    finerSeconds: durations(paddedThree, format({ maximumFractionDigits: 1 })),
    bytes: (value) =>
      value >= 1e9 ? `${three(value / 1e9)}\u00a0GB` : `${three(value / 1e6)}\u00a0MB`,
    percent,
    ratio: (value) => (Math.abs(value) >= 100 ? three(value) : two(value)),
    times: (value) => (value >= 99.5 ? three : value < 1.1 ? paddedThree : padded)(value),
    metric: (name) => (isShare(name) ? percent : number),
  };
}

/** Below 0.1 s in milliseconds, from 100 s on whole or with one decimal. */
function durations(digits: Formatter, large: Formatter): Formatter {
  return (value) => {
    if (value === 0) return "0\u00a0s";
    if (value < 0.1) return `${digits(value * 1000)}\u00a0ms`;
    return `${(value >= 99.5 ? large : digits)(value)}\u00a0s`;
  };
}

/** A value, or an en dash where there is none. */
export function orDash(value: Maybe, format: Formatter): string {
  return isFiniteNumber(value) ? format(value) : "–";
}

/** A range as text, `0.290–0.341 s`, with the unit once; empty when it has no width once it is written. */
export function range(value: Summary, format: Formatter): string {
  const [least, greatest] = [format(value.least), format(value.greatest)];
  if (value.count < 2 || least === greatest) return "";
  const unit = /(\u00a0(s|ms|MB|GB)|%)$/.exec(greatest)?.[0] ?? "";
  const start = unit !== "" && least.endsWith(unit) ? least.slice(0, -unit.length) : least;
  return `${start}–${greatest}`;
}
