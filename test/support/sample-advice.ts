/** @file Made-up advice with the shapes of a real one, for tests of the table and the page and for looking at them. */
import type {
  Advice,
  AdviceTarget,
  NoiseAdvice,
  Prediction,
  PredictionPoint,
  RacedRun,
  Recommendation,
  ThroughputPoint,
  Verification,
} from "../../src/advisor/advice/advice.ts";
import type { Goal } from "../../src/advisor/advice/goal.ts";
import type { Estimate } from "../../src/advisor/noise/estimate.ts";

/** What the made-up advice is to contain. */
export interface SampleAdviceOptions {
  readonly goal?: Goal;
  /** Whether any run reached the target. */
  readonly reached?: boolean;
  readonly verdict?: Verification["verdict"] | null;
  readonly limitBytes?: number | null;
  readonly name?: string;
  readonly target?: AdviceTarget;
  /** Whether there was a pilot run. */
  readonly pilot?: boolean;
  readonly complete?: boolean;
  readonly confident?: boolean;
}

/** S(B) = S_min (1 + B_crit / B) of the made-up runs: 450 and 183 were measured on MNIST once. */
export const sampleFit = { minUpdates: 450, criticalBatchSize: 183 } as const;

const sizes = Array.from({ length: 13 }, (_, i) => 2 ** i);
const updatesAt = (size: number): number =>
  sampleFit.minUpdates * (1 + sampleFit.criticalBatchSize / size);
/** Seconds of one update: overhead and a share for each example, which two threads halve at a cost. */
const secondsAt = (size: number, threads: number): number =>
  17e-6 + (threads - 1) * 9e-6 + (2.4e-6 * size) / (1 + 0.85 * (threads - 1));
const rateAt = (size: number): number => Number((0.5 / (1 + 40 / size)).toPrecision(2));

const within = (value: number, part: number): Estimate => ({
  value,
  low: value * (1 - part),
  high: value * (1 + part),
});

function throughputPoint(batchSize: number, threads: number): ThroughputPoint {
  const seconds = secondsAt(batchSize, threads);
  return {
    batchSize,
    threads,
    secondsPerUpdate: within(seconds, 0.03),
    samplesPerSecond: batchSize / seconds,
  };
}

const allPoints = sizes.flatMap((size) => [throughputPoint(size, 1), throughputPoint(size, 2)]);
const fastest = sizes.map((size) => {
  const [one, two] = [throughputPoint(size, 1), throughputPoint(size, 2)];
  return one.secondsPerUpdate.value <= two.secondsPerUpdate.value ? one : two;
});

function run(batchSize: number, seed: number, more: Partial<RacedRun> = {}): RacedRun {
  const point = fastest.find((one) => one.batchSize === batchSize)!;
  // A few per cent away from the curve, another way for each seed.
  const updates = Math.round(updatesAt(batchSize) * (1 + 0.06 * Math.sin(7 * seed + batchSize)));
  const seconds = updates * point.secondsPerUpdate.value;
  return {
    batchSize,
    learningRate: rateAt(batchSize),
    threads: point.threads,
    seed,
    purpose: "search",
    reached: true,
    updates,
    examples: updates * batchSize,
    seconds,
    clockSeconds: seconds * 1.1,
    diverged: false,
    ...more,
  };
}

function searchRuns(reached: boolean): readonly RacedRun[] {
  return [8, 64, 512].flatMap((size) => {
    const best = rateAt(size);
    return [
      run(size, 1, { learningRate: best / 2, updates: Math.round(updatesAt(size) * 1.7), reached }),
      run(size, 1, { reached }),
      run(size, 1, { learningRate: best * 2, updates: 120, reached: false, diverged: true }),
    ].map((one) => ({
      ...one,
      examples: one.updates * size,
      seconds:
        one.updates * fastest.find(({ batchSize }) => batchSize === size)!.secondsPerUpdate.value,
    }));
  });
}

function predictionPoint({
  batchSize,
  threads,
  secondsPerUpdate,
}: ThroughputPoint): PredictionPoint {
  const updates = within(updatesAt(batchSize), 0.12);
  const times = (factor: number): Estimate => ({
    value: updates.value * factor,
    low: updates.low * factor,
    high: updates.high * factor,
  });
  return {
    batchSize,
    threads,
    learningRate: rateAt(batchSize),
    secondsPerUpdate: secondsPerUpdate.value,
    updates,
    seconds: times(secondsPerUpdate.value),
    examples: times(batchSize),
  };
}

function sampleVerification(verdict: Verification["verdict"]): Verification {
  const runs = [32, 64, 128].flatMap((size) =>
    [2, 3, 4].map((seed) => run(size, seed, { purpose: "verification" })),
  );
  const points = [32, 64, 128].map((batchSize) => {
    const times = runs
      .filter((one) => one.batchSize === batchSize)
      .map(({ seconds }) => seconds)
      .sort((a, b) => a - b);
    return {
      batchSize,
      learningRate: rateAt(batchSize),
      predicted: predictionPoint(fastest.find((one) => one.batchSize === batchSize)!).seconds,
      measured: { value: times[1]!, low: times[0]!, high: times[2]! },
      examples: within(updatesAt(batchSize) * batchSize, 0.06),
    };
  });
  const { predicted, measured } = points[1]!;
  const said = { kind: "measured", predicted, measured } as const;
  const better = { goal: "time", batchSize: 32, cost: 0.16, own: 0.19 } as const;
  const reasons: Readonly<Record<typeof verdict, Verification["reasons"]>> = {
    held: [said, { kind: "noneBetter" }],
    "did not hold": [{ kind: "neighbourBetter", ...better }],
    "cannot tell": [said, { kind: "neighbourPerhapsBetter", ...better }],
  };
  return { verdict, reasons: reasons[verdict], runs, points };
}

function sampleNoise(pilot: boolean): NoiseAdvice {
  if (!pilot) return { estimates: [], best: null, pilot: null, parameters: [], top: [] };
  const updates = [0, 20, 50, 100, 200, 400, 700, 1000, 1500, 2000];
  const simple = [78, 45, 300, 277, 193, 563, 350, 453, 1854, 638];
  const noise = [90, 21, 185, 110, 65, 206, 104, 161, 713, 186];
  return {
    estimates: [
      {
        source: "curvature",
        criticalBatchSize: { value: 184, low: 92, high: 340 },
        batchSize: 64,
        logError: 0.08,
      },
      {
        source: "simple",
        criticalBatchSize: { value: 475, low: 210, high: 1100 },
        batchSize: 256,
        logError: 0.41,
      },
      {
        source: "races",
        criticalBatchSize: { value: 183, low: 120, high: 270 },
        batchSize: 64,
        logError: 0.03,
      },
    ],
    best: "curvature",
    pilot: {
      batchSize: 64,
      learningRate: 0.19,
      updates: 2000,
      points: updates.map((at, i) => ({
        updates: at,
        simpleNoiseScale: {
          value: simple[i]!,
          low: simple[i]! / 1.6,
          high: i === 8 ? Infinity : simple[i]! * 1.7,
        },
        noiseScale: { value: noise[i]!, low: i === 1 ? -4 : noise[i]! / 2, high: noise[i]! * 2 },
      })),
    },
    parameters: [
      ["0.weight", 3.1, 0.004],
      ["0.bias", 0.02, 0.00006],
      ["2.weight", 1.4, 0.0031],
      ["2.bias", 0.03, 0.00009],
    ].map(([name, trace, squared]) => ({
      name: name as string,
      trace: within(trace as number, 0.1),
      gradientSquared: within(squared as number, 0.3),
      simpleNoiseScale: within((trace as number) / (squared as number), 0.35),
    })),
    top: [59915, 2720, 10994, 26774, 42566].map((index, i) => ({
      index,
      squaredNorm: 900 / (i + 1),
      share: 0.004 / (i + 1),
    })),
  };
}

function samplePrediction(reached: boolean, target: AdviceTarget): Prediction {
  const runs = searchRuns(reached);
  const { minUpdates, criticalBatchSize: critical } = sampleFit;
  if (!reached) return { target, points: [], fit: null, runs, raced: [] };
  return {
    target,
    points: fastest.map(predictionPoint),
    fit: {
      criticalBatchSize: { value: critical, low: 120, high: 270 },
      minUpdates,
      minExamples: minUpdates * critical,
      rmsLogError: 0.03,
    },
    runs,
    raced: runs.filter(({ learningRate, batchSize }) => learningRate === rateAt(batchSize)),
  };
}

function recommended(reached: boolean, confident: boolean): Recommendation {
  if (!reached)
    return {
      ...{ batchSize: null, learningRate: null, threads: null, confident: false, range: null },
      reasons: [
        { kind: "notReached", batchSize: 32, updates: 9375, nearest: 0.91, constant: 0.1135 },
      ],
    };
  return {
    batchSize: 64,
    learningRate: rateAt(64),
    threads: 2,
    confident,
    range: [32, 128],
    reasons: [
      {
        kind: "beside",
        others: [16, 256].map((batchSize) => ({
          batchSize,
          updates: updatesAt(batchSize) / updatesAt(64),
          secondsPerUpdate: secondsAt(batchSize, 2) / secondsAt(64, 2),
          seconds: updatesAt(batchSize) * secondsAt(batchSize, 2),
        })),
      },
      { kind: "sameCost", range: [32, 128], part: 0.1 },
      ...(confident ? [] : [{ kind: "intervalsOverlap", rivals: [16, 256] } as const]),
    ],
  };
}

const usual: Required<SampleAdviceOptions> = {
  ...{ goal: "time", reached: true, verdict: "held", limitBytes: null, name: "mnist" },
  ...{ pilot: true, complete: true, confident: true },
  target: { monitor: "accuracy", value: 0.97, better: "higher", origin: "given" },
};

/** Advice on made-up numbers that follow S(B) = 450 (1 + 183 / B) updates to 97 %. */
export function sampleAdvice(options: SampleAdviceOptions = {}): Advice {
  const { goal, reached, verdict, limitBytes, name, pilot, complete, confident, target } = {
    ...usual,
    ...options,
  };
  return {
    goal,
    recommendation: recommended(reached, confident),
    noise: sampleNoise(pilot),
    throughput: { points: allPoints, best: fastest, seconds: 2.1 },
    memory: {
      points: sizes.map((batchSize) => ({
        batchSize,
        predictedBytes: 250e6 + batchSize * 9000,
        measuredBytes: batchSize === 1 ? null : 262e6 + batchSize * 8200,
        microBatch: Math.min(batchSize, 1024),
      })),
      limitBytes,
      largestBatchSize: 4096,
    },
    prediction: samplePrediction(reached, target),
    constant: { loss: 2.301, metrics: { accuracy: 0.1135 } },
    verification: reached && verdict !== null ? sampleVerification(verdict) : null,
    data: { name, training: 60000, validation: 10000, task: "classification", source: null },
    model: { text: "dense(128) relu dense(10)", parameters: 101770 },
    optimizer: "sgd",
    seed: 1,
    seconds: {
      throughput: 2.1,
      search: 6.4,
      noise: 1.9,
      verification: reached ? 3.2 : 0,
      total: 13.9,
    },
    complete,
  };
}
