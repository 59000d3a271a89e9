/** @file Curves that jump up and down more than they move: the mean over a window of the axis, beside what was measured. */
import type { Point } from "./statistics.ts";

/** Fewer points are read one by one. */
const leastPoints = 12;
/** A curve that goes up and down for more than this many times its height cannot be followed. */
const mostTravel = 4;

/** Whether a curve travels up and down for several times its height, so that several of them cover each other. */
export function isTangled(ys: readonly number[]): boolean {
  if (ys.length < leastPoints) return false;
  const travel = ys.reduce((sum, y, i) => sum + Math.abs(y - (ys[i - 1] ?? y)), 0);
  return travel > mostTravel * (Math.max(...ys) - Math.min(...ys));
}

/** Half the width of the window, as a share of the axis. */
export const halfWindow = 0.05;

/** Each point with the mean of all points that are no further away than `reach`; x must ascend. */
export function runningMean(points: readonly Point[], reach: number): readonly Point[] {
  const xAt = (i: number): number => points[i]?.x ?? Infinity;
  const yAt = (i: number): number => points[i]?.y ?? 0;
  let [from, to, sum] = [0, 0, 0];
  return points.map(({ x }) => {
    for (; xAt(to) <= x + reach; to++) sum += yAt(to);
    for (; xAt(from) < x - reach; from++) sum -= yAt(from);
    return { x, y: sum / (to - from) };
  });
}
