/** @file Means and bands of curves whose points are known. */
import { describe, expect, it } from "vitest";
import { plainRun } from "../../test/support/plain-race.ts";
import type { RaceRun } from "../advisor/race.ts";
import { band, points } from "./curves.ts";

function run(updates: number[], validationLoss: number[], seconds = updates): RaceRun {
  const { curve } = plainRun();
  return plainRun({ curve: { ...curve, updates, seconds, validationLoss } });
}

describe("points", () => {
  it("leaves out what is null or not finite", () => {
    expect(points(plainRun(), "updates", "trainLoss")).toEqual([
      { x: 500, y: 0.8 },
      { x: 1000, y: 0.2 },
    ]);
    expect(points(run([0, 1], [Number.NaN, 3]), "updates", "validationLoss")).toEqual([
      { x: 1, y: 3 },
    ]);
  });
});

describe("band", () => {
  it("compares runs that were evaluated after the same updates evaluation by evaluation", () => {
    const runs = [run([0, 10], [4, 2], [0, 1]), run([0, 10, 20], [6, 3, 1], [0, 3, 5])];
    const found = band(runs, "seconds", "validationLoss");
    expect(found.points).toEqual([
      { x: 0, mean: 5, least: 4, greatest: 6 },
      { x: 2, mean: 2.5, least: 2, greatest: 3 },
    ]);
    expect(found.tails).toEqual([
      [
        { x: 0, y: 6 },
        { x: 3, y: 3 },
        { x: 5, y: 1 },
      ],
    ]);
  });

  it("interpolates where the evaluations differ, as far as all runs go", () => {
    const found = band([run([0, 10], [4, 2]), run([0, 5], [2, 1])], "updates", "validationLoss");
    expect(found.points).toEqual([
      { x: 0, mean: 3, least: 2, greatest: 4 },
      { x: 5, mean: 2, least: 1, greatest: 3 },
    ]);
    expect(found.tails).toEqual([
      [
        { x: 0, y: 4 },
        { x: 10, y: 2 },
      ],
    ]);
  });

  it("is empty for runs without evaluations and alone for a single run", () => {
    expect(band([run([], [])], "updates", "validationLoss")).toEqual({
      points: [],
      tails: [],
      seeds: 0,
    });
    expect(band([run([0], [4])], "updates", "validationLoss").points).toEqual([
      { x: 0, mean: 4, least: 4, greatest: 4 },
    ]);
  });
});
