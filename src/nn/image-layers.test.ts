import { describe, expect, it } from "vitest";
import { input } from "../graph/value.ts";
import { dense, relu } from "./layers.ts";
import { averagePool2d, conv2d, globalAveragePool2d, maxPool2d, reshape } from "./image-layers.ts";
import { buildModel, type Layer } from "./model.ts";
import { sequential } from "./sequential.ts";

const built = (layers: readonly Layer[], shape: readonly number[] = [3, 9, 8]) =>
  buildModel(sequential(layers), input("x", "float32", ["batch", ...shape]), true);

describe("shapes", () => {
  it.each([
    [conv2d({ filters: 4 }), [4, 7, 6], "conv2d(4,3x3)"],
    [
      conv2d({ filters: 4, padding: 1, stride: [2, 3] }),
      [4, 5, 3],
      "conv2d(4,3x3,stride=2x3,padding=1)",
    ],
    [
      conv2d({ filters: 4, kernelSize: [5, 2], padding: "same" }),
      [4, 9, 8],
      "conv2d(4,5x2,padding=same)",
    ],
    [
      conv2d({ filters: 6, groups: 3, dilation: 2 }),
      [6, 5, 4],
      "conv2d(6,3x3,dilation=2,groups=3)",
    ],
    [maxPool2d(), [3, 4, 4], "maxPool2d(2x2)"],
    [
      maxPool2d({ kernelSize: 3, stride: 2, padding: 1 }),
      [3, 5, 4],
      "maxPool2d(3x3,stride=2,padding=1)",
    ],
    [maxPool2d({ ceilMode: true }), [3, 5, 4], "maxPool2d(2x2,ceilMode=true)"],
    [averagePool2d({ kernelSize: [3, 4] }), [3, 3, 2], "averagePool2d(3x4)"],
    [globalAveragePool2d(), [3], "globalAveragePool2d"],
    [reshape([72, 3]), [72, 3], "reshape(72,3)"],
  ] as const)("%#", (layer, shape, kind) => {
    expect(built([layer]).output.shape).toEqual(["batch", ...shape]);
    expect(layer.kind).toBe(kind);
  });

  it("parameters are named and laid out as in PyTorch", () => {
    const layers = [conv2d({ filters: 6, kernelSize: [3, 2], groups: 3 }), relu(), dense(10)];
    expect(built(layers).parameters.map(({ name, shape, fans }) => [name, shape, fans])).toEqual([
      ["0.weight", [6, 1, 3, 2], { fanIn: 6, fanOut: 36 }],
      ["0.bias", [6], { fanIn: 6, fanOut: 36 }],
      ["2.weight", [10, 6 * 7 * 7], { fanIn: 294, fanOut: 10 }],
      ["2.bias", [10], { fanIn: 294, fanOut: 10 }],
    ]);
    expect(built([conv2d({ filters: 2, bias: false })]).parameters).toHaveLength(1);
  });

  it.each([[[784]], [[28, 28]]])("rows %j become images by reshape", (row) => {
    expect(built([reshape([1, 28, 28]), conv2d({ filters: 2 })], row).output.shape).toEqual([
      "batch",
      ...[2, 26, 26],
    ]);
  });
});

describe("refusals", () => {
  const conv = (options: object) => () => conv2d({ filters: 4, ...options });
  it.each([
    [conv({ filters: 0 }), "conv2d: filters must be a whole number of at least 1, got 0"],
    [conv({ kernelSize: 2.5 }), "conv2d: kernelSize must be a whole number of at least 1, got 2.5"],
    [conv({ kernelSize: [3] }), "conv2d: kernelSize must be a whole number or [height, width]"],
    [conv({ stride: [1, 0] }), "conv2d: stride must be a whole number of at least 1, got 0"],
    [conv({ padding: -1 }), "conv2d: padding must be a whole number of at least 0, got -1"],
    [
      conv({ padding: "full" }),
      'conv2d: padding must be "same", "valid" or a whole number, got "full"',
    ],
    [() => maxPool2d({ kernelSize: 0 }), "maxPool2d: kernelSize must be a whole number"],
    [() => reshape([1, -1]), "reshape: shape must be a whole number of at least 1, got -1"],
    [
      () => built([conv2d({ filters: 4 })], [784]),
      "expected images [batch, channels, height, width], got [batch, 784]; put a layer such as reshape([1, 28, 28]) before it (layer 0: conv2d(4,3x3))",
    ],
    [
      () => built([maxPool2d()], [28, 28]),
      "expected images [batch, channels, height, width], got [batch, 28, 28]",
    ],
    [
      () => built([conv2d({ filters: 4, groups: 2 })]),
      "3 channels do not divide into 2 groups (layer 0: conv2d(4,3x3,groups=2))",
    ],
    [
      () => built([conv2d({ filters: 4, kernelSize: 11 })]),
      "Conv: a window of 11 is longer than the padded axis of 9 (layer 0: conv2d(4,11x11))",
    ],
    [
      () => built([reshape([2, 100])]),
      "Reshape: sizes differ: [batch, 3, 9, 8] and [batch, 2, 100]",
    ],
  ])("%#", (make, message) => {
    expect(make).toThrow(message);
  });
});
