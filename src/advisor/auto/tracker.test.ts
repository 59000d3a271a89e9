import { expect, it } from "vitest";
import { threeClasses } from "../../../test/support/runs.ts";
import { dense, sequential } from "../../index.ts";
import { configure } from "../../train/config.ts";
import { openTracker } from "./tracker.ts";

it("pays for its first look later where threads make updates faster than its own one does", async () => {
  const config = configure(sequential([dense(3)]), threeClasses(600), { seed: 1 });
  const firstLook = async (threads: number) => {
    const tracker = await openTracker({ ...config, threads }, {});
    await tracker.close();
    return tracker.firstLook;
  };
  // A probe of 512 examples costs 4.5 × 512 + 2 × 1600 examples of training, and may be 1.4 % of them.
  expect(await firstLook(1)).toBe(393_143);
  // 661,000 with two threads, as `trackNoise` says: 2^¾ times the speed.
  expect((await firstLook(2)) / 393_143).toBeCloseTo(2 ** 0.75, 4);
  expect((await firstLook(4)) / 393_143).toBeCloseTo(4 ** 0.75, 4);
});
