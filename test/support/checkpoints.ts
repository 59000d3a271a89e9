/** @file Checkpoints made by hand. */
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import type { UpdateColumns } from "../../src/train/history.ts";

const floats = (...values: readonly number[]) => ({
  dtype: "float32" as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

/** Columns of `count` updates: numbers that no two updates share. */
export function someUpdates(count: number, gradientNorm = false): UpdateColumns {
  const column = (value: (i: number) => number) =>
    Float64Array.from({ length: count }, (_, i) => value(i));
  return {
    loss: column((i) => Math.exp(-i / 7)),
    learningRate: column((i) => 0.1 / (1 + i)),
    batchSize: column((i) => 32 - (i % 3)),
    ...(gradientNorm ? { gradientNorm: column((i) => Math.sqrt(i + 2)) } : {}),
  };
}

/** A checkpoint after `updates` updates, with the values that are hard to write down. */
export function someCheckpoint(updates = 3, changes: Partial<Checkpoint> = {}): Checkpoint {
  const at = { updates, examples: 32 * updates, epochs: updates / 4, seconds: 0.1 * updates };
  return {
    version: 2,
    identity: { model: "dense(2)", dtype: "float32", seed: 7, dropLast: false, clipNorm: null },
    seed: 7,
    position: { epoch: 0, batch: updates, updates, examples: 32 * updates },
    seconds: 0.1 * updates,
    evaluationSeconds: 0.25,
    evaluatedAt: -1,
    rateFactor: 1,
    batchSizes: [{ epoch: 0, batch: 2, updates: 2, batchSize: 64, rateFactor: 2, reason: "noise" }],
    probe: { memory: { seen: [1, null, "x"], $: true }, nextAt: Infinity },
    startLoss: { loss: 2.3, examples: 32 },
    parameters: {
      "0.weight": {
        dtype: "float32",
        shape: [2, 3],
        data: Float32Array.of(1, -0, NaN, Infinity, 1e-40, updates),
      },
      "0.bias": floats(0.5, -1),
      "0": { dtype: "float64", shape: [], data: Float64Array.of(Math.PI) },
    },
    slots: { "0.weight:momentum": floats(1, 2, 3), "0.bias:momentum": floats() },
    bestParameters: { "0.bias": floats(0.25, 0.75) },
    watch: {
      next: { updates: Infinity, examples: Infinity, epochs: 1 },
      best: undefined,
      waited: 0,
      plateau: { factor: 1, best: Infinity, waited: 0, cooldown: 0 },
      reached: undefined,
      stop: undefined,
    },
    history: {
      updates: someUpdates(updates),
      epochs: [
        { loss: 0.7, evaluation: { loss: NaN, metrics: { accuracy: 0.5 } } },
        { loss: -0, evaluation: null },
      ],
      evaluations: [{ ...at, loss: NaN, metrics: { accuracy: 0.5 } }],
      open: { evaluation: null, sum: -0, examples: 0 },
    },
    ...changes,
  };
}
