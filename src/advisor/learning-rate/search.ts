/** @file A learning rate for each batch size, by short trials from the same start. */
import { train } from "../../train/train.ts";
import { DivergenceError } from "../../train/divergence.ts";
import { laneOptions, type RacePlan } from "../compare-options.ts";
import type { LearningRateSearch, LearningRateTrial } from "../race.ts";

/** Half a decade. */
const stride = Math.sqrt(10);

/**
 * Trials of one batch size, coarse first: half decades upwards until it gets worse, and downwards as long as the lowest is the best;
 * then quarter decades beside the best.
 * Rates that diverge are trials too. Yields each trial when it is done.
 */
export async function* searchLearningRate(
  plan: RacePlan,
  batchSize: number,
): AsyncGenerator<LearningRateTrial, LearningRateSearch> {
  const trials: LearningRateTrial[] = [];
  const aborted = () => plan.options.signal?.aborted === true;
  const attempt = async (learningRate: number) => {
    const trial = await tryRate(plan, batchSize, round(learningRate));
    trials.push(trial);
    return trial;
  };
  const lowest = lowestRate[plan.optimizer({ learningRate: 1 }).name] ?? 0.0001;
  for (;;) {
    const rate = aborted() ? undefined : coarseRate(trials, lowest);
    if (rate === undefined) break;
    yield await attempt(rate);
  }
  const best = bestOf(trials)?.learningRate;
  for (const factor of [1 / Math.sqrt(stride), Math.sqrt(stride)])
    if (best !== undefined && !aborted()) yield await attempt(best * factor);
  return {
    batchSize,
    chosen: bestOf(trials)?.learningRate ?? lowest,
    trials: trials.toSorted((a, b) => a.learningRate - b.learningRate),
  };
}

/** Half decades from the first rate on, and below it, that are tried at most: three decades, two decades. */
const [trialsAbove, trialsBelow] = [7, 4];

/** The next rate on the coarse grid; undefined where it has been searched far enough. */
function coarseRate(trials: readonly LearningRateTrial[], lowest: number): number | undefined {
  const below = trials.filter(({ learningRate }) => learningRate < lowest).length;
  const above = trials.length - below;
  if (below === 0 && above < trialsAbove && !pastBest(trials)) return lowest * stride ** above;
  const further = below < trialsBelow && lowestIsBest(trials);
  return further ? lowest / stride ** (below + 1) : undefined;
}

function lowestIsBest(trials: readonly LearningRateTrial[]): boolean {
  const lowest = Math.min(...trials.map(({ learningRate }) => learningRate));
  return (bestOf(trials)?.learningRate ?? lowest) === lowest;
}

/** The first rate that is tried; 0.0001 for optimizers that scale steps by the gradient's own size. */
const lowestRate: Readonly<Record<string, number>> = { sgd: 0.01, adagrad: 0.001, adadelta: 0.01 };

/** Whether the last trial diverged or is clearly worse than the best. */
function pastBest(trials: readonly LearningRateTrial[]): boolean {
  const best = bestOf(trials)?.loss ?? null;
  const last = trials.at(-1)?.loss;
  return best !== null && last !== undefined && (last === null || last > 1.5 * best);
}

function bestOf(trials: readonly LearningRateTrial[]): LearningRateTrial | undefined {
  const finite = trials.filter(({ loss }) => loss !== null);
  return finite.sort((a, b) => (a.loss ?? 0) - (b.loss ?? 0))[0];
}

/** Two significant digits: a learning rate is not known better. */
const round = (rate: number): number => Number(rate.toPrecision(2));

/** Updates of a trial: enough to tell rates apart, few enough to cost little beside the race. */
function trialUpdates(batchSize: number): number {
  return Math.max(8, Math.min(2000, Math.ceil(24_000 / batchSize)));
}

/** One trial; one that diverges has no loss. */
export async function tryRate(
  plan: RacePlan,
  batchSize: number,
  learningRate: number,
): Promise<LearningRateTrial> {
  const { options, seed } = plan;
  const { target: _, ...lane } = laneOptions(
    plan,
    { batchSize, seed, engine: "onnx" },
    learningRate,
  );
  const updates = Math.min(trialUpdates(batchSize), options.updates ?? Infinity);
  const run = train(plan.model, plan.training, {
    ...lane,
    updates,
    validateEvery: { updates: updates + 1 },
  });
  try {
    const { history, examples, seconds, updates: made } = await run.result;
    const loss = history.evaluations.loss.at(-1) ?? NaN;
    return {
      learningRate,
      updates: made,
      examples,
      seconds,
      loss: Number.isFinite(loss) ? loss : null,
    };
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const made = error.history.updates.loss.length;
    return { learningRate, updates: made, examples: made * batchSize, seconds: 0, loss: null };
  }
}
