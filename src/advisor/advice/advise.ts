/** @file `adviseBatchSize`: which batch size, which learning rate, how many threads, and the evidence. */
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../nn/model.ts";
import { isStop } from "../../errors.ts";
import { optimizerText } from "../../nn/optimizer-text.ts";
import { monitorNamed, reaches } from "../../train/monitor.ts";
import { startRun, type Run } from "../../train/run-stream.ts";
import { laneConfig } from "../lane-options.ts";
import type { CriticalBatchSize } from "../noise/critical.ts";
import { measureNoise } from "../noise/measure.ts";
import type { NoisyExample } from "../noise/measurement.ts";
import { bestOf, type MeasuredThroughput } from "../throughput/measure.ts";
import { raceTimes } from "../throughput/race-times.ts";
import type {
  Advice,
  AdviceEvent,
  AdviceSeconds,
  AdviceTarget,
  MemoryAdvice,
  RacedRun,
  Recommendation,
  ThroughputPoint,
  Verification,
} from "./advice.ts";
import { planAdvice, type AdviseOptions, type AdvicePlan } from "./advise-options.ts";
import { bestFor } from "./choose-next.ts";
import { bestConstant, type BestConstant } from "./constant.ts";
import { memoryAdvice } from "./memory-advice.ts";
import { noiseAdvice, priorOf, startPilot } from "./noise-advice.ts";
import type { Reason } from "./reason.ts";
import { noRecommendation, recommend } from "./recommend.ts";
import { Search } from "./search.ts";
import { afterVerification, raceNeighbours } from "./verification.ts";
import { dataFacts, modelFacts } from "../subject-facts.ts";

/** Advice that is being made. */
export type AdviceRun = Run<AdviceEvent, Advice>;

/**
 * Measures which batch size and learning rate reach a target soonest with this model, data and machine.
 *
 * 1. Throughput: what an update takes, t(B), by batch size and threads, and the memory.
 * 2. Search: at batch size 32 a learning rate (range test, then runs to the target by factors of two); noise along that run gives B_noise.
 * 3. S(B) = S_min (1 + B_crit / B) from there predicts the time S(B) · t(B); the most promising batch sizes are raced to the target, each at
 *    its best learning rate, and the curve is fitted anew, until racing more promises nothing.
 * 4. Verification: the recommendation against its neighbours with other seeds. A neighbour that is clearly faster is recommended in its place.
 *
 * Times are updates × t(B), so that what else the machine does during a run is not in them. Runs that diverge or do not arrive are results.
 * Nothing is recommended when no run reaches the target, or when what a pilot learned cannot be told from a prediction that does not look
 * at the features.
 *
 * Like `train`, it starts at once: iterate it for its events, await `result`, stop it with an `AbortSignal`; what is known by then is in
 * the result, with `complete: false`.
 *
 * Source: McCandlish et al. (2018), arXiv 1812.06162, sections 2.2 and 2.3; design of races: Shallue et al. (2019), arXiv 1811.03600.
 * @throws InputError, ShapeError, DataError
 * @example
 * const advice = await adviseBatchSize(mlp, training, { target: { monitor: "accuracy", value: 0.97 }, validation: test, seed: 1 }).result;
 * console.log(advice.recommendation); // { batchSize, learningRate, threads, confident, range, reasons }
 */
export function adviseBatchSize(
  model: Model,
  data: Dataset,
  options: AdviseOptions = {},
): AdviceRun {
  return startRun(advise(planAdvice(model, data, options)));
}

async function* advise(plan: AdvicePlan): AsyncGenerator<AdviceEvent, Advice> {
  const clock = new Clock();
  const aborted = () => plan.options.signal?.aborted === true;
  const constant = await bestConstant(plan);
  const cautions: Reason[] = [...metByConstant(plan, constant)];
  for (const reason of cautions) yield { type: "caution", reason, target: plan.target! };
  yield { type: "stage", stage: "throughput" };
  const throughput = yield* measureTimes(plan);
  clock.lap("throughput");
  const memory = memoryAdvice(plan, throughput);

  yield { type: "stage", stage: "search" };
  const search = new Search(plan, { throughput, memory, constant });
  yield* search.start();
  if (search.little !== undefined) {
    const reason = { kind: "littleLearned", ...search.little } as const;
    yield { type: "caution", reason, target: search.target! };
    cautions.push(reason);
  }
  clock.lap("search");
  let pilot: CriticalBatchSize | undefined;
  let top: readonly NoisyExample[] = [];
  const pilotRun = search.first?.run;
  if (pilotRun !== undefined && !aborted()) {
    yield { type: "stage", stage: "noise" };
    pilot = yield* followPilot(plan, pilotRun, clock.seconds.search);
    top = aborted() ? [] : await noisiest(plan, search);
    clock.lap("noise");
    yield { type: "stage", stage: "search" };
    yield* search.continue(priorOf(pilot));
    clock.lap("search");
  }

  const prior = priorOf(pilot);
  let points = search.candidates(prior);
  let recommendation = recommendFrom(plan, search, points, constant);
  let verification: Verification | null = null;
  if (recommendation.batchSize !== null && plan.options.verify !== false && !aborted()) {
    yield { type: "stage", stage: "verification" };
    verification = yield* raceNeighbours(plan, search.target!, points, recommendation.batchSize);
    clock.lap("verification");
    recommendation = afterVerification(recommendation, verification, plan.goal, {
      predicted: points,
      raced: search.raced,
    });
  }
  recommendation = { ...recommendation, reasons: [...recommendation.reasons, ...cautions] };
  points = search.candidates(prior);
  const { fit } = search.raced.size > 0 ? search.model(prior) : { fit: null };
  const raced = [...search.raced.values()].map(([run]) => run!);
  return {
    goal: plan.goal,
    recommendation,
    noise: noiseAdvice(pilot, pilotRun, {
      ...{ fit, raced, top },
      best: (critical) => bestByNoise(throughput, memory, critical),
    }),
    throughput: {
      points: throughput.points,
      best: throughput.best,
      seconds: throughput.seconds,
    },
    memory,
    prediction: {
      target: search.target ?? unknownTarget,
      points: points.map(({ bytes: _, ...point }) => point),
      fit,
      runs: search.runs,
      raced,
    },
    constant: constant.evaluation,
    verification,
    ...described(plan),
    seconds: clock.total(),
    complete: !aborted(),
  };
}

/** A target that no pilot lived to set. */
const unknownTarget: AdviceTarget = {
  monitor: "valLoss",
  value: NaN,
  better: "lower",
  origin: "pilot",
};

/** Wall-clock time by stages. */
class Clock {
  readonly seconds: Record<keyof Omit<AdviceSeconds, "total">, number> = {
    throughput: 0,
    search: 0,
    noise: 0,
    verification: 0,
  };
  readonly #start = performance.now();
  #last = this.#start;

  lap(stage: keyof Omit<AdviceSeconds, "total">): void {
    const now = performance.now();
    this.seconds[stage] += (now - this.#last) / 1000;
    this.#last = now;
  }

  total(): AdviceSeconds {
    return { ...this.seconds, total: (performance.now() - this.#start) / 1000 };
  }
}

/** Where it is stopped, what is known by then: too little to search with. */
async function* measureTimes({
  race,
  candidates,
  threads,
  options,
}: AdvicePlan): AsyncGenerator<AdviceEvent, MeasuredThroughput> {
  const started = performance.now();
  const points: ThroughputPoint[] = [];
  try {
    const running = raceTimes(race, { batchSizes: candidates, threads }, options);
    for await (const event of running) {
      points.push(event.point);
      yield event;
    }
    return await running.result;
  } catch (error) {
    if (!isStop(error, options.signal)) throw error;
    const seconds = (performance.now() - started) / 1000;
    return { points, best: bestOf(points), seconds, peakBytes: new Map() };
  }
}

async function* followPilot(
  plan: AdvicePlan,
  run: RacedRun,
  searchSeconds: number,
): AsyncGenerator<AdviceEvent, CriticalBatchSize | undefined> {
  const running = startPilot(plan, run, searchSeconds);
  if (running === undefined) return undefined;
  try {
    for await (const event of running)
      if (event.type === "probe") yield { type: "pilot", done: event.done, total: event.total };
    return await running.result;
  } catch (error) {
    if (plan.options.signal?.aborted === true) return undefined;
    throw error;
  }
}

/** The examples with the largest gradients, at the end of the first run to the target. */
async function noisiest(
  { race, options }: AdvicePlan,
  { first }: Search,
): Promise<readonly NoisyExample[]> {
  if (first?.model === undefined) return [];
  const { loss, dtype, runtime } = options;
  const { top } = await measureNoise(race.model, race.training, {
    ...(loss !== undefined && { loss }),
    ...(dtype !== undefined && { dtype }),
    ...(runtime !== undefined && { runtime }),
    parameters: first.model.parameters,
    ...{ curvature: false, top: 10, seconds: 2, seed: race.seed },
  }).result;
  return top;
}

/** Whether the target that was given is one that a constant prediction meets. */
function metByConstant(
  { race, target }: AdvicePlan,
  { evaluation }: BestConstant,
): readonly Reason[] {
  if (target?.origin !== "given") return [];
  const monitor = monitorNamed(target.monitor, [race.metric]);
  const value = monitor.read(evaluation);
  return reaches(monitor, value, target.value) ? [{ kind: "constantReaches", value }] : [];
}

/** The recommendation by what was raced, before it is verified. */
export function recommendFrom(
  plan: AdvicePlan,
  search: Search,
  points: ReturnType<Search["candidates"]>,
  constant: BestConstant,
): Recommendation {
  if (search.raced.size === 0) return noRecommendation(nothingReached(plan, search, constant));
  const raced = [...search.raced.keys()];
  const known = points.filter(({ batchSize }) => raced.includes(batchSize));
  const best = bestFor(plan.goal, known);
  return best === undefined
    ? noRecommendation({ kind: "noneFits", limitBytes: plan.options.memoryLimit ?? Infinity })
    : recommend(best, points, raced, { goal: plan.goal, tried: search.tried });
}

function nothingReached(
  { race, options, first, mostUpdates }: AdvicePlan,
  { target, nothing, closest, runs }: Search,
  { evaluation }: BestConstant,
): Reason {
  if (options.signal?.aborted === true) return { kind: "stopped" };
  if (nothing !== undefined) return { kind: "nothingLearned", ...nothing };
  if (target === undefined) return { kind: "neverFinite" };
  const arrived = runs.filter(({ reached }) => reached).length;
  if (arrived > 0) return { kind: "someSeeds", reached: arrived, runs: runs.length };
  return {
    kind: "notReached",
    ...{ batchSize: first, updates: mostUpdates(first), nearest: closest ?? null },
    constant: monitorNamed(target.monitor, [race.metric]).read(evaluation),
  };
}

/** The batch size with the least t(B) (1 + B_crit / B). */
function bestByNoise(
  { best }: MeasuredThroughput,
  { largestBatchSize }: MemoryAdvice,
  critical: number,
): number {
  const cost = (batchSize: number, seconds: number) =>
    critical === Infinity ? seconds / batchSize : seconds * (1 + critical / batchSize);
  return best
    .filter(({ batchSize }) => batchSize <= largestBatchSize)
    .reduce((a, b) =>
      cost(b.batchSize, b.secondsPerUpdate.value) < cost(a.batchSize, a.secondsPerUpdate.value)
        ? b
        : a,
    ).batchSize;
}

function described(plan: AdvicePlan): Pick<Advice, "data" | "model" | "optimizer" | "seed"> {
  const { race, first } = plan;
  const { training, validation, model, seed } = race;
  const { initial, spec } = laneConfig(race, { batchSize: first, seed, engine: "onnx" }, 1);
  return {
    data: dataFacts(training, validation),
    model: modelFacts(model, initial),
    optimizer: optimizerText(spec.optimizer),
    seed,
  };
}
