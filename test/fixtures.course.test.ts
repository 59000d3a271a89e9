/**
 * @file The traces of deeplearning.ai's course 2, week 2 ("Optimization Methods"), through `train`.
 *
 * Costs, accuracies and unit vectors are those printed in the course's notebook, which public copies of it repeat
 * (six digits of a cost, eight of a parameter). The notebook prints the cost of an epoch as the mean over its
 * examples, each mini-batch before its update.
 */
import { describe, expect, it, test } from "vitest";
import {
  adam,
  dense,
  fromArrays,
  indexBatches,
  inOrder,
  ops,
  relu,
  sequential,
  sgd,
  train,
  type Sampler,
  type TrainOptions,
} from "../src/index.ts";
import { fixture } from "./support/fixture.ts";
import { numpyRandom } from "./support/numpy-random.ts";

type AnyOptimizer = NonNullable<TrainOptions["optimizer"]>;

interface Course {
  readonly X: readonly [readonly number[], readonly number[]];
  readonly Y: readonly number[];
  readonly init: readonly number[][][];
  readonly permutations_by_seed: Readonly<Record<string, readonly number[]>>;
  readonly published: {
    readonly epoch_mean_cost_5000: { readonly gd: readonly number[] };
    readonly accuracy_10000: { readonly gd: number };
  };
}

const { X, Y, init, permutations_by_seed, published } = fixture("dlai_moons") as Course;
const points = X[0].map((first, i) => [first, X[1][i]!]);
const options = { task: "regression", dtype: "float64" } as const;
const moons = fromArrays(
  points,
  Y.map((label) => [label]),
  options,
);
const network = sequential([dense(5), relu(), dense(2), relu(), dense(1)]);
const start = Object.fromEntries(
  ["0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"].map((name, i) => [
    name,
    init[i]!.flat(),
  ]),
);

/** The course's random_mini_batches: epoch e permutes with seed 11 + e and cuts from the front. */
function courseBatches(examples: number, firstSeed: number): Sampler {
  return indexBatches((epoch) => {
    const order = numpyRandom(firstSeed + epoch).permutation(examples);
    const starts = Array.from({ length: Math.ceil(examples / 64) }, (_, k) => 64 * k);
    return starts.map((first) => order.slice(first, first + 64));
  });
}

async function trace(optimizer: AnyOptimizer, epochs: number) {
  const { history, model } = await train(network, moons, {
    loss: "binaryCrossEntropy",
    optimizer,
    sampler: courseBatches(300, 11),
    epochs,
    dtype: "float64",
    initialParameters: start,
    metrics: ["accuracy"],
  }).result;
  const thousands = history.loss.filter((_, epoch) => epoch % 1000 === 0);
  const { metrics } = await model.evaluate(moons);
  return { first: history.loss.slice(0, 5), thousands, accuracy: metrics["accuracy"] };
}

/** The course's schedule: α₀ / (1 + ⌊e / interval⌋), computed after epoch e and used in the next one. */
function courseDecay(learningRate: number, interval: number) {
  return {
    name: "course",
    learningRate: ({
      examples,
      examplesPerEpoch,
    }: {
      examples: number;
      examplesPerEpoch: number;
    }) =>
      learningRate /
      (1 + Math.floor(Math.max(0, Math.floor(examples / examplesPerEpoch) - 1) / interval)),
  };
}

/** Momentum as an average, v ← β v + (1 − β) g, is PyTorch's sum at (1 − β) times the learning rate. */
const averaged = (rate: number) => rate * (1 - 0.9);

test("the port of numpy's generator gives the orders of the fixture", () => {
  for (const [seed, order] of Object.entries(permutations_by_seed))
    expect(numpyRandom(Number(seed)).permutation(300)).toEqual(order);
});

describe("costs to six digits", () => {
  it("gradient descent, and its accuracy after 10,000 epochs", async () => {
    const { first, thousands, accuracy } = await trace(sgd({ learningRate: 7e-4 }), 10_000);
    expect(thousands.slice(0, 5).map(six)).toEqual(published.epoch_mean_cost_5000.gd.map(six));
    expect(first.map(six)).toEqual(
      ["0.702405", "0.702364", "0.702320", "0.702280", "0.702234"], // one per epoch
    );
    expect(accuracy).toBeCloseTo(published.accuracy_10000.gd, 10);
  });

  it.each([
    [
      "momentum",
      sgd({ learningRate: averaged(7e-4), momentum: 0.9 }),
      ["0.702413", "0.702397", "0.702372", "0.702341", "0.702305"],
      ["0.702413", "0.668167", "0.635388"],
    ],
    [
      "Adam",
      adam({ learningRate: 7e-4 }),
      ["0.702166", "0.700860", "0.699807", "0.698633", "0.697517"],
      ["0.702166", "0.167845", "0.141316", "0.138788"],
    ],
    [
      "gradient descent, decay in every epoch",
      sgd({ learningRate: courseDecay(0.1, 1) }),
      ["0.701091"],
      ["0.701091", "0.661884"],
    ],
    [
      "gradient descent, decay every 1000 epochs",
      sgd({ learningRate: courseDecay(0.1, 1000) }),
      ["0.701091"],
      ["0.701091", "0.127161", "0.120304"],
    ],
    [
      "momentum, decay every 1000 epochs",
      sgd({ learningRate: courseDecay(averaged(0.1), 1000), momentum: 0.9 }),
      ["0.702226"],
      ["0.702226", "0.128974", "0.125965"],
    ],
    [
      "Adam, decay every 1000 epochs",
      adam({ learningRate: courseDecay(0.01, 1000) }),
      ["0.699346"],
      ["0.699346", "0.130074"],
    ],
  ] as const)("%s", async (_, optimizer, first, thousands) => {
    const run = await trace(optimizer, Math.max(5, 1000 * (thousands.length - 1) + 1));
    expect(run.first.slice(0, first.length).map(six)).toEqual(first);
    expect(run.thousands.map(six)).toEqual(thousands);
  });
});

/** numpy's `randn` after `seed(1)`: the course's test cases draw everything from it. */
const random = numpyRandom(1);
const drawn = Array.from({ length: 148 }, () => random.normal());

describe("one update, to eight digits", () => {
  // Test case of the notebook: W1, b1, W2, b2 and then their gradients, 20 numbers each.
  const parameters = drawn.slice(0, 20);
  const gradient = drawn.slice(20, 40);
  // A linear model whose input is the gradient has that gradient; a first row of zeros makes the real one update 2.
  const rows = [gradient.map(() => 0), gradient];
  const afterUpdate = async (optimizer: AnyOptimizer) => {
    const { model } = await train(
      sequential([dense(1, { bias: false })]),
      fromArrays(rows, [[0], [0]], options),
      {
        loss: { name: "output", perExample: (output) => ops.reduceSum(output, { axes: [1] }) },
        optimizer,
        batchSize: 1,
        sampler: inOrder(),
        dtype: "float64",
        initialParameters: { "0.weight": parameters },
      },
    ).result;
    return Array.from(model.parameters["0.weight"]!.data, (value) => value.toFixed(8));
  };

  it.each([
    [
      "gradient descent",
      sgd({ learningRate: 0.01 }),
      "1.63535156 -0.62320365 -0.53718766 -1.07799357 0.85639907 -2.29470142 1.74604067 -0.75184921 " +
        "0.32171798 -0.25467393 1.46902454 -2.05617317 -0.31554548 -0.37560230 1.14048190 -1.09976462 -0.16125510 " +
        "-0.88020257 0.02561572 0.57539477",
    ],
    [
      "momentum 0.9",
      sgd({ learningRate: averaged(0.01), momentum: 0.9 }),
      "1.62544598 -0.61290114 -0.52907334 -1.07347112 0.86450677 -2.30085497 1.74493465 -0.76027113 " +
        "0.31930698 -0.24990073 1.46279960 -2.05974396 -0.32173003 -0.38320915 1.13444069 -1.09987860 -0.17131090 " +
        "-0.87809283 0.04055394 0.58207317",
    ],
    [
      "Adam, second update", // ε outside the root, after the correction
      adam({ learningRate: 0.01 }),
      "1.63178673 -0.61919778 -0.53561312 -1.08040999 0.85796626 -2.29409733 1.75225313 -0.75376553 " +
        "0.32648046 -0.25681174 1.46954931 -2.05269934 -0.31497584 -0.37661299 1.14121081 -1.09244991 -0.16498684 " +
        "-0.88529979 0.03477238 0.57537385",
    ],
  ])("%s", async (_, optimizer, published) => {
    expect(await afterUpdate(optimizer)).toEqual(published.split(" "));
  });
});

test("148 examples are cut into 64, 64 and 20, the first of them as the course prints them", async () => {
  const { history, batchSize } = await train(
    sequential([dense(1)]),
    fromArrays(
      drawn.map((value) => [value]),
      drawn.map((value) => [value]),
      options,
    ),
    { sampler: courseBatches(148, 0), epochs: 1, seed: 1, metrics: [], dtype: "float64" },
  ).result;
  expect(Array.from(history.updates.batchSize)).toEqual([64, 64, 20]);
  const [first] = courseBatches(148, 0).batches!({ size: 148, seed: 1, epoch: 0 });
  expect(Array.from(first!.subarray(0, 3), (row) => drawn[row]!.toFixed(8))).toEqual([
    "0.90085595",
    "-0.76120690",
    "0.23441570",
  ]);
  expect(batchSize).toBe(64);
});

/** "%f" of Python. */
const six = (value: number) => value.toFixed(6);
