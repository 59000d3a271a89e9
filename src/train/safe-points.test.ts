import { expect, it } from "vitest";
import { someCheckpoint } from "../../test/support/checkpoints.ts";
import { SafePoints } from "./safe-points.ts";

it("are the start of a run and its last two checkpoints, gone back to from the last on, and ten times in all", () => {
  const points = new SafePoints();
  const back = () => points.back()?.position.updates;
  for (const updates of [0, 1, 2, 3]) points.add(someCheckpoint(updates));
  expect([back(), back(), back(), back()]).toEqual([3, 2, 0, 0]);
  points.add(someCheckpoint(4));
  expect([back(), back(), back(), back(), back(), back()]).toEqual([4, 0, 0, 0, 0, 0]);
  expect(back()).toBeUndefined();
});
