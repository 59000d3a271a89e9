import { expect, it } from "vitest";
import { watchReads } from "./read-costs.ts";

/** Reads that take `seek` seconds and `byte` a byte. */
const device = (seek: number, byte: number) => {
  let [clock, cost] = [0, { seek, byte }];
  const reads = watchReads(
    ({ length }) => (clock += cost.seek + cost.byte * length),
    () => clock,
  );
  const make = (count: number, bytes: number): void => {
    for (let i = 0; i < count; i++) reads.read(new Uint8Array(bytes), 0);
  };
  return { ...reads, make, change: (to: typeof cost) => (cost = to) };
};

it("a gap is worth as many bytes as a read takes the time of", () => {
  const memory = device(0.7e-6, 1.2e-10);
  expect(memory.gapBytes()).toBe(2048);
  memory.make(800, 160);
  memory.make(800, 2 ** 20);
  expect(memory.gapBytes() / (0.7e-6 / 1.2e-10)).toBeCloseTo(1, 1);
  const disk = device(80e-6, 1e-9);
  disk.make(800, 160);
  expect(disk.gapBytes()).toBe(2 ** 18);
  disk.make(800, 2 ** 20);
  expect(disk.gapBytes() / 80e3).toBeCloseTo(1, 0);
});

it("follows a file that comes into memory", () => {
  const { make, change, gapBytes } = device(80e-6, 1e-9);
  make(32, 160);
  make(320, 2 ** 18);
  expect(gapBytes()).toBeGreaterThan(50e3);
  change({ seek: 0.7e-6, byte: 1.2e-10 });
  for (let window = 0; window < 20; window++) {
    make(32, 160);
    make(320, 2 ** 18);
    gapBytes();
  }
  expect(gapBytes()).toBeLessThan(8e3);
});
