/** @file Races on data that is not in memory are those on the same examples in memory. */
import { describe, expect, it } from "vitest";
import {
  adviseBatchSize,
  compare,
  criticalBatchSize,
  dense,
  dropout,
  findLearningRate,
  fitStandardization,
  leastSquares,
  measureNoise,
  relu,
  sequential,
  splitDataset,
  study,
  take,
  type CompareOptions,
  type Dataset,
  type Race,
  type StoredDataset,
} from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";
import { storeOf, type Store } from "./support/stored.ts";

const data = threeClasses(300, 5, "float32");
const validation = threeClasses(60, 5, "float32");
const model = sequential([dense(6), relu(), dropout(0.2), dense(3)]);
const options: CompareOptions = {
  ...{ batchSizes: [1, 32, "full"], epochs: 2, seed: 4 },
  ...{ noisePoints: 3, evaluations: 5, target: { monitor: "accuracy", value: 0.5 } },
};

/** A race without what the clock, the memory and the date say. */
function comparable({ data: { stored: _, ...about }, environment: __, ...race }: Race) {
  const bare = JSON.stringify({ ...race, data: about }, (key, value: unknown) =>
    /seconds$|samplesPerSecond|memoryBytes|timeRatio/i.test(key) ? undefined : value,
  );
  return JSON.parse(bare) as unknown;
}

const raced = async (set: Dataset | StoredDataset, more: CompareOptions) =>
  compare(model, set, { ...options, ...more }).result;

const allClosed = (stores: readonly Store[]) => stores.every((store) => store.open() === 0);

describe("a race on stored data", () => {
  it("is bit by bit that in memory: rates, curves, noise, and the paths on the loss surface", async () => {
    const inMemory = await raced(data, { validation });
    for (const windowRows of [300, 300_000]) {
      const stores = [storeOf(data, windowRows), storeOf(validation, 60)] as const;
      const stored = await raced(stores[0].data, { validation: stores[1].data });
      expect(comparable(stored)).toEqual(comparable(inMemory));
      expect(stored.data.stored).toEqual({ windowRows });
      expect(allClosed(stores)).toBe(true);
    }
    expect(inMemory.plane).not.toBeNull();
    expect(inMemory.data.stored).toBeUndefined();
    expect(inMemory.runs[0]!.gradientNoise!.relativeError.length).toBe(3);
  });

  it("with little memory is the same to rounding, and draws the surface from as many examples as fit", async () => {
    const dtype = "float64";
    const fixed = { dtype, learningRate: 0.1, epochs: 1 } as const;
    const wide = threeClasses(300, 5, "float64");
    const wideValidation = threeClasses(60, 5, "float64");
    const inMemory = await raced(wide, { ...fixed, validation: wideValidation });
    const rowBytes = 5 * 8 + 4;
    const stored = await raced(
      { ...storeOf(wide, 40).data, workBytes: 2 * 100 * rowBytes },
      { ...fixed, validation: storeOf(wideValidation, 17).data },
    );
    expect(stored.plane).toMatchObject({ examples: 100, allExamples: false });
    expect(inMemory.plane).toMatchObject({ examples: 300, allExamples: true });
    for (const [r, run] of stored.runs.entries()) {
      const other = inMemory.runs[r]!;
      const numbers = ({ trainLoss, curve, gradientNoise: noise }: typeof run) => [
        trainLoss,
        ...curve.validationLoss,
        ...noise!.fullNorm,
        ...noise!.relativeError,
        ...noise!.cosine,
      ];
      numbers(run).forEach((value, i) => {
        expect(Math.abs(value - numbers(other)[i]!)).toBeLessThan(1e-12);
      });
    }
  });

  it("on both engines", async () => {
    const few = { engines: ["onnx", "loops"], batchSizes: [64], learningRate: 0.1 } as const;
    const inMemory = await raced(data, { ...few, validation });
    const stored = await raced(storeOf(data, 300).data, { ...few, validation });
    expect(comparable(stored)).toEqual(comparable(inMemory));
    expect(stored.engines.length).toBe(1);
  });

  it("that is stopped closes its readers", async () => {
    const stop = new AbortController();
    const stores = [storeOf(data, 60), storeOf(validation, 17)] as const;
    const race = compare(model, stores[0].data, {
      ...{ ...options, epochs: 1000, learningRate: 0.1 },
      ...{ validation: stores[1].data, signal: stop.signal },
    });
    for await (const event of race)
      if (event.type === "lane" && event.event.type === "progress") stop.abort();
    expect((await race.result).complete).toBe(false);
    expect(allClosed(stores)).toBe(true);
  });

  it("needs validation data, since a part of what is stored cannot be set apart", () => {
    expect(() => compare(model, storeOf(data, 60).data, options)).toThrow(
      "validation must be given for stored data",
    );
  });
});

describe("noise of stored data", () => {
  const wide = threeClasses(300, 5, "float64");

  it("at one point is that in memory", async () => {
    const at = { dtype: "float64", seed: 2, examples: 200, batches: 8, microBatch: 10 } as const;
    const { seconds: _, ...stored } = await measureNoise(model, storeOf(wide, 30).data, at).result;
    const { seconds: __, ...inMemory } = await measureNoise(model, wide, at).result;
    expect(stored).toEqual(inMemory);
    expect(stored.curvature).not.toBeNull();
  });

  it("along a pilot, too", async () => {
    const how = { batchSize: 16, learningRate: 0.05, epochs: 1, probes: 4, seed: 2 } as const;
    const given = { ...how, examples: 200, microBatch: 8 };
    const store = storeOf(data, 64);
    const stored = await criticalBatchSize(model, store.data, given).result;
    const inMemory = await criticalBatchSize(model, data, given).result;
    expect(stored.criticalBatchSize).toEqual(inMemory.criticalBatchSize);
    expect(store.open()).toBe(0);
  });
});

describe("what needs its data in memory", () => {
  it.each([
    ["adviseBatchSize", adviseBatchSize],
    ["study", study],
  ])("refuses stored data and says what to do: %s", (name, call) => {
    expect(() => call(model, storeOf(data, 60).data as unknown as Dataset)).toThrow(
      `${name} needs its data in memory, got a stored data set; give it a sample, such as loadFile(path, { query: "SELECT * FROM data USING SAMPLE`,
    );
  });
});

describe("functions of data in memory", () => {
  const { data: stored } = storeOf(data, 60) as unknown as { readonly data: Dataset };
  it.each<[string, () => unknown]>([
    ["take", () => take(stored, [0])],
    ["splitDataset", () => splitDataset(stored, { validationSplit: 0.5 })],
    ["fitStandardization", () => fitStandardization(stored)],
    ["leastSquares", () => leastSquares(stored)],
  ])("refuse stored data in the same words: %s", (name, call) => {
    expect(call).toThrow(
      `${name} needs its data in memory, got a stored data set; give it a sample, such as loadFile(`,
    );
  });
});

describe("a search for a learning rate on stored data", () => {
  it("finds what it finds in memory", async () => {
    const search = (set: Dataset | StoredDataset) =>
      findLearningRate(model, set, { validation, batchSize: 16, updates: 40, seed: 2 }).result;
    const [stored, inMemory] = [await search(storeOf(data, 100).data), await search(data)];
    const bare = ({ trials, ...found }: typeof stored) => ({
      ...found,
      trials: trials.map(({ seconds: _, ...trial }) => trial),
    });
    expect(bare(stored)).toEqual(bare(inMemory));
  });
});
