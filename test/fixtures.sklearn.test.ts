/**
 * @file scikit-learn's published training curves (examples/neural_networks/plot_mlp_training_curves.py), through
 * `train`: four of them whole, to 1e-9, and the final losses and scores that the example prints, to six digits.
 */
import { describe, expect, it, test } from "vitest";
import { adam, dense, fromArrays, ops, relu, sequential, sgd, train } from "../src/index.ts";
import type { Dataset, Optimizer, TrainOptions } from "../src/index.ts";
import { loadDigits, loadIris } from "../src/data/builtin.ts";
import { gap } from "./support/close.ts";
import { fixture } from "./support/fixture.ts";
import { mlpBatches, mlpEpochs, mlpRandomness, transposed } from "./support/sklearn-mlp.ts";

type AnyOptimizer = NonNullable<TrainOptions["optimizer"]>;

interface Replay {
  readonly n: number;
  readonly d: number;
  /** W₁ [in, out], W₂, b₁, b₂ */
  readonly init: readonly [number[][], number[][], number[], number[]];
  readonly first_orders: readonly number[][];
}

interface SkMlp {
  readonly replay: {
    readonly iris: Replay;
    readonly moons: Replay & { readonly X: number[][]; readonly y: number[] };
  };
  readonly curves: Readonly<
    Record<string, { score: number; loss: number; n_iter: number; loss_curve: number[] }>
  >;
}

const { replay, curves } = fixture("sk_mlp") as SkMlp;
const float64 = { dtype: "float64" } as const;
const { X: moonPoints, y: moonLabels } = replay.moons;
const { x: irisX, y: irisY } = await loadIris(float64);
const { x: digitsX, y: digitsY } = await loadDigits();

/** Features scaled by `MinMaxScaler`: every column to [0, 1], a constant one to 0. */
function scaled(rows: number[][]): number[][] {
  const columns = rows[0]!.map((_, c) => rows.map((row) => row[c]!));
  const low = columns.map((column) => Math.min(...column));
  const range = columns.map((column, c) => Math.max(...column) - low[c]! || 1);
  return rows.map((row) => row.map((value, c) => (value - low[c]!) / range[c]!));
}

const rowsOf = (values: ArrayLike<number>, width: number) =>
  Array.from({ length: values.length / width }, (_, i) =>
    Array.from({ length: width }, (__, c) => values[i * width + c]!),
  );

const sets = {
  iris: fromArrays(scaled(rowsOf(irisX.data, 4)), irisY.data, float64),
  digits: fromArrays(scaled(rowsOf(digitsX.data, 64)), digitsY.data, float64),
  moons: fromArrays(
    scaled(moonPoints),
    moonLabels.map((label) => [label]),
    { ...float64, task: "regression" }, // one logit
  ),
} satisfies Record<string, Dataset>;

const outputs = { iris: 3, digits: 10, moons: 1 };

async function curve(name: keyof typeof sets, optimizer: AnyOptimizer, epochs: number) {
  const data = sets[name];
  const { initial, order } = mlpRandomness(0, [data.x.shape[0]!, 100, outputs[name]], "relu");
  const { history, model } = await train(
    sequential([dense(100), relu(), dense(outputs[name])]),
    data,
    {
      loss: name === "moons" ? "binaryCrossEntropy" : "crossEntropy",
      optimizer,
      sampler: mlpBatches(order, data.size),
      // α/2 ‖W‖² is divided by the batch size (in the short last batch of digits, 197, by 200 here)
      l2: 1e-4 / Math.min(200, data.size),
      epochs,
      dtype: "float64",
      metrics: ["accuracy"],
      initialParameters: {
        "0.weight": transposed(initial[0]!, 100),
        "0.bias": initial[1]!,
        "2.weight": transposed(initial[2]!, outputs[name]),
        "2.bias": initial[3]!,
      },
    },
  ).result;
  return { loss: history.loss, score: (await model.evaluate(data)).metrics["accuracy"]! };
}

describe.each(["iris", "moons"] as const)("%s", (name) => {
  const { init, first_orders, n, d } = replay[name];
  const [w1, w2, b1, b2] = init;

  test("the port of its random numbers gives the initial parameters and orders of the fixture", () => {
    const { initial, order } = mlpRandomness(0, [d, 100, b2.length], "relu");
    const expected = [w1.flat(), b1, w2.flat(), b2];
    for (const [i, values] of expected.entries())
      expect(gap(initial[i]!, values)).toBeLessThan(1e-15);
    expect([order(0, n), order(1, n)]).toEqual(first_orders);
  });

  it.each([
    ["constant lr", 0],
    ["constant+momentum", 0.9],
  ])("%s: the whole loss curve to 1e-9, its end and its score", async (kind, momentum) => {
    const published = curves[`${name}/${kind}`]!;
    const optimizer = sgd({ learningRate: 0.2, momentum });
    const { loss, score } = await curve(name, optimizer, published.n_iter);
    expect(gap(loss, published.loss_curve)).toBeLessThan(1e-9);
    expect(mlpEpochs(loss, 400)).toBe(published.n_iter);
    expect(score).toBeCloseTo(published.score, 10);
  });
});

/** `learning_rate="invscaling"`: α / √(t + 1), t examples visited in whole epochs. */
const inverseScaling = {
  name: "invscaling",
  learningRate: ({ examples, examplesPerEpoch }: { examples: number; examplesPerEpoch: number }) =>
    0.2 / Math.sqrt(Math.floor(examples / examplesPerEpoch) * examplesPerEpoch + 1),
};

/** scikit-learn's momentum, with the learning rate inside the velocity: v ← μ v − α g. An optimizer of the user's own. */
function velocityWithRate(nesterov: boolean): Optimizer<"velocity", "learningRate"> {
  return {
    name: "velocityWithRate",
    learningRate: inverseScaling,
    options: {},
    slots: { velocity: 0 },
    coefficients: ({ learningRate }) => ({ learningRate }),
    update: ({ parameter, gradient, slots, coefficients }) => {
      const step = ops.mul(gradient, coefficients.learningRate);
      const velocity = ops.sub(ops.mul(slots.velocity, 0.9), step);
      const move = nesterov ? ops.sub(ops.mul(velocity, 0.9), step) : velocity;
      return { parameter: ops.add(parameter, move), slots: { velocity } };
    },
  };
}

/** scikit-learn's Adam, with ε before the bias correction: PyTorch's, which this library has, ends elsewhere. */
const corrected = adam({ learningRate: 0.01 });
const uncorrected: AnyOptimizer = {
  ...corrected,
  coefficients: (context: { update: number; learningRate: number }) => ({
    ...(corrected.coefficients(context) as Record<string, number>),
    epsilon: 1e-8,
  }),
};

const momentum = { learningRate: 0.2, momentum: 0.9 };

describe("final losses as printed", () => {
  it.each([
    ["iris", "Nesterov", sgd({ ...momentum, nesterov: true }), "0.049540", "0.980000"],
    ["iris", "inverse scaling", sgd({ learningRate: inverseScaling }), "0.978444", "0.360000"],
    ["iris", "its momentum", velocityWithRate(false), "0.504185", "0.860000"],
    ["iris", "its Nesterov", velocityWithRate(true), "0.503452", "0.860000"],
    ["iris", "its Adam", uncorrected, "0.045311", "0.980000"],
    ["moons", "Nesterov", sgd({ ...momentum, nesterov: true }), "0.335919", "0.850000"],
    ["moons", "inverse scaling", sgd({ learningRate: inverseScaling }), "0.689015", "0.500000"],
    ["moons", "its momentum", velocityWithRate(false), "0.513034", "0.830000"],
    ["moons", "its Nesterov", velocityWithRate(true), "0.512595", "0.830000"],
    ["moons", "its Adam", uncorrected, "0.170087", "0.930000"],
    ["digits", "constant", sgd({ learningRate: 0.2 }), "0.243802", "0.956038"],
    ["digits", "momentum", sgd(momentum), "0.041297", "0.992766"],
    ["digits", "Nesterov", sgd({ ...momentum, nesterov: true }), "0.042898", "0.993879"],
    ["digits", "inverse scaling", sgd({ learningRate: inverseScaling }), "1.855465", "0.638843"],
    ["digits", "its momentum", velocityWithRate(false), "0.318387", "0.909293"],
    ["digits", "its Nesterov", velocityWithRate(true), "0.290584", "0.912632"],
    ["digits", "its Adam", uncorrected, "0.045934", "0.991653"],
  ] as const)("%s, %s", async (name, _, optimizer, printed, accuracy) => {
    const most = name === "digits" ? 15 : 400;
    const { loss, score } = await curve(name, optimizer, most);
    const epochs = mlpEpochs(loss, most); // not printed: the run is stopped as scikit-learn stops
    expect(loss[epochs - 1]!.toFixed(6)).toBe(printed);
    const atStop = epochs === most ? score : (await curve(name, optimizer, epochs)).score;
    expect(atStop.toFixed(6)).toBe(accuracy);
  });
});
