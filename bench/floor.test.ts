/** @file The hand-written ONNX loop against the same updates in explicit for-loops (float64). */
import { expect, test } from "vitest";
import { openFloor } from "./floor.ts";
import type { FloorOptions, Parameters } from "./floor.ts";

const options: FloorOptions = {
  examples: 24,
  inputs: 5,
  hidden: 4,
  classes: 3,
  batchSize: 6,
  learningRate: 0.5,
};

/** A small deterministic generator; only its spread matters here. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
}

function problem() {
  const { examples, inputs, hidden, classes } = options;
  const next = numbers(7);
  const X = Float32Array.from({ length: examples * inputs }, next);
  const Y = new Float32Array(examples * classes);
  for (let i = 0; i < examples; i++) {
    const x = X.subarray(i * inputs, (i + 1) * inputs);
    const label = x[0]! > 0.2 ? 0 : x[1]! > 0 ? 1 : 2;
    Y[i * classes + label] = 1;
  }
  const initial: Parameters = {
    W1: Float32Array.from({ length: hidden * inputs }, next),
    b1: Float32Array.from({ length: hidden }, () => next() / 4),
    W2: Float32Array.from({ length: classes * hidden }, next),
    b2: Float32Array.from({ length: classes }, () => next() / 4),
  };
  return { X, Y, initial };
}

const at = (values: ArrayLike<number>, index: number): number => values[index]!;

/** The same updates, one example and one weight at a time; changes `parameters` and returns the losses. */
function forLoops(
  { X, Y }: { readonly X: Float32Array; readonly Y: Float32Array },
  parameters: Record<keyof Parameters, number[]>,
  batches: Int32Array,
): number[] {
  const { inputs, hidden, classes, batchSize, learningRate } = options;
  const { W1, b1, W2, b2 } = parameters;
  const losses: number[] = [];
  for (let first = 0; first < batches.length; first += batchSize) {
    const gradients = {
      W1: W1.map(() => 0),
      b1: b1.map(() => 0),
      W2: W2.map(() => 0),
      b2: b2.map(() => 0),
    };
    let loss = 0;
    for (const row of batches.subarray(first, first + batchSize)) {
      const a = b1.map((bias, j) => {
        let sum = bias;
        for (let k = 0; k < inputs; k++) sum += at(W1, j * inputs + k) * at(X, row * inputs + k);
        return sum;
      });
      const h = a.map((value) => Math.max(0, value));
      const z = b2.map((bias, c) =>
        h.reduce((sum, v, j) => sum + at(W2, c * hidden + j) * v, bias),
      );
      const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
      const dh = h.map(() => 0);
      for (let c = 0; c < classes; c++) {
        const p = Math.exp(at(z, c)) / total;
        const y = at(Y, row * classes + c);
        loss -= (y * Math.log(p)) / batchSize;
        const dz = (p - y) / batchSize;
        gradients.b2[c] = at(gradients.b2, c) + dz;
        for (let j = 0; j < hidden; j++) {
          const w = c * hidden + j;
          gradients.W2[w] = at(gradients.W2, w) + dz * at(h, j);
          dh[j] = at(dh, j) + dz * at(W2, w);
        }
      }
      for (let j = 0; j < hidden; j++) {
        const da = at(a, j) > 0 ? at(dh, j) : 0;
        gradients.b1[j] = at(gradients.b1, j) + da;
        for (let k = 0; k < inputs; k++) {
          const w = j * inputs + k;
          gradients.W1[w] = at(gradients.W1, w) + da * at(X, row * inputs + k);
        }
      }
    }
    losses.push(loss);
    for (const name of ["W1", "b1", "W2", "b2"] as const) {
      const values = parameters[name];
      values.forEach((value, w) => (values[w] = value - learningRate * at(gradients[name], w)));
    }
  }
  return losses;
}

test.each(["Loop", "Scan"] as const)(
  "%s makes the updates of explicit for-loops",
  async (carrier) => {
    const { X, Y, initial } = problem();
    const next = numbers(3);
    const batches = Int32Array.from({ length: 8 * options.batchSize }, () =>
      Math.floor(((next() + 1) / 2) * options.examples),
    );
    const expected = {
      W1: [...initial.W1],
      b1: [...initial.b1],
      W2: [...initial.W2],
      b2: [...initial.b2],
    };
    const losses = forLoops({ X, Y }, expected, batches);

    const floor = await openFloor(carrier, options, { X, Y }, initial);
    // Two calls, so that carrying the parameters from one call to the next is covered too.
    const half = batches.length / 2;
    const got = [
      ...(await floor.train(batches.subarray(0, half))),
      ...(await floor.train(batches.subarray(half))),
    ];

    expect(got).toHaveLength(8);
    got.forEach((loss, update) => {
      expect(loss).toBeCloseTo(at(losses, update), 5);
    });
    const parameters = floor.parameters();
    for (const name of ["W1", "b1", "W2", "b2"] as const) {
      Array.from(parameters[name]).forEach((value, w) => {
        expect(value, `${name}[${String(w)}]`).toBeCloseTo(at(expected[name], w), 5);
      });
    }
  },
);

test.each(["Loop", "Scan"] as const)("%s lowers the loss", async (carrier) => {
  const { X, Y, initial } = problem();
  const floor = await openFloor(
    carrier,
    { ...options, batchSize: options.examples },
    { X, Y },
    initial,
  );
  const everything = Int32Array.from({ length: options.examples }, (_, row) => row);
  const batches = new Int32Array(300 * options.examples);
  for (let update = 0; update < 300; update++) batches.set(everything, update * options.examples);
  const losses = await floor.train(batches);
  expect(at(losses, 299)).toBeLessThan(at(losses, 0) / 4);
});
