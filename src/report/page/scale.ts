/** @file Ticks of linear and logarithmic axes that leave each other room. */
import type { Scale } from "./state.ts";

/** The extent of numbers; null when there is none. */
export function extent(values: readonly number[]): readonly [number, number] | null {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return least <= greatest ? [least, greatest] : null;
}

/** A domain that is never a single point: a lone value gets room on both sides. */
export function roomy(
  [least, greatest]: readonly [number, number],
  scale: Scale,
): [number, number] {
  if (least < greatest) return [least, greatest];
  if (scale === "log") return [least / 2, greatest * 2];
  const room = Math.abs(least) / 2 || 1;
  return [least - room, greatest + room];
}

/**
 * At most about `most` ticks inside a positive domain: 1, 2, 5 of each power of ten where there is room, else powers of
 * ten, else every second one and so on. No two are closer than 0.7 of an even share of the axis.
 */
export function logTicks([least, greatest]: readonly [number, number], most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(greatest))];
  const inside = (value: number): boolean =>
    value >= least * (1 - 1e-9) && value <= greatest * (1 + 1e-9);
  const decades = (digits: readonly number[], step: number): number[] => {
    const found: number[] = [];
    for (let k = first; k <= last; k++) {
      if (k % step !== 0) continue;
      for (const digit of digits) found.push(digit * 10 ** k);
    }
    return found.filter(inside);
  };
  const fine = [decades([1, 2, 3, 4, 5, 6, 7, 8, 9], 1), decades([1, 2, 5], 1), decades([1, 3], 1)];
  const choices = [...fine, ...[1, 2, 3, 4, 6].map((step) => decades([1], step))];
  const gap = (0.7 * Math.log10(greatest / least)) / most;
  const apart = (ticks: readonly number[]): boolean =>
    ticks.every((tick, i) => i === 0 || Math.log10(tick / (ticks[i - 1] ?? tick)) >= gap);
  const found = choices.find((ticks) => ticks.length <= most && apart(ticks)) ?? [least, greatest];
  const narrow = found.length < 3 && greatest / least < 10;
  return narrow ? evenTicks([least, greatest], Math.min(most, 5)) : found;
}

/** At most `most` + 1 ticks, at even steps of 1, 2 or 5 times a power of ten inside a domain. */
export function evenTicks([least, greatest]: readonly [number, number], most: number): number[] {
  const rough = (greatest - least) / Math.max(2, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((digit) => digit * power >= rough) ?? 10);
  const first = Math.ceil(least / step - 1e-9);
  const count = Math.floor(greatest / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}
