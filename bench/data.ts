/** @file MNIST as the alternatives take it: float32 rows in [0, 1] and one-hot labels, and the visiting order. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { examples, network } from "./job.ts";

const { inputs, hidden, classes } = network;

/** Reads the training examples from a folder of IDX files. */
export function readMnist(folder: string): { X: Float32Array; Y: Float32Array } {
  const images = readFileSync(join(folder, "train-images-idx3-ubyte")).subarray(16);
  const labels = readFileSync(join(folder, "train-labels-idx1-ubyte")).subarray(8);
  const X = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) X[i] = images[i]! / 255;
  const Y = new Float32Array(examples * classes);
  labels.forEach((label, row) => {
    Y[row * classes + label] = 1;
  });
  return { X, Y };
}

/** Numbers in [0, 1) from a linear congruential generator. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** First weights (He uniform) and biases (zero), laid out as [out, in]. */
export function firstParameters() {
  const next = uniform(1);
  const he = (fanIn: number, count: number) => {
    const bound = Math.sqrt(6 / fanIn);
    return Float32Array.from({ length: count }, () => (2 * next() - 1) * bound);
  };
  return {
    W1: he(inputs, hidden * inputs),
    b1: new Float32Array(hidden),
    W2: he(hidden, classes * hidden),
    b2: new Float32Array(classes),
  };
}

/** The transpose of a [rows, columns] matrix, for engines that keep weights as [in, out]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c]!;
  }
  return result;
}

/**
 * Index batches of full size, without end: shuffled once, before the clock starts, then gone through again and again.
 * The returned function gives the next `count` batches in one array.
 */
export function indexBatches(batchSize: number): (count: number) => Int32Array {
  const next = uniform(2);
  const order = Int32Array.from({ length: examples }, (_, row) => row);
  for (let i = examples - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const whole = Math.floor(examples / batchSize);
  let at = 0;
  return (count) => {
    if (at + count <= whole) {
      at += count;
      return order.subarray((at - count) * batchSize, at * batchSize);
    }
    const batches = new Int32Array(count * batchSize);
    for (let k = 0; k < count; k++, at++) {
      if (at >= whole) at = 0;
      batches.set(order.subarray(at * batchSize, (at + 1) * batchSize), k * batchSize);
    }
    return batches;
  };
}
