/** @file `measureNoise`: gradient noise of a model on its data, as a run. */
import type { Dataset, StoredDataset } from "../../data/dataset.ts";
import { flag, knownOptions, stoppable, wholeNumber } from "../../errors.ts";
import type { Model } from "../../nn/model.ts";
import { nextTask } from "../../runtime/next-task.ts";
import type { RunConfig } from "../../train/run-config.ts";
import { startRun, type Run } from "../../train/run-stream.ts";
import { openInstrument } from "./instrument.ts";
import type { NoiseMeasurement } from "./measurement.ts";
import {
  configureSubject,
  pointRequest,
  resolveBudget,
  sharedNames,
  type NoiseBudget,
  type NoiseSubject,
} from "./options.ts";
import { measurePoint, type PointProgress } from "./point.ts";

/** Options of `measureNoise`. */
export interface MeasureNoiseOptions extends NoiseSubject, NoiseBudget {
  /** Whether curvature is measured, for B_noise and learning rates; true by default, and takes twice as long as the rest. */
  readonly curvature?: boolean;
  /** Examples with the largest gradients to list; 10 by default. */
  readonly top?: number;
  /** Stops it with what it has; before two batches are done, `result` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** How far a measurement is. */
export interface NoiseProgressEvent extends PointProgress {
  readonly type: "progress";
}

/** A measurement that is under way. */
export type NoiseRun = Run<NoiseProgressEvent, NoiseMeasurement>;

/**
 * Measures the noise of mini-batch gradients at fixed parameters: how long the gradient is, how far the gradients of single examples
 * scatter around it, and how much of that the curvature of the loss feels.
 *
 *     G = (1/N) Σ gᵢ,   Σ = (1/N) Σ (gᵢ − G)(gᵢ − G)ᵀ,   E|g_B − G|² = tr(Σ)/B · (N − B)/(N − 1)
 *     B_simple = tr(Σ) / |G|²,   B_noise = tr(HΣ) / GᵀHG
 *
 * It draws n examples without replacement, cuts them into K batches and compares their gradients with the mean ḡ of all n; |ḡ|² is
 * corrected for the noise it carries, (1/n − 1/N) tr(Σ) N/(N − 1), so nothing is biased. Curvature comes from exact Hessian-vector
 * products on other examples, drawn for it alone. Intervals are 95 %: Student's t over one pseudo-value a batch, Fieller's for
 * ratios. With n = N the gradient has no error; where all layers are dense, tr(Σ) and B_simple have none either.
 *
 * Stored data is read as it is looked at, and gives the same numbers. Dropout takes part with one mask an example. The loss of an example must depend on that example alone.
 *
 * Like `train`, it starts at once: iterate it for its progress, await `result`.
 *
 * Source: McCandlish et al. (2018), "An empirical model of large-batch training", arXiv 1812.06162, section 2.2 and appendix A.1.
 * @throws InputError, ShapeError, DataError
 * @example
 * const noise = await measureNoise(sequential([dense(128), relu(), dense(10)]), training, { seed: 1 }).result;
 * console.log(noise.simpleNoiseScale, noise.curvature?.noiseScale, optimalLearningRate(noise, 64));
 */
export function measureNoise(
  model: Model,
  data: Dataset | StoredDataset,
  options: MeasureNoiseOptions = {},
): NoiseRun {
  knownOptions("measureNoise", options, [...sharedNames, "curvature", "top", "signal"]);
  const { top = 10, curvature = true, signal } = options;
  wholeNumber("top", top, 0);
  flag("curvature", curvature);
  stoppable(signal);
  const config = configureSubject(model, data, options);
  resolveBudget(config, options);
  return startRun(measure(config, options, top));
}

async function* measure(
  config: RunConfig<Dataset | StoredDataset>,
  options: MeasureNoiseOptions,
  top: number,
): AsyncGenerator<NoiseProgressEvent, NoiseMeasurement> {
  const { signal, runtime, curvature = true } = options;
  const { initial: parameters, seed } = config;
  const instrument = await openInstrument(config, runtime);
  try {
    const budget = resolveBudget(config, options);
    const place = { parameters, curvature, top, seed, point: 0, signal };
    const work = measurePoint(instrument, pointRequest(instrument, budget, place));
    let step = await work.next();
    for (; step.done !== true; step = await work.next()) {
      yield { type: "progress", ...step.value };
      await nextTask();
    }
    return step.value;
  } finally {
    await instrument.close();
  }
}
