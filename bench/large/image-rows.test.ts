import { expect, it } from "vitest";
import { fromArrays } from "../../src/index.ts";
import { imageBlocks } from "./image-rows.ts";
import { mergedCases, type ImageCase } from "./image-tables.ts";

it("images come again and again, as bytes and as floats of the same value", () => {
  const images = fromArrays([[0, 255], [51, 102], [3, 4]].map((row) => Uint8Array.from(row)), [0, 1, 2]); // prettier-ignore
  const scaled = { ...images, x: { ...images.x, data: Uint8Array.of(0, 255, 51, 102, 3, 4), scale: 1 / 255 } }; // prettier-ignore
  const [whole, part, ...others] = [...imageBlocks(scaled, 5, "uint8")];
  expect(others).toEqual([]);
  expect([whole!.size, part!.size]).toEqual([3, 2]);
  expect([...part!.x.data]).toEqual([0, 255, 51, 102]);
  expect(part!.x.scale).toBe(1 / 255);
  expect([...part!.y.data]).toEqual([0, 1]);
  const [floats] = [...imageBlocks(scaled, 2, "float32")];
  expect(floats!.x.scale).toBeUndefined();
  expect([...floats!.x.data]).toEqual([0, 1, 0.2, 0.4].map(Math.fround));
});

it("cases that are measured anew take the places of the old ones", () => {
  const of = (type: ImageCase["type"], threads: ImageCase["threads"], rows: number): ImageCase =>
    ({ type, threads, rows }) as ImageCase;
  const known = [of("uint8", "auto", 1), of("float32", "auto", 2)];
  const merged = mergedCases(known, [of("uint8", "auto", 3), of("uint8", 1, 4)]);
  expect(merged.map(({ rows }) => rows)).toEqual([3, 2, 4]);
});
