import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { averagePool, conv, convTranspose, maxPool } from "./ops-windows.ts";
import { tensor, type Shape } from "./types.ts";
import { constant, input, nodeOf } from "./value.ts";

const image = (shape: Shape) => input("x", "float32", shape);
const filters = (shape: Shape) => input("w", "float32", shape);

describe("automatic padding", () => {
  // ⌈n / s⌉ places; the odd element of padding is at the end ("upper") or at the beginning ("lower")
  it.each([
    ["same-upper", [3, 3], [1, 1, 2, 2]],
    ["same-lower", [3, 3], [2, 2, 1, 1]],
    ["valid", [2, 2], [0, 0, 0, 0]],
  ] as const)("%s", (autoPad, places, pads) => {
    const y = conv(image([1, 1, 6, 6]), filters([2, 1, 5, 5]), undefined, {
      autoPad,
      strides: [2, 2],
    });
    expect(nodeOf(y, "Conv")!.attributes.pads).toEqual(pads);
    if (autoPad !== "valid") expect(y.shape).toEqual([1, 2, ...places]);
  });

  it("keeps the length at stride 1, dilated too", () => {
    const y = conv(image(["batch", 1, 28, 28]), filters([8, 1, 5, 3]), undefined, {
      autoPad: "same-upper",
      dilations: [1, 2],
    });
    expect(y.shape).toEqual(["batch", 8, 28, 28]);
    expect(maxPool(image([1, 1, 5]), [3], { autoPad: "same-lower" }).shape).toEqual([1, 1, 5]);
  });

  it("of a transposed convolution makes the output stride times as long", () => {
    const y = convTranspose(image([1, 1, 5, 4]), filters([1, 1, 3, 3]), undefined, {
      autoPad: "same-upper",
      strides: [2, 3],
    });
    expect(y.shape).toEqual([1, 1, 10, 12]);
  });
});

describe("known results", () => {
  const run = (y: Parameters<typeof evaluate>[0][number]) => [...evaluate([y], new Map())[0]!.data];
  const row = (values: readonly number[]) =>
    constant(tensor("float64", [1, 1, values.length], values));

  it("a convolution slides the filter without turning it", () => {
    expect(run(conv(row([1, 2, 3, 4]), row([1, 10])))).toEqual([21, 32, 43]);
  });

  it("a transposed convolution multiplies polynomials: (1 + 2x + 3x²)(4 + 5x)", () => {
    expect(run(convTranspose(row([1, 2, 3]), row([4, 5])))).toEqual([4, 13, 22, 15]);
  });

  it("in ceil mode a last window may stand out, but not start in the padding", () => {
    expect(run(maxPool(row([1, 5, 2, 4, 3]), [2], { strides: [2], ceilMode: true }))).toEqual([
      5, 4, 3,
    ]);
    expect(run(maxPool(row([1, 5, 2, 4, 3]), [2], { strides: [2] }))).toEqual([5, 4]);
    const padded = maxPool(row([1, 5, 2, 4, 3]), [2], {
      strides: [3],
      pads: [1, 1],
      ceilMode: true,
    });
    expect(run(padded)).toEqual([1, 4]);
  });

  it("an average counts padding on request only", () => {
    const options = { strides: [2], pads: [1, 1] };
    expect(run(averagePool(row([2, 4, 6, 8]), [2], options))).toEqual([2, 5, 8]);
    expect(run(averagePool(row([2, 4, 6, 8]), [2], { ...options, countIncludePad: true }))).toEqual(
      [1, 5, 4],
    );
  });
});
