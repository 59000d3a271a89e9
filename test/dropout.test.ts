/**
 * @file Dropout masks: a pure function of seed, visit, layer and unit, and statistically independent. The limits of
 * the statistics are passed by right masks with probability 1 − 10⁻⁶ each; the seed is fixed.
 */
import { describe, expect, it } from "vitest";
import {
  dense,
  dropout,
  fromArrays,
  functional,
  input,
  interpreter,
  ops,
  sequential,
  sgd,
  tensor,
  train,
  type Value,
} from "../src/index.ts";
import { buildModel } from "../src/nn/model.ts";
import { examplesOf } from "../src/runtime/examples.ts";
import { configure } from "../src/train/config.ts";
import { visitKeys } from "../src/train/cursor.ts";
import { openEngine } from "../src/train/engines.ts";
import { gap } from "./support/close.ts";
import { chiSquareLimit, normalLimit } from "./support/statistics.ts";

const seed = 12;

/** What dropout makes of ones, [visits][units]: 0 or 1 / (1 − rate). */
function masks(rate: number, visits: number, units: number, layers = 1): number[][] {
  const x = input("x", "float64", ["batch", units]);
  const model = sequential(Array.from({ length: layers }, () => dropout(rate)));
  const { output, visitKeys: keys } = buildModel(model, x, true);
  const [result] = interpreter([output])(
    new Map([
      [x, tensor("float64", [visits, units], new Float64Array(visits * units).fill(1))],
      [keys!, { dtype: "int32", shape: [visits, 2], data: visitKeys(seed, 0, visits) }],
    ]),
  );
  return Array.from({ length: visits }, (_, i) =>
    Array.from(result!.data.subarray(i * units, (i + 1) * units)),
  );
}

describe("statistics of the masks", () => {
  it.each([0.1, 0.5, 0.8])("rate %d drops that share, and the mean stays 1", (rate) => {
    const [visits, units] = [1000, 119];
    const values = masks(rate, visits, units);
    const scale = 1 / (1 - rate);
    const flat = values.flat();
    expect(new Set(flat)).toEqual(new Set([0, scale]));
    const spread = Math.sqrt(visits * units * rate * (1 - rate));
    const kept = flat.filter((value) => value > 0).length;
    expect(Math.abs(kept - visits * units * (1 - rate)) / spread).toBeLessThan(normalLimit);

    // Each unit alike: χ² of the counts of 119 units, whose sum is free.
    const variance = visits * rate * (1 - rate);
    const perUnit = Array.from({ length: units }, (_, unit) =>
      values.reduce((count, row) => count + (row[unit]! > 0 ? 1 : 0), 0),
    );
    const unitStatistic = perUnit.reduce(
      (sum, count) => sum + (count - visits * (1 - rate)) ** 2 / variance,
      0,
    );
    expect(unitStatistic).toBeLessThan(chiSquareLimit[119]);
  });

  /** Sum over columns of the squared, standardised correlation of two arrays of indicators. */
  function dependence(a: number[][], b: number[][], rate: number): number {
    return a.reduce<number>((total, column, k) => {
      const products = column.reduce<number>(
        (sum, value, i) => sum + (value - (1 - rate)) * (b[k]![i]! - (1 - rate)),
        0,
      );
      return total + products ** 2 / (column.length * (rate * (1 - rate)) ** 2);
    }, 0);
  }

  it.each([0.2, 0.5])("rate %d: units are independent of one another", (rate) => {
    const rows = masks(rate, 2000, 120).map((row) => row.map((value) => (value > 0 ? 1 : 0)));
    const columns = rows[0]!.map((_, unit) => rows.map((row) => row[unit]!));
    for (const distance of [1, 2, 7]) {
      const others = columns.map((_, unit) => columns[(unit + distance) % 120]!);
      expect(
        dependence(columns.slice(0, 119), others.slice(0, 119), rate),
        `units ${distance} apart`,
      ).toBeLessThan(chiSquareLimit[119]);
    }
    // All at once: the number kept in a visit is binomial.
    const variance = 120 * rate * (1 - rate);
    const spread = rows.slice(0, 999).reduce((sum, row) => {
      const kept = row.reduce<number>((count, value) => count + value, 0);
      return sum + (kept - 120 * (1 - rate)) ** 2 / variance;
    }, 0);
    expect(spread).toBeLessThan(chiSquareLimit[999]);
    expect(spread).toBeGreaterThan(2 * 999 - chiSquareLimit[999]);
  });

  it("visits are independent of one another, and so are two layers", () => {
    const rows = masks(0.5, 120, 2000).map((row) => row.map((value) => (value > 0 ? 1 : 0)));
    for (const distance of [1, 2, 3]) {
      const others = rows.map((_, visit) => rows[(visit + distance) % 120]!);
      expect(
        dependence(rows.slice(0, 119), others.slice(0, 119), 0.5),
        `visits ${distance} apart`,
      ).toBeLessThan(chiSquareLimit[119]);
    }
    // Two layers of rate ½ keep a quarter.
    const kept = masks(0.5, 200, 100, 2).flat();
    expect(new Set(kept)).toEqual(new Set([0, 4]));
    const count = kept.filter((value) => value > 0).length;
    const deviation = (count - 20_000 / 4) / Math.sqrt(20_000 * 0.25 * 0.75);
    expect(Math.abs(deviation)).toBeLessThan(normalLimit);
  });
});

describe("masks of a run", () => {
  const units = 30;
  const ones = fromArrays(
    Array.from({ length: 64 }, () => new Array<number>(units).fill(1)),
    Array.from({ length: 64 }, () => [0]),
    { task: "regression", dtype: "float64" },
  );
  /** A linear model of ones, after dropout, whose loss is its output: its gradient is the mean of the masks. */
  const model = sequential([dropout(0.4), dense(1, { bias: false })]);
  const options = {
    loss: { name: "output", perExample: (output: Value) => ops.reduceSum(output, { axes: [1] }) },
    optimizer: sgd({ learningRate: 1 }),
    dtype: "float64",
    metrics: [],
    seed,
  } as const;

  it("are those of the visit, whatever the batch: 64 at once are 64 one by one", async () => {
    for (const engine of ["onnx", "loops"] as const) {
      const config = configure(model, ones, { ...options, engine });
      const opened = await openEngine(config);
      const at = async (first: number, rows: number) => {
        const indices = Int32Array.from({ length: rows }, (_, i) => first + i);
        const keys = visitKeys(seed, first, rows);
        const { gradients } = await opened.gradient(
          config.initial,
          examplesOf(ones, indices, keys),
        );
        return Array.from(gradients[0]!.data);
      };
      const expected = masks(0.4, 64, units);
      const mean = new Array<number>(units).fill(0);
      for (let visit = 0; visit < 64; visit++) {
        const mask = await at(visit, 1);
        expect(gap(mask, expected[visit]!)).toBeLessThan(1e-15);
        mask.forEach((value, unit) => (mean[unit]! += value / 64));
      }
      expect(gap(await at(0, 64), mean)).toBeLessThan(1e-14);
      await opened.close();
    }
  });

  it("go on over the epochs, and end with training", async () => {
    const { model: trained } = await train(model, ones, {
      ...options,
      batchSize: "full",
      epochs: 2,
    }).result;
    const stopped = await train(model, ones, { ...options, signal: AbortSignal.abort() }).result;
    const visited = masks(0.4, 128, units);
    const [end, start] = [trained, stopped.model].map(
      ({ parameters }) => parameters["1.weight"]!.data,
    );
    const moved = Array.from(start!, (value, unit) => value - end![unit]!);
    const expected = moved.map((_, unit) => visited.reduce((sum, row) => sum + row[unit]! / 64, 0));
    expect(gap(moved, expected)).toBeLessThan(1e-13);
    const [output] = (await trained.predict(ones.x)).data;
    expect(output).toBeCloseTo(
      Array.from(end!).reduce((total, value) => total + value, 0),
      12,
    );
  });

  it("are the same at rate 0 as none", async () => {
    const none = functional((x, apply) => apply(dense(1, { bias: false }), apply(dropout(0), x)));
    const { model: trained } = await train(none, ones, { ...options, batchSize: "full" }).result;
    const stopped = await train(none, ones, { ...options, signal: AbortSignal.abort() }).result;
    const [end, start] = [trained, stopped.model].map(
      ({ parameters }) => Object.values(parameters)[0]!.data,
    );
    expect(
      gap(
        Array.from(start!, (v, unit) => v - end![unit]!),
        new Array<number>(units).fill(1),
      ),
    ).toBeLessThan(1e-13);
  });
});
