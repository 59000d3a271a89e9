/** @file `study`: tests what courses and folklore say about batch sizes, on one model and its data. */
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../nn/model.ts";
import { optimizerText } from "../../nn/optimizer-text.ts";
import { nextTask } from "../../runtime/next-task.ts";
import { isStop } from "../../errors.ts";
import { DivergenceError } from "../../train/divergence.ts";
import { startRun, type Run } from "../../train/run-stream.ts";
import { laneConfig } from "../lane-options.ts";
import { Bench, Stopped } from "./bench.ts";
import { claimTests } from "./claim-list.ts";
import { untestable, type ClaimTest, type Outcome } from "./claim-test.ts";
import type { StudyOptions, StudyPlan } from "./options.ts";
import { planStudy } from "./plan-study.ts";
import type { Claim, Study, StudyEvent } from "./study.ts";
import { dataFacts, modelFacts } from "../subject-facts.ts";

/** A study that is under way. */
export type StudyRun = Run<StudyEvent, Study>;

/**
 * Tests claims about SGD, mini-batch and full-batch gradient descent by measurement: each with several seeds, and a verdict that
 * follows from the numbers by a stated rule — "holds", "does not hold", or "cannot tell" where 95 % intervals leave it open. Learning
 * rates are tuned for each batch size; training is plain gradient descent unless an optimizer is given.
 *
 * Like `train`, it starts at once: iterate it for its events, await `result`, stop it with an `AbortSignal`; the claims that are
 * done by then are in the result, with `complete: false`.
 *
 * @throws InputError, ShapeError, DataError
 * @example
 * const { claims } = await study(mlp, training, { claims: [3, 5], validation: test, seed: 1 }).result;
 * console.table(claims.map(({ id, verdict, evidence }) => ({ id, verdict, summary: evidence.summary.en })));
 */
export function study(model: Model, data: Dataset, options: StudyOptions = {}): StudyRun {
  return startRun(runStudy(planStudy(model, data, options)));
}

async function* runStudy(plan: StudyPlan): AsyncGenerator<StudyEvent, Study> {
  const start = performance.now();
  const bench = new Bench(plan);
  const claims: Claim[] = [];
  for (const number of plan.claims) {
    const test = claimTests[number - 1]!;
    yield { type: "claim", number, total: plan.claims.length, id: test.id };
    const begun = performance.now();
    const work = outcomeOf(test, bench);
    let step = await work.next();
    for (; step.done !== true; step = await work.next()) {
      yield { type: "step", number, what: step.value };
      await nextTask();
    }
    if (step.value === undefined) break;
    const seconds = (performance.now() - begun) / 1000;
    const claim = { id: test.id, number, claim: test.claim, ...step.value, seconds };
    claims.push(claim);
    yield { type: "verdict", claim };
  }
  return {
    ...describe(plan),
    claims,
    seconds: (performance.now() - start) / 1000,
    complete: claims.length === plan.claims.length,
  };
}

/** The outcome of a test; undefined when it was stopped. */
async function* outcomeOf(
  { test }: ClaimTest,
  bench: Bench,
): AsyncGenerator<string, Outcome | undefined> {
  try {
    bench.check();
    const outcome = yield* test(bench);
    bench.check();
    return outcome;
  } catch (error) {
    if (error instanceof Stopped || isStop(error, bench.plan.options.signal)) return undefined;
    if (!(error instanceof DivergenceError)) throw error;
    const [message = ""] = error.message.split("\n");
    return untestable(
      `A run that was needed did not last: ${message}.`,
      `所需的一次训练未能完成：${message}。`,
    );
  }
}

function describe(
  plan: StudyPlan,
): Pick<Study, "data" | "model" | "optimizer" | "seed" | "seeds" | "environment"> {
  const { race, seeds, options } = plan;
  const { initial, spec } = laneConfig(race, race.lanes[0]!, 1);
  return {
    data: dataFacts(race.training, race.validation),
    model: modelFacts(race.model, initial),
    optimizer: optimizerText(spec.optimizer),
    seed: race.seed,
    seeds: seeds.length,
    environment: {
      ...(options.environment ?? { minibatch: "", runtime: "", machine: "" }),
      date: new Date().toISOString(),
    },
  };
}
