/** @file The parameters that are remembered along a run. */
import type { Vector } from "./vectors.ts";

/** Parameters recorded along one run. */
export interface Trajectory {
  readonly updates: readonly number[];
  readonly examples: readonly number[];
  readonly points: readonly Vector[];
}

/** What the points of all paths of a race may take together, in bytes. */
const pathBytes = 48 * 2 ** 20;

/** Fewer points than this are no picture of a path. */
const fewestPoints = 12;

/**
 * The points of one path that the memory of `paths` paths allows, evenly spaced among those recorded, first and last included.
 *
 * @param parameterBytes of one point
 */
export function thinned(
  { updates, examples, points }: Trajectory,
  parameterBytes: number,
  paths: number,
): Trajectory {
  const allowed = Math.max(fewestPoints, Math.floor(pathBytes / (paths * parameterBytes)));
  if (points.length <= allowed) return { updates, examples, points };
  const kept = Array.from({ length: allowed }, (_, k) =>
    Math.round((k * (points.length - 1)) / (allowed - 1)),
  );
  const at = <T>(column: readonly T[]) => kept.map((i) => column[i]!);
  return { updates: at(updates), examples: at(examples), points: at(points) };
}
