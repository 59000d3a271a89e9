/** @file The race: batch sizes on the same model and data, from the same start, one after the other. */
import type { Model } from "../nn/model.ts";
import { optimizerText } from "../nn/optimizer-text.ts";
import { openEngine } from "../train/engines.ts";
import type { RunConfig } from "../train/run-config.ts";
import { nextTask } from "../runtime/next-task.ts";
import { startRun, type Run } from "../train/run-stream.ts";
import type { CompareOptions, Lane, RaceData, RacePlan } from "./compare-options.ts";
import { laneConfig, raceBudget } from "./lane-options.ts";
import { planRace } from "./plan-race.ts";
import { chosenBy, searchLearningRate } from "./learning-rate/find.ts";
import { lossPlane } from "./loss-plane.ts";
import type {
  EngineComparison,
  LearningRateSearch,
  LearningRateTrial,
  LossPlane,
  Race,
  RaceRun,
} from "./race.ts";
import { raceOptimizer } from "./race-optimizer.ts";
import { runLane, type LaneEvent, type LaneResult } from "./race-run.ts";
import { thinned, type Trajectory } from "./trajectory.ts";
import { largestDifference, type Vector } from "./vectors.ts";
import { dataFacts, modelFacts } from "./subject-facts.ts";

/** What a race tells while it goes on. */
export type RaceEvent =
  | { readonly type: "plan"; readonly lanes: readonly Lane[]; readonly seed: number }
  | { readonly type: "trial"; readonly batchSize: number; readonly trial: LearningRateTrial }
  | { readonly type: "learningRate"; readonly search: LearningRateSearch }
  | {
      readonly type: "lane";
      readonly index: number;
      readonly lane: Lane;
      readonly learningRate: number;
      readonly event: LaneEvent;
    }
  | { readonly type: "laneEnd"; readonly index: number; readonly run: Race["runs"][number] }
  | { readonly type: "plane"; readonly done: number; readonly total: number };

/** A race that is under way. */
export type RaceRunning = Run<RaceEvent, Race>;

/**
 * Races batch sizes: every run starts from the same parameters and sees the examples in the same order, the learning
 * rate of each batch size is tuned unless given, and the clock counts training only.
 * Of stored data the runs, the searches and all that is measured read the rows from disk: the same numbers as in memory, waiting included in the
 * seconds. Only the loss plane is drawn from fewer examples where 4096 do not fit.
 *
 * Like `train`, it starts at once: iterate it for its events, await `result`, stop it with an `AbortSignal`;
 * what is done by then is in the result, with `complete: false`.
 *
 * @throws InputError, ShapeError, DataError
 * @example
 * const race = await compare(mlp, training, { batchSizes: [1, 64, "full"], seconds: 10, validation: test, seed: 1 }).result;
 * console.table(race.runs.map(({ batchSize, updates, validationMetric }) => ({ batchSize, updates, validationMetric })));
 */
export function compare(model: Model, data: RaceData, options: CompareOptions = {}): RaceRunning {
  return startRun(race(planRace(model, data, options)));
}

async function* race(plan: RacePlan<RaceData>): AsyncGenerator<RaceEvent, Race> {
  const { options, lanes, batchSizes } = plan;
  const aborted = () => options.signal?.aborted === true;
  yield { type: "plan", lanes, seed: plan.seed };

  const searches = plan.learningRates === undefined ? yield* searchRates(plan) : [];
  const rateOf = (batchSize: number) =>
    plan.learningRates?.[batchSizes.indexOf(batchSize)] ??
    searches.find((search) => search.batchSize === batchSize)?.chosen;

  const results: KeptResult[] = [];
  for (const [index, lane] of lanes.entries()) {
    const learningRate = rateOf(lane.batchSize);
    if (aborted() || learningRate === undefined) break;
    const running = runLane(plan, lane, learningRate);
    let step = await running.next();
    for (; step.done !== true; step = await running.next())
      yield { type: "lane", index, lane, learningRate, event: step.value };
    results.push(keptOf(plan, step.value));
    yield { type: "laneEnd", index, run: step.value.run };
  }

  const plane = options.plane === false || aborted() ? null : yield* drawPlane(plan, results);
  return describeRace(plan, results, searches, plane);
}

/** The learning rates of all batch sizes, or as many as were found before it was stopped. */
async function* searchRates(
  plan: RacePlan<RaceData>,
): AsyncGenerator<RaceEvent, readonly LearningRateSearch[]> {
  const aborted = () => plan.options.signal?.aborted === true;
  const searches: LearningRateSearch[] = [];
  for (const batchSize of plan.batchSizes) {
    if (aborted()) break;
    const search = searchLearningRate(plan, batchSize);
    let step = await search.next();
    for (; step.done !== true; step = await search.next())
      yield { type: "trial", batchSize, trial: step.value };
    const found = chosenBy(step.value);
    if (aborted() || found === undefined) break; // the best of some trials is not what was asked for
    searches.push(found);
    yield { type: "learningRate", search: found };
  }
  return searches;
}

/** What a race remembers of a run until its end. */
interface KeptResult {
  readonly run: RaceRun;
  /** Where the path is drawn: as many copies of the parameters as memory allows, which would add up over seeds. */
  readonly trajectory: Trajectory | undefined;
  /** Where another engine's are compared with them. */
  readonly parameters: Vector | undefined;
}

function keptOf(plan: RacePlan<RaceData>, { run, trajectory, parameters }: LaneResult): KeptResult {
  const { engines = [], plane = true } = plan.options;
  const bytes = parameters.reduce((sum, { data }) => sum + data.byteLength, 0);
  return {
    run,
    trajectory:
      plane && isDrawn(plan, run) ? thinned(trajectory, bytes, plan.batchSizes.length) : undefined,
    parameters: engines.length > 1 ? parameters : undefined,
  };
}

/** Whether the path of a run is drawn: those of one start, since starts differ more than descents do. */
const isDrawn = (plan: RacePlan<RaceData>, run: RaceRun): boolean =>
  run.seed === plan.seed && run.engine === "onnx" && run.status !== "diverged";

async function* drawPlane(
  plan: RacePlan<RaceData>,
  results: readonly KeptResult[],
): AsyncGenerator<RaceEvent, LossPlane | null> {
  const [first] = plan.lanes;
  if (first === undefined || results.length === 0) return null;
  const drawn = results.map(({ trajectory }) => trajectory);
  const engine = await openEngine(
    laneConfig(plan, { ...first, engine: "onnx" }, 1),
    plan.options.runtime,
  );
  try {
    const plane = lossPlane(engine, drawn, { training: plan.training, seed: plan.seed });
    let step = await plane.next();
    for (; step.done !== true; step = await plane.next()) {
      yield { type: "plane", ...step.value };
      await nextTask();
      if (plan.options.signal?.aborted === true) return null;
    }
    return step.value ?? null;
  } finally {
    await engine.close();
  }
}

function describeRace(
  plan: RacePlan<RaceData>,
  results: readonly KeptResult[],
  learningRates: readonly LearningRateSearch[],
  plane: LossPlane | null,
): Race {
  const { options, training, validation, lanes, batchSizes } = plan;
  const config = laneConfig(plan, lanes[0]!, 1);
  const { loss, dtype } = config.spec;
  return {
    data: dataFacts(training, validation),
    model: modelFacts(plan.model, config.initial),
    loss: loss.name,
    metric: { name: plan.metric.name, better: plan.metric.better },
    optimizer: optimizerText(raceOptimizer(plan, 1)),
    dtype,
    seed: plan.seed,
    threads: Math.max(
      ...batchSizes.map((batchSize) => laneConfig(plan, { ...lanes[0]!, batchSize }, 1).threads),
    ),
    budget: raceBudget(options),
    target: targetOf(config),
    runs: results.map(({ run }) => run),
    learningRates,
    engines: compareEngines(results),
    plane,
    environment: {
      ...(options.environment ?? { minibatch: "", runtime: "", machine: "" }),
      date: new Date().toISOString(),
    },
    complete:
      results.length === lanes.length && results.every(({ run }) => run.status !== "aborted"),
  };
}

function targetOf({ target }: Pick<RunConfig, "target">): Race["target"] {
  if (target === undefined) return null;
  const { monitor, value } = target;
  return { metric: monitor.name, value, better: monitor.better };
}

/** Pairs of runs that differ only in the engine. */
function compareEngines(results: readonly KeptResult[]): readonly EngineComparison[] {
  return results
    .filter(({ run }) => run.engine === "loops")
    .flatMap((loops) => {
      const onnx = results.find(
        ({ run }) =>
          run.engine === "onnx" &&
          run.batchSize === loops.run.batchSize &&
          run.seed === loops.run.seed &&
          run.updates === loops.run.updates,
      );
      if (onnx?.parameters === undefined || loops.parameters === undefined) return [];
      const { batchSize, seed, updates } = loops.run;
      return [
        {
          batchSize,
          seed,
          updates,
          largestDifference: largestDifference(loops.parameters, onnx.parameters),
          timeRatio: loops.run.seconds / onnx.run.seconds,
        },
      ];
    });
}
