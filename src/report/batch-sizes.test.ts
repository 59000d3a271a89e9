import { expect, it } from "vitest";
import { sizesText, sizesUsed } from "./batch-sizes.ts";

it("leaves out a size that no update was made with", () => {
  expect(sizesUsed(32, [])).toEqual([32]);
  expect(sizesUsed(32, [{ updates: 0, batchSize: 64 }])).toEqual([64]);
  expect(sizesUsed(32, [{ updates: 7, batchSize: 64 }])).toEqual([32, 64]);
  const both = [
    { updates: 0, batchSize: 64 },
    { updates: 11_491, batchSize: 16 },
  ];
  expect(sizesUsed(32, both)).toEqual([64, 16]);
});

it("tells the first and the last ones of many", () => {
  expect(sizesText([64], String)).toBe("64");
  expect(sizesText([64, 16, 32, 8], String)).toBe("64 → 16 → 32 → 8");
  expect(sizesText([64, 16, 32, 8, 4, 2], String)).toBe("64 → … → 4 → 2");
});
