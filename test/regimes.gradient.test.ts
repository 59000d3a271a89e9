/** @file What a batch is: the full gradient at batch size N, its parts at smaller ones, whatever passes it is computed in. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  dropout,
  indexBatches,
  leastSquares,
  relu,
  sequential,
  sgd,
  tanh,
  train,
} from "../src/index.ts";
import { linear } from "../src/datasets.ts";
import { gap } from "./support/close.ts";
import { gradientOf, runGap, someWeights, startOf, threeClasses } from "./support/runs.ts";

const float64 = { dtype: "float64" } as const;

describe("linear regression by full-batch gradient descent", async () => {
  const { training, optimum } = await linear({ examples: 100, features: 3, seed: 1, ...float64 });
  const { size } = training;
  // Mean squared error is a quadratic form in (w, b) with Hessian H = 2/N [X 1]ᵀ[X 1].
  const inputs = new Matrix(
    Array.from({ length: size }, (_, i) => [...training.x.data.subarray(3 * i, 3 * i + 3), 1]),
  );
  const hessian = inputs
    .transpose()
    .mmul(inputs)
    .mul(2 / size);
  const { realEigenvalues: eigenvalues, eigenvectorMatrix: basis } = new EigenvalueDecomposition(
    hessian,
    { assumeSymmetric: true },
  );
  const largest = Math.max(...eigenvalues);
  const best = [...optimum.weights, optimum.bias];
  const start = [3, -2, 1, 0.5];
  const run = (optimizer: ReturnType<typeof sgd>, updates: number) =>
    train(sequential([dense(1)]), training, {
      ...float64,
      optimizer,
      batchSize: "full",
      // Above the bound the loss rises: that is what is looked at.
      onDivergence: "ignore",
      updates,
      initialParameters: { "0.weight": start.slice(0, 3), "0.bias": start.slice(3) },
      metrics: [],
    }).result;

  it.each([1, 2, 50])("is x_t = x* + (1 − αH)ᵗ (x₀ − x*) after %i updates", async (updates) => {
    const learningRate = 0.7 / largest;
    const error = Matrix.columnVector(start.map((value, i) => value - best[i]!));
    const inBasis = basis.transpose().mmul(error).to1DArray();
    const shrunk = inBasis.map((e, k) => e * (1 - learningRate * eigenvalues[k]!) ** updates);
    const expected = basis
      .mmul(Matrix.columnVector(shrunk))
      .to1DArray()
      .map((value, i) => value + best[i]!);
    const { model } = await run(sgd({ learningRate }), updates);
    const { "0.weight": weight, "0.bias": bias } = model.parameters;
    expect(gap([...weight!.data, ...bias!.data], expected)).toBeLessThan(1e-12);
  });

  it("reaches the least-squares optimum", async () => {
    const { history } = await run(sgd({ learningRate: 1 / largest }), 2000);
    expect(history.loss.at(-1)).toBeCloseTo(leastSquares(training).loss, 12);
  });

  it.each([
    ["plain", 0, 2],
    ["heavy ball", 0.9, 2 * (1 + 0.9)],
  ])("%s converges below its bound on αL and not above", async (_, momentum, bound) => {
    const at = async (share: number) => {
      const learningRate = (share * bound) / largest;
      const { history } = await run(sgd({ learningRate, momentum }), 3000);
      return history.loss.at(-1)! - optimum.loss;
    };
    expect(await at(0.995)).toBeLessThan(1e-3);
    expect(await at(1.005)).toBeGreaterThan(10);
  });
});

describe("batches at fixed parameters", () => {
  const data = threeClasses(60);
  const { x, y, size } = data;
  const model = sequential([dense(8), tanh(), dense(3)]);
  const rows = Array.from({ length: size }, (_, i) => (7 * i) % size); // any order

  it("is the gradient of softmax regression by hand, G = 1/N Σ (p − y) xᵀ", async () => {
    const linearModel = sequential([dense(3, { bias: false })]);
    const start = { "0.weight": Array.from({ length: 15 }, (_, i) => Math.sin(i)) };
    const byHand = new Array<number>(15).fill(0);
    for (let i = 0; i < size; i++) {
      const row = Array.from(x.data.subarray(5 * i, 5 * i + 5));
      const logits = [0, 1, 2].map((c) =>
        row.reduce((sum, value, k) => sum + value * start["0.weight"][5 * c + k]!, 0),
      );
      const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
      logits.forEach((z, c) => {
        const error = Math.exp(z) / total - (y.data[i] === c ? 1 : 0);
        row.forEach((value, k) => (byHand[5 * c + k]! += (error * value) / size));
      });
    }
    expect(gap(await gradientOf(linearModel, data, start, rows), byHand)).toBeLessThan(1e-13);
  });

  it.each([1, 7, 16, 32, 60])(
    "the size-weighted mean of the gradients of batches of %i is the full gradient",
    async (batchSize) => {
      const start = await startOf(model, data, { ...float64, seed: 3 });
      const full = await gradientOf(model, data, start, rows);
      const mean = full.map(() => 0);
      const starts = Array.from({ length: Math.ceil(size / batchSize) }, (_, k) => k * batchSize);
      for (const first of starts) {
        const batch = rows.slice(first, first + batchSize);
        const gradient = await gradientOf(model, data, start, batch);
        gradient.forEach((value, i) => (mean[i]! += (value * batch.length) / size));
      }
      expect(Math.max(...full.map(Math.abs))).toBeGreaterThan(0.01);
      expect(gap(mean, full)).toBeLessThan(1e-13);
    },
  );

  it("does not depend on the order within the batch", async () => {
    const start = await startOf(model, data, { ...float64, seed: 3 });
    const forward = await gradientOf(model, data, start, rows);
    expect(gap(await gradientOf(model, data, start, rows.toReversed()), forward)).toBeLessThan(
      1e-13,
    );
  });
});

describe("micro-batches", () => {
  const data = threeClasses(300);
  const plain = { optimizer: sgd({ learningRate: 0.5 }) };
  const everything = {
    optimizer: adam({ learningRate: 0.02, weightDecay: 0.01 }),
    sampleWeight: someWeights(300),
    classWeight: [1, 2, 0.5],
    l2: 0.01,
    clipNorm: 0.5,
    gradientNorm: true,
  };

  it.each([
    ["64 by 7, the last batch 44", plain, 64, 7],
    ["64 by 16", plain, 64, 16],
    ["64 by 1", plain, 64, 1],
    ["300 by 64", plain, "full", 64],
    ["64 by 7 with Adam, weights, L2, clipping and dropout", everything, 64, 7],
    ["64 by 50 with all that: the last batch passes whole", everything, 64, 50],
  ] as const)("%s give the same run", async (_, options, batchSize, microBatch) => {
    const model = sequential([dense(8), relu(), dropout(0.3), dense(3)]);
    const shared = { ...float64, ...options, batchSize, epochs: 3, seed: 5, validation: data };
    const whole = await train(model, data, { ...shared, microBatch: 300 }).result;
    const split = await train(model, data, { ...shared, microBatch }).result;
    expect(runGap(split, whole)).toBeLessThan(1e-12);
    expect(gap(split.history.loss, whole.history.loss)).toBeLessThan(1e-12);
    const norms = [split, whole].map(({ history }) => history.updates.gradientNorm ?? []);
    expect(gap(norms[0]!, norms[1]!)).toBeLessThan(1e-12);
  });

  it("also of batches that the user cuts", async () => {
    const model = sequential([dense(3)]);
    const sampler = indexBatches([
      [0, 1, 2, 3, 4],
      [5, 6],
      [7, 8, 9, 10, 11, 12, 13, 14],
    ]);
    const shared = { ...float64, ...plain, sampler, epochs: 2, seed: 5 };
    const whole = await train(model, data, shared).result;
    const split = await train(model, data, { ...shared, microBatch: 3 }).result;
    expect(Array.from(whole.history.updates.batchSize)).toEqual([5, 2, 8, 5, 2, 8]);
    expect(runGap(split, whole)).toBeLessThan(1e-12);
  });
});
