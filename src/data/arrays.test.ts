import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { fromArrays } from "./arrays.ts";
import type { NestedNumbers } from "./table.ts";

const xor: [number[][], number[]] = [
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  [0, 1, 1, 0],
];

describe("inputs", () => {
  it("nested arrays of any depth become rows of float32", () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(shape, fc.infiniteStream(finite), ([n, h, w], numbers) => {
        const next = (): number => numbers.next().value as number;
        const list = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);
        const x = list(n, () => list(h, () => list(w, next)));
        const dataset = fromArrays(
          x,
          list(n, () => 0),
        );
        expect([dataset.size, dataset.x.shape]).toEqual([n, [h, w]]);
        expect(dataset.x.data).toEqual(Float32Array.from(x.flat(2)));
      }),
    );
  });

  it("rows may be typed arrays", () => {
    const rows = xor[0].map((row) => Int16Array.from(row));
    expect(fromArrays(rows, xor[1]).x).toEqual(fromArrays(...xor).x);
  });

  it("flat arrays are cut by the number of targets, or by shape", () => {
    expect(fromArrays(xor[0].flat(), xor[1]).x).toEqual(fromArrays(...xor).x);
    expect(fromArrays([1, 2, 3], [0, 1, 0]).x.shape).toEqual([1]);
    expect(fromArrays(new Float32Array(12), [0, 1], { shape: [2, 3] }).x.shape).toEqual([2, 3]);
  });

  it("typed arrays of the right type are not copied", () => {
    const [float32, float64, bytes] = [new Float32Array(4), new Float64Array(4), new Uint8Array(4)];
    expect(fromArrays(float32, [0, 1]).x.data).toBe(float32);
    expect(fromArrays(float64, [0, 1], { dtype: "float64" }).x.data).toBe(float64);
    expect(fromArrays(bytes, [0, 1], { scale: 1 / 255 }).x).toEqual({
      data: bytes,
      shape: [2],
      scale: 1 / 255,
    });
    expect(fromArrays(new Uint8ClampedArray(bytes.buffer), [0, 1]).x.data.buffer).toBe(
      bytes.buffer,
    );
  });

  it("other typed arrays are converted: float32 unless float64 is asked for", () => {
    expect(fromArrays(new Float64Array([0.1, 2]), [0, 1]).x.data).toEqual(Float32Array.of(0.1, 2));
    expect(fromArrays(Float32Array.of(0.5), [0], { dtype: "float64" }).x.data).toEqual(
      Float64Array.of(0.5),
    );
    expect(fromArrays(Uint8Array.of(3), [0], { dtype: "float32" }).x.data).toEqual(
      Float32Array.of(3),
    );
    expect(fromArrays(Int32Array.of(-3), [0]).x.data).toEqual(Float32Array.of(-3));
  });

  it.each<[string, NestedNumbers, number[], object, string]>([
    ["nothing", [], [], {}, "y is empty; give at least one example"],
    ["no inputs", [], [1], {}, "x is empty; give at least one example"],
    ["an empty row", [[]], [1], {}, "x[0] is empty; give at least one value"],
    [
      "NaN",
      [
        [1, 2],
        [3, NaN],
      ],
      [0, 1],
      {},
      "x[1][1] is NaN as float32 (row 1, column 1, counted from 0); every value must be a finite number",
    ],
    [
      "infinity",
      new Float64Array([1, 2, Infinity, 4]),
      [0, 1],
      { dtype: "float64" },
      "x[1][0] is Infinity (row 1, column 0, counted from 0)",
    ],
    ["too large for float32", [[1e300]], [0], {}, "x[0][0] is Infinity as float32"],
    [
      "NaN deep inside",
      [
        [
          [1, 2],
          [3, NaN],
        ],
      ],
      [0],
      {},
      "x[0][1][1] is NaN as float32 (row 0, column 3, counted from 0)",
    ],
    [
      "ragged",
      [[1, 2], [3]],
      [0, 1],
      {},
      "x has ragged rows: x[1] has 1 values, expected 2 as in the first row",
    ],
    [
      "ragged deep inside",
      [[[1, 2], [3]]],
      [0],
      {},
      "x has ragged rows: x[0][1] has 1 values, expected 2 as in the first row",
    ],
    ["uneven depth", [[1], 2], [0, 1], {}, "x[1] must be an array of 1 values, got 2"],
    ["a text", [[1], ["2" as never]], [0, 1], {}, 'x[1][0] must be a number, got "2"'],
    ["a hole", [1, undefined as never], [0, 1], {}, "x[1][0] must be a number, got undefined"],
    [
      "fewer targets",
      [[1], [2]],
      [0],
      {},
      "x and y must have a row an example: x has 2 rows, y has 1",
    ],
    [
      "flat and uneven",
      [1, 2, 3],
      [0, 1],
      {},
      "x must hold a multiple of the 2 examples that y has; got 3 values",
    ],
    [
      "another shape",
      [1, 2, 3, 4],
      [0, 1],
      { shape: [3] },
      "x must hold 2 rows of shape [3], 6 values; got 4 values",
    ],
    [
      "another nested shape",
      [[1, 2]],
      [0],
      { shape: [3] },
      "x must have rows of shape [3], got [2]",
    ],
    [
      "a wrong shape",
      [1],
      [0],
      { shape: [0] },
      "the shape of a row of x must be one or more whole numbers of at least 1, got [0]",
    ],
    ["scale 0", [1], [0], { scale: 0 }, "scale must be a positive number, got 0"],
  ])("refuses %s", (_, x, y, options, message) => {
    expect(() => fromArrays(x, y, options)).toThrow(message);
    expect(() => fromArrays(x, y, options)).toThrow(InputError);
  });
});
