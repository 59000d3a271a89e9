/** @file Tracking of gradient noise as the probes of a run need it: from a point of the run to what was found there. */
import { isStreamed, type Dataset, type TrainingData } from "../../data/dataset.ts";
import { sampleOf } from "../../data/sample.ts";
import { range } from "../../data/sampler.ts";
import { InputError } from "../../errors.ts";
import type { Runtime } from "../../runtime/ort.ts";
import type { RunConfig } from "../../train/run-config.ts";
import type { ProbePoint } from "../../train/probe.ts";
import type { Estimate } from "../noise/estimate.ts";
import { openInstrument } from "../noise/instrument.ts";
import {
  affordableAt,
  defaultShare,
  nextProbe,
  startTracking,
  takeProbe,
  type NoiseProbe,
  type TrackingOptions,
  type TrackingState,
} from "../noise/track.ts";

/** A look at a run. */
export interface Tracked {
  readonly state: TrackingState;
  readonly nextAt: number;
  /** Absent when it was not yet worth its cost. */
  readonly found?: {
    readonly probe: NoiseProbe;
    readonly measured: Readonly<Record<string, number>>;
  };
}

/** Measures the noise of one run. */
export interface Tracker {
  /** Compiles what a look needs, so that the first one does not wait for it. */
  readonly warm: () => Promise<void>;
  /** Examples of training at which a run has paid for its first look. */
  readonly firstLook: number;
  readonly look: (state: TrackingState | undefined, point: ProbePoint) => Promise<Tracked>;
  readonly close: () => Promise<void>;
}

/** Between two looks a run grows by this factor at least… */
const growth = 1.05;
/** …and by this one between the first probes, so that they do not all see the same moment. */
const [firstGrowth, firstProbes] = [1.25, 3];
/** The first look is at so many examples. */
const firstAt = 2048;

/** By how much threads make an update of large batches faster, about: a look has one thread, and may take no more of the time for that. */
const speedup = (threads: number): number => threads ** 0.75;

/** A tracker for the run of `config`. @throws InputError for a stream, which cannot be looked at twice */
export async function openTracker(
  config: RunConfig<TrainingData>,
  { share = defaultShare, ...rest }: TrackingOptions,
  runtime?: Runtime,
): Promise<Tracker> {
  const options = { ...rest, share: share / speedup(config.threads) };
  const training = await lookedAt(config.training, config.seed);
  const { workBytes } = training;
  const instrument = await openInstrument({ ...config, training, workBytes, threads: 1 }, runtime);
  return {
    close: () => instrument.close(),
    firstLook: Math.max(firstAt, affordableAt(startTracking, instrument, options)),
    async warm() {
      const rows = range(Math.min(2, instrument.size));
      const { gradients } = await instrument.gradient(config.initial, rows);
      if (instrument.cheapNorms) await instrument.squaredNorms(config.initial, rows);
      if (options.curvature !== false)
        await instrument.hessianProduct(config.initial, gradients, rows);
    },
    async look(state = startTracking, { position, parameters, batchSize, loss }) {
      const { updates, examples } = position;
      const moment = { updates, examples, batchSize, loss };
      const looked = examples === 0 ? undefined : nextProbe(state, moment, instrument, options);
      // A look cuts a chunk of the run short: none before the run has paid for a probe.
      const after = (tracking: TrackingState, times: number) =>
        Math.max(Math.ceil(times * examples), affordableAt(tracking, instrument, options));
      if (looked === undefined) return { state, nextAt: Math.max(firstAt, after(state, growth)) };
      const at = { moment, parameters, seed: config.seed, looked };
      const { probe, state: next } = await takeProbe(instrument, state, at, options);
      const nextAt = after(next, next.probes < firstProbes ? firstGrowth : growth);
      return { state: next, nextAt, found: { probe, measured: numbersOf(probe) } };
    },
  };
}

/** Data in memory to look at: all of it, or a sample of what is stored. */
export async function lookedAt(data: TrainingData, seed: number): Promise<Dataset> {
  if (isStreamed(data))
    throw new InputError(
      "probe: a stream comes once, and noise is measured on examples that can be read again",
    );
  return sampleOf(data, seed);
}

function numbersOf(probe: NoiseProbe): Readonly<Record<string, number>> {
  const { looked, trace, gradientSquared, curvatureTrace, alongGradient, cost } = probe;
  return {
    looked,
    ...{ trace, gradientSquared },
    ...(curvatureTrace === null ? {} : { curvatureTrace }),
    ...(alongGradient === null ? {} : { alongGradient }),
    ...interval("simpleNoiseScale", probe.simpleNoiseScale),
    ...interval("noiseScale", probe.noiseScale),
    seconds: cost.seconds,
  };
}

function interval(name: string, estimate: Estimate | null): Readonly<Record<string, number>> {
  if (estimate === null) return {};
  const { value, low, high } = estimate;
  return { [name]: value, [`${name}Low`]: low, [`${name}High`]: high };
}

/** Whether the budget allows so many examples. */
export function mayReach({ budget, training }: RunConfig<TrainingData>, examples: number): boolean {
  return Math.min(budget.examples, budget.epochs * (training.size ?? Infinity)) > examples;
}
