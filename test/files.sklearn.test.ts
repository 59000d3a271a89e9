import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadFile } from "../src/files.node.ts";
import { adam, dense, mlpLayers, sequential, sgd, train, type TrainOptions } from "../src/index.ts";
import type { Model } from "../src/nn/model.ts";

interface Reached {
  readonly training: number;
  readonly validation: number;
  readonly inputs: number;
  readonly mlpAccuracy?: readonly number[];
  readonly sgdAccuracy?: readonly number[];
  readonly rootMeanSquaredError?: readonly number[];
}

const fixtures = new URL("./fixtures/", import.meta.url);
const reached = JSON.parse(readFileSync(new URL("tables.json", fixtures), "utf8")) as Record<
  string,
  Reached
>;

const load = (name: string) =>
  loadFile(fileURLToPath(new URL(`tables/${name}.csv.gz`, fixtures)), {
    target: "target",
    split: { column: "part" },
  });

const classified = Object.entries(reached).filter(
  ([, { mlpAccuracy }]) => mlpAccuracy !== undefined,
);
const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Mean of the last metric over three seeds: of one seed the result may lie outside of scikit-learn's band by chance. */
const reachedByUs = async (
  data: Awaited<ReturnType<typeof load>>,
  model: (outputs: number) => Model,
  options: Pick<TrainOptions, "optimizer" | "epochs">,
): Promise<number> => {
  const results: number[] = [];
  for (const seed of [1, 2, 3]) {
    const regression = data.training.task === "regression";
    const metric = regression ? "rootMeanSquaredError" : "accuracy";
    const run = train(model(regression ? 1 : data.training.classes!.length), data.training, {
      ...options,
      loss: regression ? "meanSquaredError" : "crossEntropy",
      metrics: [metric],
      batchSize: 32,
      validation: data.test,
      seed,
      threads: 1,
    });
    const { history } = await run.result;
    results.push(history.valMetrics[metric]!.at(-1)!);
  }
  return mean(results);
};

describe("on the same table, with the same split, as scikit-learn", () => {
  it.each(Object.entries(reached))(
    "%s has the same shape",
    async (name, { training, validation, inputs }) => {
      const { training: ours, test, preprocessing } = await load(name);
      expect([ours.size, test.size, ours.x.shape]).toEqual([training, validation, [inputs]]);
      expect(preprocessing!.target.kind).toBe(name === "diabetes" ? "number" : "classes");
    },
  );

  it.each(classified)(
    "a network on %s reaches MLPClassifier's accuracy",
    async (name, { mlpAccuracy }) => {
      const accuracy = await reachedByUs(
        await load(name),
        (outputs) => sequential(mlpLayers([32], outputs)),
        {
          optimizer: adam({ learningRate: 0.005 }),
          epochs: 30,
        },
      );
      expect(accuracy).toBeGreaterThanOrEqual(Math.min(...mlpAccuracy!) - 0.01);
    },
  );

  it.each(classified)(
    "a linear model on %s reaches SGDClassifier's accuracy",
    async (name, { sgdAccuracy }) => {
      const accuracy = await reachedByUs(
        await load(name),
        (outputs) => sequential([dense(outputs)]),
        {
          optimizer: sgd({ learningRate: 0.1 }),
          epochs: 100,
        },
      );
      expect(accuracy).toBeGreaterThanOrEqual(Math.min(...sgdAccuracy!) - 0.01);
    },
  );

  it("a network on diabetes reaches MLPRegressor's error", async () => {
    const data = await load("diabetes");
    const { target } = data.preprocessing!;
    const error = await reachedByUs(data, (outputs) => sequential(mlpLayers([32], outputs)), {
      optimizer: adam({ learningRate: 0.005 }),
      epochs: 30,
    });
    expect(target.kind).toBe("number");
    const scale = target.kind === "number" ? target.scale : NaN;
    expect(error * scale).toBeLessThanOrEqual(
      Math.max(...reached["diabetes"]!.rootMeanSquaredError!) * 1.02,
    );
  });
});
