import { describe, expect, it } from "vitest";
import type { SplitDataset } from "./data/dataset.ts";
import { countsOf } from "../test/support/statistics.ts";
import {
  circles,
  datasetNames,
  digits,
  iris,
  linear,
  loadDataset,
  mnist,
  moons,
  spirals,
} from "./datasets.ts";
import { InputError } from "./errors.ts";

/** All values of both parts. */
function textOf({ training, test }: SplitDataset): string {
  return [training, test].map(({ x, y }) => `${x.data.join()};${y.data.join()}`).join("|");
}

describe("split sets", () => {
  it.each([
    ["digits", digits, 1437, 360],
    ["iris", iris, 120, 30],
    ["moons", moons, 800, 200],
    ["circles", circles, 800, 200],
    ["spirals", spirals, 800, 200],
    ["linear", linear, 800, 200],
  ] as const)("%s", async (name, load, training, test) => {
    const split = await load();
    expect([split.training.size, split.test.size]).toEqual([training, test]);
    expect([split.training.name, split.test.name]).toEqual([name, name]);
    expect(textOf(await load({ seed: 0 }))).toBe(textOf(split));
    expect(textOf(await load({ seed: 1 }))).not.toBe(textOf(split));
    expect((await load({ testSplit: 0.5 })).test.size).toBe(Math.ceil((training + test) / 2));
    expect(textOf(await loadDataset(name))).toBe(textOf(split));
  });

  it("keep the proportions of the classes", async () => {
    const { training, test } = await iris({ seed: 3 });
    expect(countsOf(training.y.data, 3)).toEqual([40, 40, 40]);
    expect(countsOf(test.y.data, 3)).toEqual([10, 10, 10]);
  });

  it("linear comes with the optimum of its training part", async () => {
    const { training, optimum } = await linear({ examples: 100, features: 3, dtype: "float64" });
    // At the optimum the residuals are orthogonal to every feature and to the constant.
    const gradient = [0, 0, 0, 0];
    for (let i = 0; i < training.size; i++) {
      const row = [...training.x.data.subarray(3 * i, 3 * i + 3), 1];
      const parameters = [...optimum.weights, optimum.bias];
      const residual = row.reduce(
        (sum, v, j) => sum + v * (parameters[j] ?? 0),
        -(training.y.data[i] ?? 0),
      );
      row.forEach((v, j) => (gradient[j] = (gradient[j] ?? 0) + (v * residual) / training.size));
    }
    for (const component of gradient) expect(Math.abs(component)).toBeLessThan(1e-13);
  });

  it.each([0, 1, -1, NaN])("refuse testSplit %d", async (testSplit) => {
    await expect(moons({ testSplit })).rejects.toThrow(
      new InputError(`testSplit must be above 0 and below 1, got ${testSplit}`),
    );
  });
});

describe("loadDataset", () => {
  it("knows the built-in names and hands options on", async () => {
    expect(datasetNames).toEqual([
      "mnist",
      "fashion-mnist",
      "digits",
      "iris",
      "moons",
      "circles",
      "spirals",
      "linear",
    ]);
    const { training } = await loadDataset("spirals", { examples: 90, classes: 3, noise: 0 });
    expect([training.size, training.classes?.length]).toEqual([72, 3]);
    const nowhere = { folder: "/nowhere" };
    await expect(loadDataset("mnist", nowhere)).rejects.toThrow(/^MNIST files not found/);
    await expect(mnist(nowhere)).rejects.toThrow(/^MNIST files not found/);
  });

  const known = "Built-in: mnist, fashion-mnist, digits, iris, moons, circles, spirals, linear";
  it.each([
    ["mnits", `unknown data "mnits": did you mean "mnist"? ${known}`],
    ["moon", `unknown data "moon": did you mean "moons"? ${known}`],
    ["fashion_mnist", `unknown data "fashion_mnist": did you mean "fashion-mnist"? ${known}`],
    ["weather.csv", `unknown data "weather.csv". ${known}`],
    ["toString", `unknown data "toString". ${known}`],
    ["", `unknown data "". ${known}`],
  ])("refuses %j", async (name, message) => {
    await expect(loadDataset(name)).rejects.toThrow(new InputError(message));
  });
});
