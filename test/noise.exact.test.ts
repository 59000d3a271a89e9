/** @file What is known exactly of gradient noise: all batches there are, finite differences and closed forms. */
import { describe, expect, it } from "vitest";
import {
  dense,
  dropout,
  elu,
  fromArrays,
  functional,
  initializers,
  measureNoise,
  ops,
  relativeGradientError,
  relu,
  sequential,
  softplus,
  tanh,
  type Layer,
  type Model,
} from "../src/index.ts";
import type { TrainOptions } from "../src/train/options.ts";
import { linear } from "../src/datasets.ts";
import { openInstrument } from "../src/advisor/noise/instrument.ts";
import { conv, maxPool } from "../src/graph/ops-windows.ts";
import { combine, dot } from "../src/advisor/vectors.ts";
import { range } from "../src/data/sampler.ts";
import { configure } from "../src/train/config.ts";
import { gap } from "./support/close.ts";
import { linearTruth, measureAt, noiseTruth } from "./support/noise.ts";
import { someWeights, threeClasses } from "./support/runs.ts";

const flat = (parameters: readonly { readonly data: ArrayLike<number> }[]) =>
  parameters.flatMap(({ data }) => Array.from(data));

const residual = functional((x, apply) => {
  const hidden = apply(tanh(), apply(dense(6), x));
  return apply(dense(3), ops.add(hidden, apply(dense(6), hidden)));
});
/** 4 × 4 pixels through a convolution and a pool. */
const convolution = functional((x, apply) => {
  const image = ops.reshape(x, ["batch", 1, 4, 4]);
  const layer: Layer = {
    kind: "convolution",
    forward: (pixels, scope) => {
      const fans = { fanIn: 9, fanOut: 4 };
      const kernel = scope.parameter("kernel", [4, 1, 3, 3], initializers.heNormal(), fans);
      return maxPool(ops.tanh(conv(pixels, kernel)), [2, 1]);
    },
  };
  return apply(dense(3), apply(layer, image));
});
const twice = functional((x, apply) => {
  const hidden = apply(tanh(), apply(dense(5), x, "same"));
  return apply(dense(3), apply(tanh(), apply(dense(5), hidden, "same")));
});
const three = threeClasses(40);
const five = fromArrays(
  Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(2 * i), (i % 7) / 7]),
  Array.from({ length: 30 }, (_, i) => [Math.sin(3 * i), 2 * Math.cos(i)]),
  { dtype: "float64", task: "regression" },
);
const binary = fromArrays(
  Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]),
  Array.from({ length: 30 }, (_, i) => (i * 7) % 2),
  { dtype: "float64", classes: 2 },
);

const cases: [string, Model, typeof three, TrainOptions][] = [
  ["tanh, cross entropy", sequential([dense(6), tanh(), dense(3)]), three, {}],
  [
    "relu, dropout, no bias",
    sequential([dense(6, { bias: false }), relu(), dropout(0.4), dense(3)]),
    three,
    {},
  ],
  [
    "weights of examples and classes",
    sequential([dense(6), elu(), dense(3)]),
    three,
    { sampleWeight: someWeights(40), classWeight: [1, 2, 0.5] },
  ],
  ["a penalty", sequential([dense(6), tanh(), dense(3)]), three, { l2: 0.1 }],
  ["a residual network", residual, three, {}],
  ["weights used twice", twice, three, {}],
  ["a convolution", convolution, threeClasses(20, 16), {}],
  ["squared errors", sequential([dense(4), softplus(), dense(2)]), five, {}],
  ["Huber's loss", sequential([dense(4), tanh(), dense(2)]), five, { loss: "huber" }],
  [
    "binary cross entropy",
    sequential([dense(4), tanh(), dense(1)]),
    binary,
    { loss: "binaryCrossEntropy" },
  ],
];

describe.each(cases)("%s", (name, model, data, options) => {
  const config = configure(model, data, { dtype: "float64", seed: 3, microBatch: 7, ...options });
  const rows = Int32Array.from({ length: data.size }, (_, i) => (5 * i + 3) % data.size);

  it("norms of examples are those of their gradients, one by one", async () => {
    const instrument = await openInstrument(config);
    const loops = await openInstrument({ ...config, engine: "loops" });
    expect(instrument.cheapNorms).toBe(!["weights used twice", "a convolution"].includes(name));
    const norms = await instrument.squaredNorms(config.initial, rows);
    for (let i = 0; i < rows.length; i++) {
      const { gradients } = await loops.gradient(config.initial, rows.subarray(i, i + 1));
      const own = gradients.map((part) => dot([part], [part]));
      expect(
        gap(
          norms.map((parts) => parts[i]!),
          own,
        ),
      ).toBeLessThan(1e-10);
    }
    await instrument.close();
  });

  it("H v is the difference of gradients, on either engine", async () => {
    const v = config.initial.map((part, p) => ({
      ...part,
      data: Float64Array.from(part.data, (_, i) => Math.cos(1 + i + p)),
    }));
    const instrument = await openInstrument(config);
    const product = await instrument.hessianProduct(config.initial, v, rows);
    const loops = await openInstrument({ ...config, engine: "loops" });
    expect(
      gap(flat(product), flat(await loops.hessianProduct(config.initial, v, rows))),
    ).toBeLessThan(1e-12);
    const step = 1e-5;
    const gradientAt = async (t: number) => {
      const at = combine([
        [1, config.initial],
        [t, v],
      ]);
      const { gradients } = await instrument.gradient(at, rows);
      const penalty = instrument.penalty(at);
      return penalty === undefined
        ? gradients
        : combine([
            [1, gradients],
            [1, penalty],
          ]);
    };
    const difference = combine([
      [0.5 / step, await gradientAt(step)],
      [-0.5 / step, await gradientAt(-step)],
    ]);
    expect(gap(flat(product), flat(difference))).toBeLessThan(1e-8);
    await instrument.close();
  });
});

describe("linear regression", async () => {
  const { training } = await linear({
    examples: 75,
    features: 4,
    noise: 1,
    seed: 3,
    dtype: "float64",
  });
  const model = sequential([dense(1)]);
  const config = configure(model, training, { dtype: "float64", seed: 4 });
  const start = flat(config.initial);

  it("measured whole is its closed form, to 1e-12", async () => {
    const truth = linearTruth(training, start);
    const noise = await measureNoise(model, training, { dtype: "float64", seed: 4 }).result;
    expect([noise.examples, noise.complete]).toEqual([training.size, true]);
    const { trace, gradientSquared, simpleNoiseScale, curvature } = noise;
    const measured = [trace, gradientSquared, simpleNoiseScale, curvature!.alongGradient];
    const expected = [
      truth.trace,
      truth.gradientSquared,
      truth.simpleNoiseScale,
      truth.alongGradient,
    ];
    measured.forEach(({ value, low, high }, i) => {
      for (const end of [value, low, high])
        expect(Math.abs(end / expected[i]! - 1)).toBeLessThan(1e-12);
    });
  });

  it("with a penalty has its gradient in G and λ in the curvature of the weights", async () => {
    const l2 = 0.7;
    const rows = Array.from({ length: training.size }, (_, i) => [
      ...training.x.data.subarray(4 * i, 4 * i + 4),
      1,
    ]);
    const decay = (v: readonly number[]) => v.map((value, j) => (j < 4 ? l2 * value : 0));
    const gradients = rows.map((row, i) => {
      const error = row.reduce((sum, value, j) => sum + value * start[j]!, 0) - training.y.data[i]!;
      return row.map((value, j) => 2 * error * value + decay(start)[j]!);
    });
    const hessian = start.map((_, j) =>
      start.map((__, k) => {
        const mean = rows.reduce((sum, row) => sum + (2 * row[j]! * row[k]!) / rows.length, 0);
        return j === k && j < 4 ? mean + l2 : mean;
      }),
    );
    const truth = noiseTruth(gradients, hessian);
    const noise = await measureNoise(model, training, { dtype: "float64", seed: 4, l2 }).result;
    expect(noise.trace.value / truth.trace).toBeCloseTo(1, 12);
    expect(noise.gradientSquared.value / truth.gradientSquared).toBeCloseTo(1, 12);
    expect(noise.curvature!.alongGradient.value / truth.alongGradient).toBeCloseTo(1, 12);
    const { low, high } = noise.curvature!.trace;
    expect(low).toBeLessThan(truth.curvatureTrace);
    expect(high).toBeGreaterThan(truth.curvatureTrace);
  });
});

/** All choices of `count` of 0 … size − 1. */
function* choices(size: number, count: number, first = 0): Generator<number[]> {
  if (count === 0) yield [];
  for (let i = first; count > 0 && i <= size - count; i++)
    for (const rest of choices(size, count - 1, i + 1)) yield [i, ...rest];
}

it("all mini-batches there are have the mean G and the variance tr(Σ)/B · (N − B)/(N − 1)", async () => {
  const size = 9;
  const data = threeClasses(size);
  const config = configure(sequential([dense(4), tanh(), dense(3)]), data, {
    dtype: "float64",
    seed: 1,
  });
  const instrument = await openInstrument(config);
  const noise = await measureAt(instrument, {
    parameters: config.initial,
    examples: size,
    batches: 4,
  });
  const { gradients: full } = await instrument.gradient(config.initial, range(size));
  for (const batchSize of [1, 2, 4, 8, 9]) {
    const gradients = [];
    for (const rows of choices(size, batchSize))
      gradients.push((await instrument.gradient(config.initial, Int32Array.from(rows))).gradients);
    const mean = combine(gradients.map((g) => [1 / gradients.length, g]));
    expect(gap(flat(mean), flat(full))).toBeLessThan(1e-12);
    const variance = gradients.reduce((sum, g) => {
      const error = combine([
        [1, g],
        [-1, full],
      ]);
      return sum + dot(error, error) / gradients.length;
    }, 0);
    const formula = ((noise.trace.value / batchSize) * (size - batchSize)) / (size - 1);
    expect(Math.abs(variance - formula)).toBeLessThan(1e-12);
    const relative = Math.sqrt(variance / dot(full, full));
    expect(Math.abs(relativeGradientError(noise, batchSize) - relative)).toBeLessThan(1e-12);
  }
  await instrument.close();
});
