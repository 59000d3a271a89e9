/** @file Noise along the pilot, and what each estimate of the critical batch size would have recommended. */
import { criticalBatchSize, type CriticalBatchSize, type PilotRun } from "../noise/critical.ts";
import type { Estimate } from "../noise/estimate.ts";
import type { CriticalFit } from "../noise/fit.ts";
import type { CriticalEstimate, CriticalSource, NoiseAdvice, RacedRun } from "./advice.ts";
import type { NoisyExample } from "../noise/measurement.ts";
import type { AdvicePlan } from "./advise-options.ts";
import { meanOf } from "../statistics.ts";

/** Points of a pilot, and about how long measuring at all of them may take, as part of what the search took, and at least. */
const [mostProbes, share, leastSeconds] = [24, 0.25, 1];

/** A pilot like `run`; undefined where it is too short for one. */
export function startPilot(
  { race, options }: AdvicePlan,
  run: RacedRun,
  searchSeconds: number,
): PilotRun | undefined {
  if (run.updates < 6 || race.training.size < 16) return undefined;
  const { loss, dtype, signal, runtime } = options;
  return criticalBatchSize(race.model, race.training, {
    ...(loss !== undefined && { loss }),
    ...(dtype !== undefined && { dtype }),
    ...(signal !== undefined && { signal }),
    ...(runtime !== undefined && { runtime }),
    batchSize: run.batchSize,
    optimizer: race.optimizer({ learningRate: run.learningRate }),
    updates: run.updates,
    epochs: Infinity,
    probes: Math.min(mostProbes, Math.floor(run.updates / 2)),
    seconds: Math.max(leastSeconds, share * searchSeconds),
    seed: race.seed,
  });
}

/** Without a pilot: where a search has to start from something. */
export const usualCriticalBatchSize = 100;

/** B_crit by the curvature-weighted noise, where the pilot could tell. */
export function priorOf(pilot: CriticalBatchSize | undefined): number {
  const value = pilot?.criticalBatchSize.value;
  if (value === undefined || !Number.isFinite(value) || value <= 0) return usualCriticalBatchSize;
  return Math.min(1e6, Math.max(1, value));
}

/** All estimates beside each other. `best` gives the batch size that a critical batch size leads to. */
export function noiseAdvice(
  pilot: CriticalBatchSize | undefined,
  pilotRun: RacedRun | undefined,
  {
    fit,
    raced,
    best,
    top,
  }: {
    readonly fit: CriticalFit | null;
    readonly raced: readonly RacedRun[];
    readonly best: (critical: number) => number;
    readonly top: readonly NoisyExample[];
  },
): NoiseAdvice {
  const given: (readonly [CriticalSource, Estimate | undefined])[] = [
    ["curvature", pilot?.criticalBatchSize],
    ["simple", pilot?.simpleNoiseScale],
    ["races", fit?.criticalBatchSize],
  ];
  const estimates = given.flatMap(([source, estimate]): readonly CriticalEstimate[] =>
    estimate === undefined || Number.isNaN(estimate.value)
      ? []
      : [
          {
            source,
            criticalBatchSize: estimate,
            batchSize: best(estimate.value),
            logError: logErrorOf(raced, estimate.value),
          },
        ],
  );
  const compared = estimates.filter(
    ({ source, logError }) => source !== "races" && logError !== null,
  );
  const last = pilot?.probes.at(-1)?.noise;
  return {
    estimates,
    best: compared.sort((a, b) => a.logError! - b.logError!)[0]?.source ?? null,
    pilot:
      pilot === undefined || pilotRun === undefined
        ? null
        : {
            batchSize: pilot.batchSize,
            learningRate: pilotRun.learningRate,
            updates: pilot.updates,
            points: pilot.probes.map(({ updates, noise }) => ({
              updates,
              simpleNoiseScale: noise.simpleNoiseScale,
              noiseScale: noise.curvature!.noiseScale,
            })),
          },
    parameters: last?.parameters ?? [],
    top,
  };
}

/** How far S_min (1 + B_crit / B), through the races at its best S_min, is from them. */
function logErrorOf(raced: readonly RacedRun[], critical: number): number | null {
  if (raced.length < 2 || !(critical >= 0)) return null;
  const residuals = raced.map(({ batchSize, updates }) =>
    critical === Infinity
      ? Math.log(updates * batchSize)
      : Math.log(updates) - Math.log1p(critical / batchSize),
  );
  const centre = meanOf(residuals);
  return Math.sqrt(meanOf(residuals.map((residual) => (residual - centre) ** 2)));
}
