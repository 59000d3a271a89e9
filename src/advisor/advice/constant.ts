/** @file The best prediction that does not look at the features: what learning has to beat. */
import type { Dataset } from "../../data/dataset.ts";
import { range } from "../../data/sampler.ts";
import { take } from "../../data/split.ts";
import { predictionProgram } from "../../compile/programs.ts";
import { invariant } from "../../errors.ts";
import { sizeOf, zeros, type Tensor } from "../../graph/types.ts";
import { dense } from "../../nn/layers.ts";
import { reshape } from "../../nn/image-layers.ts";
import type { Model } from "../../nn/model.ts";
import { sequential } from "../../nn/sequential.ts";
import type { Engine, GradientResult } from "../../runtime/engine.ts";
import { examplesOf } from "../../runtime/examples.ts";
import { openEngine } from "../../train/engines.ts";
import { evaluateOn } from "../../train/evaluator.ts";
import type { Evaluation } from "../../train/history.ts";
import type { RacePlan } from "../compare-options.ts";
import { laneConfig } from "../lane-options.ts";
import { evenly, type AdvicePlan } from "./advise-options.ts";

/** The best constant output, judged. */
export interface BestConstant {
  readonly evaluation: Evaluation;
  /** Mean losses of the parts of the validation data. */
  readonly losses: readonly number[];
}

/** What a constant is fitted to, and judged on. */
type ConstantPlan = Pick<AdvicePlan, "race" | "judged"> & {
  readonly options: Pick<AdvicePlan["options"], "runtime">;
};

/** Targets that the constant is fitted to, at most. */
const mostTargets = 10_000;
/** Parts of the validation data whose losses are compared. */
const mostParts = 20;

/**
 * argmin_c Σ ℓ(c, yᵢ) over the targets of the training data, whatever the loss: log frequencies of the classes, the mean, the median, …
 * It is judged on the validation data.
 */
export async function bestConstant(plan: ConstantPlan): Promise<BestConstant> {
  const race = withoutFeatures(plan);
  const config = laneConfig(race, { batchSize: 1, seed: race.seed, engine: "onnx" }, 1);
  const engine = await openEngine(config, plan.options.runtime);
  try {
    const all = examplesOf(race.training, range(race.training.size));
    const [{ dtype, shape }] = config.initial as [Tensor];
    const constant = [await least(zeros(dtype, shape), (at) => engine.gradient([at], all))];
    return {
      evaluation: await evaluateOn(config, engine, constant, race.validation),
      losses: await partLosses(engine, constant, race.validation),
    };
  } finally {
    await engine.close();
  }
}

/** Mean losses of equal parts of `data`: how they scatter says how well its mean loss is known. */
export async function partLosses(
  engine: Engine,
  parameters: readonly Tensor[],
  data: Dataset,
): Promise<readonly number[]> {
  const parts = Math.min(mostParts, data.size);
  const losses: number[] = [];
  for (let part = 0; part < parts; part++) {
    const rows = Array.from(
      { length: Math.ceil((data.size - part) / parts) },
      (_, i) => part + i * parts,
    );
    losses.push((await engine.evaluate(parameters, take(data, rows))).loss / rows.length);
  }
  return losses;
}

/** The same race for a model whose only input is 1. */
function withoutFeatures({ race, judged }: ConstantPlan): RacePlan {
  const { spec } = laneConfig(race, { batchSize: 1, seed: race.seed, engine: "onnx" }, 1);
  const validation = onOnes(judged);
  return {
    ...race,
    model: constantModel(predictionProgram(spec).outputs[0]!.value.shape.slice(1) as number[]),
    training: onOnes(evenly(race.training, mostTargets)),
    validation,
  };
}

const onOnes = ({ sampleWeight: _, ...data }: Dataset): Dataset => ({
  ...data,
  x: { data: new Uint8Array(data.size).fill(1), shape: [1] },
});

function constantModel(shape: readonly number[]): Model {
  const outputs = dense(sizeOf(shape), { bias: false });
  return sequential(shape.length === 1 ? [outputs] : [outputs, reshape(shape)]);
}

const [mostSteps, firstStep, grown, halved] = [300, 0.1, 1.2, 0.5];
/** It is done when no element moves by more than this part of itself, or at all. */
const [precision, nothing] = [1e-4, 1e-9];

/**
 * Downhill by steps of each element's own, which grow while its slope keeps its sign and halve where it turns: only signs are used, so that
 * neither the scale of the targets nor a kink in the loss matters.
 *
 * Source: Igel and Hüsken (2000), "Improving the Rprop learning algorithm" (iRprop⁻).
 */
async function least(
  start: Tensor,
  gradientAt: (at: Tensor) => Promise<GradientResult>,
): Promise<Tensor> {
  const steps = new Float64Array(start.data.length).fill(firstStep);
  const before = new Float64Array(start.data.length);
  let best = { loss: Infinity, at: start };
  let at = start;
  for (let step = 0; step < mostSteps; step++) {
    const { loss, gradients } = await gradientAt(at);
    const slope = gradients[0]?.data;
    invariant(slope !== undefined, "a constant has one array of parameters");
    if (loss < best.loss) best = { loss, at };
    const data = at.data.slice();
    for (let i = 0; i < data.length; i++) {
      const turned = before[i]! * slope[i]!;
      steps[i]! *= turned > 0 ? grown : turned < 0 ? halved : 1;
      before[i] = turned < 0 ? 0 : slope[i]!;
      data[i]! -= Math.sign(before[i]!) * steps[i]!;
    }
    const still = data.every(
      (value, i) => slope[i] === 0 || steps[i]! < Math.max(nothing, precision * Math.abs(value)),
    );
    if (still || !Number.isFinite(loss)) break;
    at = { ...at, data };
  }
  return best.at;
}
