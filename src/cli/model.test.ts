import { describe, expect, it } from "vitest";
import { fromArrays } from "../data/arrays.ts";
import { modelFor, parseModel } from "./model.ts";
import { shortModel } from "./runs/list-table.ts";

describe("parseModel", () => {
  it("reads hidden layers", () => {
    expect(parseModel("mlp:128,64").widths).toEqual([128, 64]);
    expect(parseModel("linear").widths).toEqual([]);
    expect(parseModel("mlp:").widths).toEqual([]);
  });

  it("reads stages of a convolutional network", () => {
    expect(parseModel("cnn:8")).toEqual({ kind: "cnn", text: "cnn:8", widths: [8] });
    expect(parseModel("cnn")).toEqual({ kind: "cnn", text: "cnn:16,32", widths: [16, 32] });
  });

  it.each([
    ["resnet", 'got "resnet"'],
    ["cnn:", 'the channels of a stage must be a whole number of at least 1, got ""'],
    ["cnn:16,x", 'got "x" in "cnn:16,x"'],
    ["mlp:a", 'got "a" in "mlp:a"'],
    ["mlp:128,", 'got "" in "mlp:128,"'],
    ["mlp:0", 'got "0"'],
    ["mlp:-3", 'got "-3"'],
    ["mlp:1.5", 'got "1.5"'],
  ])("refuses %s", (text, message) => {
    expect(() => parseModel(text)).toThrow(message);
  });
});

it("modelFor has as many outputs as there are classes or targets", () => {
  const x = [
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const classes = fromArrays(x, [0, 2, 1], { task: "classification" });
  expect(modelFor(parseModel("mlp:4"), classes).model.kind).toBe("dense(4) relu dense(3)");
  const targets = fromArrays(x, [0.5, 2.5, 1], { task: "regression" });
  expect(modelFor(parseModel("linear"), targets).model.kind).toBe("dense(1)");
});

it("modelFor has one logit for two classes with binary cross entropy, which is for no more", () => {
  const three = fromArrays([[0], [1], [2]], [0, 1, 2], { task: "classification" });
  const two = fromArrays([[0], [1], [2]], [0, 1, 1], { task: "classification" });
  const kind = (data: typeof two, loss?: string) =>
    modelFor(parseModel("linear"), data, loss).model.kind;
  expect(kind(two, "binaryCrossEntropy")).toBe("dense(1)");
  expect(kind(two, "crossEntropy")).toBe("dense(2)");
  expect(kind(two)).toBe("dense(2)");
  expect(() => kind(three, "binaryCrossEntropy")).toThrow(
    "--loss binary-cross-entropy is for two classes, and arrays has 3; use cross-entropy",
  );
});

describe("a cnn", () => {
  const labels = { data: Int32Array.of(0, 1), shape: [] };
  const bytes = (shape: readonly number[]) => ({
    ...{ name: "pictures", size: 2, task: "classification" as const, y: labels },
    x: { data: new Uint8Array(2 * shape.reduce((a, b) => a * b, 1)), shape, scale: 1 / 255 },
  });
  const kindFor = (shape: readonly number[], text = "cnn:4") =>
    modelFor(parseModel(text), bytes(shape)).model.kind;
  const stage = "conv2d(4,3x3,padding=same) maxPool2d(2x2) relu dense(2)";

  it.each([
    [[784], `reshape(1,28,28) ${stage}`],
    [[28, 20], `reshape(1,28,20) ${stage}`],
    [[3, 8, 9], stage],
    [[8, 9, 3], `channelsFirst ${stage}`],
  ])("takes rows of shape %j", (shape, kind) => {
    expect(kindFor(shape)).toBe(kind);
    expect(shortModel(kind)).toBe("cnn:4");
  });

  it("refuses what is no image, and images that it would halve too often", () => {
    const refusal = "--model cnn:4 needs images, and pictures has rows of shape";
    expect(() => kindFor([783])).toThrow(`${refusal} [783]`);
    expect(() => kindFor([8, 9, 5])).toThrow(`${refusal} [8, 9, 5]`);
    expect(() => kindFor([2, 2, 2, 2])).toThrow(`${refusal} [2, 2, 2, 2]`);
    const numbers = fromArrays([[0, 0, 0, 0], [1, 1, 1, 1]], [0, 1], { task: "classification" }); // prettier-ignore
    expect(() => modelFor(parseModel("cnn"), numbers)).toThrow("needs images");
    expect(() => kindFor([8, 8], "cnn:4,4,4,4")).toThrow(
      "--model cnn:4,4,4,4 halves images 4 times, and those of pictures are 8 × 8; give at most 3 numbers of channels",
    );
  });
});
