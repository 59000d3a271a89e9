/** @file The few statistics the report needs, over values some of which may be missing. */

/** A number, or what JSON leaves of one that was not finite. */
export type Maybe = number | null | undefined;

/** Mean and range of the values that are finite. */
export interface Summary {
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
  /** How many finite values there were, at least 1. */
  readonly count: number;
}

/** Whether a value is a finite number. */
export function isFiniteNumber(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Mean, least and greatest of the finite values; null when there is none. */
export function summary(values: readonly Maybe[]): Summary | null {
  const finite = values.filter(isFiniteNumber);
  if (finite.length === 0) return null;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  return { mean, least: Math.min(...finite), greatest: Math.max(...finite), count: finite.length };
}

/** Median of the finite values; null when there is none. */
export function median(values: readonly Maybe[]): number | null {
  const sorted = values.filter(isFiniteNumber).sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** √(mean of squares) of the finite values; null when there is none. */
export function rootMeanSquare(values: readonly Maybe[]): number | null {
  const squares = summary(values.map((value) => (isFiniteNumber(value) ? value * value : null)));
  return squares === null ? null : Math.sqrt(squares.mean);
}

/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The value at `x` on the polyline through `points`, which ascend in x; null outside of it.
 *
 * @example interpolate([{ x: 0, y: 1 }, { x: 2, y: 3 }], 1); // 2
 */
export function interpolate(points: readonly Point[], x: number): number | null {
  const after = points.findIndex((point) => point.x >= x);
  const right = points[after];
  if (right === undefined) return null;
  if (right.x === x) return right.y;
  const left = points[after - 1];
  if (left === undefined) return null;
  return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
}
