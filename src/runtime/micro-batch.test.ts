/** @file How batches are cut: by the caches where rows are small, by eight where a row alone fills them. */
import { describe, expect, it } from "vitest";
import { cnnLayers, dense, losses, relu, reshape, sequential, fromArrays } from "../index.ts";
import type { Model } from "../nn/model.ts";
import { configure } from "../train/config.ts";
import { bytesPerExample, defaultMicroBatching } from "./micro-batch.ts";

const images = fromArrays(new Float32Array(2 * 784), [0, 1], { name: "images" });
const specOf = (model: Model) =>
  configure(model, images, { loss: losses.crossEntropy(), seed: 1 }).spec;

describe("passes of a batch", () => {
  it("hold what the caches hold of small rows", () => {
    const spec = specOf(sequential([dense(128), relu(), dense(10)]));
    const { largest, pass } = defaultMicroBatching(spec);
    const bytes = bytesPerExample(spec);
    expect(pass * bytes).toBeLessThanOrEqual(3 * 2 ** 20);
    expect((pass + 1) * bytes).toBeGreaterThan(3 * 2 ** 20);
    expect(largest).toBeGreaterThan(pass);
  });

  it("hold eight rows that are large, as far as the memory goes", () => {
    const spec = specOf(sequential([reshape([1, 28, 28]), ...cnnLayers([16, 32], 10)]));
    const bytes = bytesPerExample(spec);
    expect(2 * bytes).toBeGreaterThan(3 * 2 ** 20);
    expect(defaultMicroBatching(spec).pass).toBe(8);
    expect(defaultMicroBatching(spec, 5 * bytes)).toEqual({ largest: 5, pass: 5 });
    expect(defaultMicroBatching(spec, 1)).toEqual({ largest: 1, pass: 1 });
  });
});
