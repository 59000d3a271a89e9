/** @file Which examples are pictures, and of what. */
import { expect, it } from "vitest";
import { number, table } from "../../test/support/tables.ts";
import type { Dataset } from "../data/dataset.ts";
import { prepareTable } from "../data/table/prepare.ts";
import { exampleViews } from "./example-views.ts";

function bytes(shape: readonly number[], values: readonly number[], scale?: number): Dataset {
  const size = values.length / shape.reduce((a, b) => a * b, 1);
  return {
    name: "made",
    size,
    x: { data: Uint8Array.from(values), shape, ...(scale !== undefined && { scale }) },
    y: { data: Int32Array.from({ length: size }, (_, i) => i % 2), shape: [] },
    task: "classification",
    classes: ["no", "yes"],
  };
}

it("makes a square of flat bytes, brought to 0 to 255 by their scale", () => {
  const data = bytes([4], [0, 1, 2, 3, 16, 8, 4, 0], 1 / 16);
  expect(exampleViews(data, [{ index: 1 }])).toEqual([
    {
      index: 1,
      label: "yes",
      values: null,
      // 16 / 16 · 255, 8 / 16 · 255 = 127.5, 4 / 16 · 255 = 63.75
      image: { channels: 1, height: 2, width: 2, pixels: [255, 128, 64, 0] },
    },
  ]);
});

it("keeps the channels of an image", () => {
  const values = Array.from({ length: 18 }, (_, i) => i);
  const [view] = exampleViews(bytes([3, 2, 3], values, 1 / 255), [{ index: 0 }]);
  expect(view?.image).toEqual({ channels: 3, height: 2, width: 3, pixels: values });
});

it("makes no picture of what is none", () => {
  const images = [
    bytes([4], [0, 1, 2, 3]), // numbers without a scale
    bytes([5], [0, 1, 2, 3, 4], 1 / 255), // no square
    bytes([2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7], 1 / 255), // two channels
  ].flatMap((data) => exampleViews(data, [{ index: 0 }]).map(({ image }) => image));
  expect(images).toEqual([null, null, null]);
});

it("tells the number that is to be predicted", () => {
  const data: Dataset = {
    name: "numbers",
    size: 2,
    x: { data: Float32Array.of(1, 2), shape: [1] },
    y: { data: Float32Array.of(0.5, 1 / 3), shape: [] },
    task: "regression",
  };
  expect(exampleViews(data, [{ index: 1 }])).toEqual([
    {
      ...{ index: 1, label: "0.333333", image: null },
      values: { shown: [{ name: "x[0]", value: 2, missing: false }], more: 0 },
    },
  ]);
});

it("shows the values and the target of a table as its columns have them, and how many there are beyond twelve", () => {
  const heights = [160, 170, 180, 190];
  const columns = Array.from({ length: 13 }, (_, i) => number(`c${i}`, [1, 2, 3, i]));
  const { training, preprocessing } = prepareTable(
    table(number("height", heights), ...columns, number("weight", [55.5, 70, 80, 95])),
    { target: "weight", split: 0 },
  );
  const [view] = exampleViews(training, [{ index: 3 }], preprocessing);
  expect(view).toMatchObject({ label: "95", image: null, values: { more: 2 } });
  expect(view?.values?.shown).toHaveLength(12);
  expect(view?.values?.shown.slice(0, 3)).toEqual([
    { name: "height", value: 190, missing: false },
    { name: "c0", value: 0, missing: false },
    { name: "c1", value: 1, missing: false },
  ]);
});
