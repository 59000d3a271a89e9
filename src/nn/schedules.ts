/**
 * @file The learning-rate schedules. They count examples, not updates, so a change of the batch size
 * leaves them alone; t is the number of examples visited before the update, 0 at the first one.
 */
import { having, InputError, knownOptions, nonNegative, oneOf, positive, show } from "../errors.ts";
import type { Progress, Schedule } from "./schedule.ts";

export { onPlateau, type PlateauOptions } from "./plateau.ts";

/** A stretch of a run. */
export type Duration = { readonly epochs: number } | { readonly examples: number };

/** How a schedule takes the whole run, or a stretch of it, to reach its end. */
export interface OverOptions {
  /** The stretch; by default the whole run, when its budget counts epochs, updates or examples. */
  readonly over?: Duration;
}

/** The same learning rate throughout. @throws InputError when it is not positive */
export function constant(learningRate: number): Schedule {
  positive("learningRate", learningRate);
  return { name: "constant", learningRate: () => learningRate };
}

/**
 * A drop by `factor` after each stretch: α γ^⌊t / T⌋. Default factor 0.1. PyTorch's `StepLR`.
 *
 * @example schedules.stepDecay(0.1, { factor: 0.5, every: { epochs: 10 } })
 */
export function stepDecay(
  learningRate: number,
  options: { readonly factor?: number; readonly every: Duration },
): Schedule {
  knownOptions("stepDecay", options, ["factor", "every"]);
  const { factor = 0.1, every } = options;
  positive("learningRate", learningRate);
  positive("factor", factor);
  checked("every", every);
  return {
    name: "stepDecay",
    learningRate: (progress) =>
      learningRate * factor ** Math.floor(progress.examples / lengthOf(every, progress)),
  };
}

/**
 * A smooth fall by `factor` a stretch: α γ^(t / T). PyTorch's `ExponentialLR` where its steps are T apart.
 *
 * @example schedules.exponential(0.1, { factor: 0.9, every: { epochs: 1 } })
 */
export function exponential(
  learningRate: number,
  options: { readonly factor: number; readonly every: Duration },
): Schedule {
  knownOptions("exponential", options, ["factor", "every"]);
  const { factor, every } = options;
  positive("learningRate", learningRate);
  positive("factor", factor);
  checked("every", every);
  return {
    name: "exponential",
    learningRate: (progress) =>
      learningRate * factor ** (progress.examples / lengthOf(every, progress)),
  };
}

/**
 * α / (1 + κ t / T): the rate of stochastic approximation. Default decay κ = 1. Keras's `InverseTimeDecay`.
 *
 * Source: Robbins, Monro (1951), "A stochastic approximation method".
 * @example schedules.inverseTime(0.1, { decay: 0.5, every: { epochs: 1 } })
 */
export function inverseTime(
  learningRate: number,
  options: { readonly decay?: number; readonly every: Duration },
): Schedule {
  knownOptions("inverseTime", options, ["decay", "every"]);
  const { decay = 1, every } = options;
  positive("learningRate", learningRate);
  nonNegative("decay", decay);
  checked("every", every);
  return {
    name: "inverseTime",
    learningRate: (progress) =>
      learningRate / (1 + decay * (progress.examples / lengthOf(every, progress))),
  };
}

/**
 * From α to `final` along (1 − t/T)^power, and `final` from T on: (α − final) (1 − t/T)^power + final.
 * Defaults: power 1 (a straight line), final 0. PyTorch's `PolynomialLR`, which has no `final`.
 *
 * @throws InputError (from `learningRate`) without `over` in a run whose length is not known
 * @example schedules.polynomial(0.1, { power: 2 })
 */
export function polynomial(
  learningRate: number,
  options: OverOptions & { readonly power?: number; readonly final?: number } = {},
): Schedule {
  knownOptions("polynomial", options, ["power", "final", "over"]);
  const { power = 1, final = 0, over } = options;
  positive("power", power);
  return falling("polynomial", learningRate, final, over, (done) => (1 - done) ** power);
}

/**
 * Half a cosine from α to `final`, and `final` from T on: final + (α − final) (1 + cos(π t/T)) / 2. Default final 0.
 * PyTorch's `CosineAnnealingLR`, which rises again after T. There are no restarts.
 *
 * Source: Loshchilov, Hutter (2017), "SGDR: stochastic gradient descent with warm restarts", eq. 5.
 * @throws InputError (from `learningRate`) without `over` in a run whose length is not known
 * @example schedules.cosine(0.1, { over: { epochs: 10 } })
 */
export function cosine(
  learningRate: number,
  options: OverOptions & { readonly final?: number } = {},
): Schedule {
  knownOptions("cosine", options, ["final", "over"]);
  const { final = 0, over } = options;
  return falling("cosine", learningRate, final, over, halfCosine);
}

/**
 * A linear rise from `start` times another schedule's rate to that rate; then that schedule. It runs from
 * t = 0 as well: the warm-up scales its beginning and does not put it off, as in PyTorch's `LinearLR` chained with another.
 *
 *     α(t) (start + (1 − start) t / T) for t < T,   α(t) from T on
 *
 * Default start 1/3, as PyTorch's; 0 would waste the first update.
 *
 * Source: Goyal et al. (2017), "Accurate, large minibatch SGD", section 2.2.
 * @param schedule what is warmed up to: a schedule, or a learning rate
 * @example schedules.warmup(schedules.cosine(0.4), { over: { epochs: 1 } })
 */
export function warmup(
  schedule: Schedule | number,
  options: { readonly over: Duration; readonly start?: number },
): Schedule {
  knownOptions("warmup", options, ["over", "start"]);
  const { over, start = 1 / 3 } = options;
  const after = typeof schedule === "number" ? constant(schedule) : schedule;
  having("schedule", after, "learningRate", "a learning rate or a schedule such as cosine(0.1)");
  checked("over", over);
  if (!(typeof start === "number" && start >= 0 && start <= 1))
    throw new InputError(`start must be a number from 0 to 1, got ${show(start)}`);
  return {
    ...after,
    name: `warmup(${after.name})`,
    learningRate: (progress) => {
      const done = Math.min(1, progress.examples / lengthOf(over, progress));
      return after.learningRate(progress) * (start + (1 - start) * done);
    },
  };
}

export interface OneCycleOptions extends OverOptions {
  /** Part of the run in which the rate rises, above 0 and below 1. Default 0.3. */
  readonly rise?: number;
  /** The run starts from maximum / divisor. Default 25. */
  readonly divisor?: number;
  /** It ends at maximum / (divisor · finalDivisor). Default 10,000. */
  readonly finalDivisor?: number;
  /** Shape of the rise and of the fall. Default "cosine". */
  readonly shape?: "cosine" | "linear";
}

/**
 * Up to `maximum` and down to almost nothing, in one run. PyTorch's `OneCycleLR` in two phases, without its cycle
 * of the momentum; its peak and end lie one update earlier, which a schedule that counts examples cannot see.
 *
 * Source: Smith, Topin (2018), "Super-convergence: very fast training of neural networks using large learning rates".
 * @throws InputError (from `learningRate`) without `over` in a run whose length is not known
 * @example schedules.oneCycle(0.5)
 */
export function oneCycle(maximum: number, options: OneCycleOptions = {}): Schedule {
  knownOptions("oneCycle", options, ["rise", "divisor", "finalDivisor", "shape", "over"]);
  const { rise = 0.3, divisor = 25, finalDivisor = 1e4, shape = "cosine", over } = options;
  positive("maximum", maximum);
  positive("divisor", divisor);
  positive("finalDivisor", finalDivisor);
  oneOf("shape", shape, ["cosine", "linear"]);
  if (over !== undefined) checked("over", over);
  if (!(typeof rise === "number" && rise > 0 && rise < 1))
    throw new InputError(`rise must be above 0 and below 1, got ${show(rise)}`);
  const first = maximum / divisor;
  const last = first / finalDivisor;
  const left = shape === "cosine" ? halfCosine : (done: number) => 1 - done;
  return {
    name: "oneCycle",
    learningRate: (progress) => {
      const done = partDone("oneCycle", over, progress);
      return done < rise
        ? maximum + (first - maximum) * left(done / rise)
        : last + (maximum - last) * left((done - rise) / (1 - rise));
    },
  };
}

/** 1 at 0, 0 at 1, along half a cosine. */
function halfCosine(done: number): number {
  return (1 + Math.cos(Math.PI * done)) / 2;
}

/** From `learningRate` to `final`, where `left` falls from 1 to 0. */
function falling(
  name: string,
  learningRate: number,
  final: number,
  over: Duration | undefined,
  left: (done: number) => number,
): Schedule {
  positive("learningRate", learningRate);
  nonNegative("final", final);
  if (over !== undefined) checked("over", over);
  return {
    name,
    learningRate: (progress) =>
      final + (learningRate - final) * left(partDone(name, over, progress)),
  };
}

/** The part of the stretch that lies behind, from 0 to 1. @throws InputError when its length is not known */
function partDone(name: string, over: Duration | undefined, progress: Progress): number {
  const length = over === undefined ? progress.totalExamples : lengthOf(over, progress);
  if (length !== undefined) return Math.min(1, progress.examples / length);
  throw new InputError(
    `${name} needs the length of the run, and the budget does not say it: give over, such as ` +
      `{ epochs: 10 }, or limit the run in epochs, updates or examples`,
  );
}

/** A duration in examples. */
function lengthOf(duration: Duration, { examplesPerEpoch }: Progress): number {
  return "epochs" in duration ? duration.epochs * examplesPerEpoch : duration.examples;
}

function checked(name: string, duration: Duration): void {
  const entries = Object.entries(Object(duration) as Record<string, number>);
  const [[unit, length] = ["", NaN]] = entries;
  if (entries.length !== 1 || (unit !== "epochs" && unit !== "examples"))
    throw new InputError(
      `${name} must be either { epochs: number } or { examples: number }, got ` +
        (entries.length === 0 ? show(duration) : `{ ${entries.map(([key]) => key).join(", ")} }`),
    );
  positive(`${name}.${unit}`, length);
}
