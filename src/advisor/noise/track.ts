/** @file Gradient noise along a run at small cost: when to look, how closely, and what the looks say together. */
import { flag, InputError, nonNegative, wholeNumber } from "../../errors.ts";
import type { Vector } from "../vectors.ts";
import type { Estimate } from "./estimate.ts";
import type { Instrument } from "./instrument.ts";
import { measurePoint } from "./point.ts";
import { progressMean } from "./progress-mean.ts";

/** Options of noise that is tracked along a run. */
export interface TrackingOptions {
  /**
   * Part of the training that measuring may cost, counted in examples; 0.014 by default, which came to 0.5 to 2 % of the time: a look at a
   * small network takes longer than its examples say, because of its calls.
   */
  readonly share?: number;
  /** Examples that one probe looks at, at most; 8192 by default. */
  readonly examples?: number;
  /** Whether curvature is measured, for B_noise; true by default. It takes two thirds of the work. */
  readonly curvature?: boolean;
  /** Probes that the smoothed estimates rest on; 8 by default. */
  readonly window?: number;
}

/** What tracking remembers: plain data, to be kept in a checkpoint. */
export interface TrackingState {
  /** Cost of all probes, in examples of training. */
  readonly spent: number;
  readonly probes: number;
  /** Examples of the run and its loss at the last probe. */
  readonly last: { readonly examples: number; readonly loss: number } | null;
  /** tr(Σ), |G|² and, with curvature, tr(HΣ), GᵀHG of the last probes, oldest first. */
  readonly recent: readonly (readonly number[])[];
}

/** Where a run stands. */
export interface TrackedMoment {
  readonly updates: number;
  /** Examples of training so far. */
  readonly examples: number;
  /** Mean loss of the last updates. */
  readonly loss: number;
  /** Of the updates at this moment. */
  readonly batchSize: number;
}

/** Noise at one moment of a run. */
export interface NoiseProbe extends TrackedMoment {
  /** Examples it looked at. */
  readonly looked: number;
  /** What this probe says alone, mostly noise itself: tr(Σ), |G|², and tr(HΣ), GᵀHG or null. */
  readonly trace: number;
  readonly gradientSquared: number;
  readonly curvatureTrace: number | null;
  readonly alongGradient: number | null;
  /** B_simple and B_noise over the last probes, as `progressMean` has them; null before the third. */
  readonly simpleNoiseScale: Estimate | null;
  readonly noiseScale: Estimate | null;
  /** Cost in examples of training, and the time it took. */
  readonly cost: { readonly examples: number; readonly seconds: number };
}

export const startTracking: TrackingState = { spent: 0, probes: 0, last: null, recent: [] };

/** Part of a run that its probes may cost: below 2 % of the time of every run that was measured. */
export const defaultShare = 0.014;

/** Batches of a probe: the fewest, since each costs a pass over the parameters, and the intervals rest on how probes differ. */
const batches = 2;

/** A probe is worth its while from this many examples on. */
const leastExamples = 512;

/** A new probe is due when the run has grown by this factor, or when its loss has changed by this much in the logarithm. */
const [growth, change] = [1.25, 0.1];

/**
 * Cost in examples of training: a gradient is one, norms 0.9, the two products of curvature 2.6; a batch costs as much as 600
 * examples for what is done with its gradient outside the graph, and 1000 more with curvature. Measured in processor time on
 * 784–128–10 and 784–512–10 at batch size 1024, where an example costs least; smaller batches cost more, so that the share is smaller then.
 */
function costOf(examples: number, { norms, curvature }: ProbeParts): number {
  const perExample = 1 + (norms ? 0.9 : 0) + (curvature ? 2.6 : 0);
  return perExample * examples + batches * (600 + (curvature ? 1000 : 0));
}

interface ProbeParts {
  readonly norms: boolean;
  readonly curvature: boolean;
}

/** @throws InputError when an option is wrong */
export function checkTracking(options: TrackingOptions): void {
  defaultsOf(options);
}

function defaultsOf(options: TrackingOptions): Required<TrackingOptions> {
  const { share = defaultShare, examples = 8192, curvature = true, window = 8 } = options;
  flag("curvature", curvature);
  if (nonNegative("share", share) >= 1)
    throw new InputError(`share must be below 1: a part of the time of the run; got ${share}`);
  wholeNumber("examples", examples, leastExamples);
  return { share, examples, curvature, window: wholeNumber("window", window, 3) };
}

/**
 * Examples that a probe may look at now; undefined when none is due. Due is a probe that the run has paid for, share · examples of training ≥
 * cost of all probes, when the run has grown by a quarter or its loss changed by a tenth since the last one. What is not spent is saved for
 * larger probes. Cost is counted in examples, not in seconds, so the same run is probed at the same places on every machine.
 *
 * @throws InputError when an option is wrong
 */
export function nextProbe(
  state: TrackingState,
  { examples, loss }: Pick<TrackedMoment, "examples" | "loss">,
  { size, cheapNorms }: Pick<Instrument, "size" | "cheapNorms">,
  options: TrackingOptions = {},
): number | undefined {
  const { share, examples: most, curvature } = defaultsOf(options);
  const parts = { norms: cheapNorms, curvature };
  const { last, spent } = state;
  const allowed = share * examples - spent;
  const fixed = costOf(0, parts);
  const affordable = Math.floor((allowed - fixed) / (costOf(1, parts) - fixed));
  const least = Math.min(leastExamples, size);
  if (affordable < least) return undefined;
  const due =
    last === null ||
    examples >= growth * last.examples ||
    !(Math.abs(Math.log(loss / last.loss)) < change);
  return due ? Math.min(affordable, most, size) : undefined;
}

/** Examples of training at which the run has paid for the smallest probe; before, a look is for nothing. */
export function affordableAt(
  { spent }: Pick<TrackingState, "spent">,
  { size, cheapNorms }: Pick<Instrument, "size" | "cheapNorms">,
  options: TrackingOptions = {},
): number {
  const { share, curvature } = defaultsOf(options);
  const least = costOf(Math.min(leastExamples, size), { norms: cheapNorms, curvature });
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil((spent + least) / share));
}

/** A probe, and what tracking remembers after it. */
export interface Tracked {
  readonly probe: NoiseProbe;
  readonly state: TrackingState;
}

/**
 * Measures noise at `parameters` with `looked` examples, as {@link nextProbe} allowed. The estimates of single probes are unbiased and noisy;
 * B_simple and B_noise are means over the last probes, with intervals from how these differ.
 *
 * @example
 * const looked = nextProbe(state, moment, instrument, options);
 * if (looked !== undefined) ({ probe, state } = await takeProbe(instrument, state, { moment, parameters, seed, looked }, options));
 */
export async function takeProbe(
  instrument: Instrument,
  state: TrackingState,
  at: {
    readonly moment: TrackedMoment;
    readonly parameters: Vector;
    readonly seed: number;
    readonly looked: number;
    readonly signal?: AbortSignal;
  },
  options: TrackingOptions = {},
): Promise<Tracked> {
  const { curvature, window } = defaultsOf(options);
  const { parameters, seed, looked, signal } = at;
  const { updates, examples, loss, batchSize } = at.moment;
  const work = measurePoint(instrument, {
    ...{ parameters, seed, curvature, signal, examples: looked },
    batches: Math.min(batches, looked),
    perExample: instrument.cheapNorms,
    top: 0,
    point: state.probes,
    seconds: Infinity,
  });
  let step = await work.next();
  while (step.done !== true) step = await work.next();
  const noise = step.value;
  const [trace = NaN, gradientSquared = NaN, curvatureTrace, alongGradient] = noise.moments.means;
  const recent = [...state.recent, noise.moments.means].slice(-window);
  const cost = costOf(looked, { norms: instrument.cheapNorms, curvature });
  return {
    probe: {
      ...{ updates, examples, loss, batchSize, looked, trace, gradientSquared },
      curvatureTrace: curvatureTrace ?? null,
      alongGradient: alongGradient ?? null,
      simpleNoiseScale: smoothed(recent, 0, 1, batchSize),
      noiseScale: curvature ? smoothed(recent, 2, 3, batchSize) : null,
      cost: { examples: cost, seconds: noise.seconds },
    },
    state: {
      spent: state.spent + cost,
      probes: state.probes + 1,
      last: { examples, loss },
      recent,
    },
  };
}

/** The mean of the ratio of two quantities over probes; null with fewer than three. */
function smoothed(
  probes: readonly (readonly number[])[],
  numerator: number,
  denominator: number,
  batchSize: number,
): Estimate | null {
  if (probes.length < 3) return null;
  const scales = probes.map((probe) => {
    const [x, y] = [probe[numerator]!, probe[denominator]!];
    return y > 0 ? x / y : Infinity;
  });
  return progressMean(scales, batchSize);
}
