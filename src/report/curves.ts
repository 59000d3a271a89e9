/** @file Curves of several seeds as one mean with a band, on a horizontal axis of choice. */
import type { RaceRun } from "../advisor/race.ts";
import { interpolate, isFiniteNumber, type Point, summary } from "./statistics.ts";

/** What the horizontal axis counts. */
export const axes = ["updates", "examples", "epochs", "seconds"] as const;
export type Axis = (typeof axes)[number];

/** What a curve shows. */
export type Quantity = "validationLoss" | "trainLoss" | "validationMetric";

/** A point of the mean over seeds, with the range at it. */
export interface BandPoint {
  readonly x: number;
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
}

/** The curves of one group. */
export interface Band {
  /** As far as every seed goes. */
  readonly points: readonly BandPoint[];
  /** What single seeds did beyond that, each from where the others end. */
  readonly tails: readonly (readonly Point[])[];
  readonly seeds: number;
}

/** A curve of one run; entries that are missing or not finite are left out. */
export function points(run: RaceRun, axis: Axis, quantity: Quantity): readonly Point[] {
  const ys: readonly (number | null)[] = run.curve[quantity];
  return run.curve[axis].flatMap((x, i) => {
    const y = ys[i];
    return isFiniteNumber(x) && isFiniteNumber(y) ? [{ x, y }] : [];
  });
}

/**
 * Mean and range over runs. Runs that were evaluated after the same updates are compared evaluation by evaluation;
 * others by linear interpolation between their evaluations.
 */
export function band(runs: readonly RaceRun[], axis: Axis, quantity: Quantity): Band {
  const curves = runs.map((run) => points(run, axis, quantity)).filter((curve) => curve.length > 0);
  const single = curves[0];
  if (single === undefined) return { points: [], tails: [], seeds: 0 };
  if (curves.length === 1) return { points: single.map(alone), tails: [], seeds: 1 };
  const common = inStep(runs) ? stepwise(curves) : interpolated(curves);
  const end = Math.min(...curves.map((curve) => curve.at(-1)?.x ?? 0));
  const tails = curves.map((curve) => beyond(curve, end)).filter((tail) => tail.length > 1);
  return { points: common, tails, seeds: curves.length };
}

function alone({ x, y }: Point): BandPoint {
  return { x, mean: y, least: y, greatest: y };
}

/** Whether all runs were evaluated after the same updates, as far as the shortest goes. */
function inStep(runs: readonly RaceRun[]): boolean {
  const shortest = Math.min(...runs.map((run) => run.curve.updates.length));
  const first = runs[0]?.curve.updates ?? [];
  return runs.every((run) =>
    run.curve.updates.slice(0, shortest).every((updates, i) => updates === first[i]),
  );
}

function stepwise(curves: readonly (readonly Point[])[]): readonly BandPoint[] {
  const shortest = Math.min(...curves.map((curve) => curve.length));
  return Array.from({ length: shortest }, (_, i) => i).flatMap((i) => {
    const here = curves.map((curve) => curve[i]);
    return between(
      summary(here.map((point) => point?.x))?.mean,
      here.map((point) => point?.y),
    );
  });
}

const mostPoints = 160;

function interpolated(curves: readonly (readonly Point[])[]): readonly BandPoint[] {
  const all = [...new Set(curves.flatMap((curve) => curve.map((point) => point.x)))];
  all.sort((a, b) => a - b);
  const step = Math.ceil(all.length / mostPoints);
  return all
    .filter((_, i) => i % step === 0 || i === all.length - 1)
    .flatMap((x) => {
      const here = curves.map((curve) => interpolate(curve, x));
      return here.includes(null) ? [] : between(x, here);
    });
}

function between(
  x: number | undefined,
  values: readonly (number | null | undefined)[],
): BandPoint[] {
  const range = summary(values);
  if (x === undefined || range === null) return [];
  return [{ x, mean: range.mean, least: range.least, greatest: range.greatest }];
}

function beyond(curve: readonly Point[], end: number): readonly Point[] {
  const last = curve.findLastIndex((point) => point.x <= end);
  return curve.slice(Math.max(last, 0));
}
