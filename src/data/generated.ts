/** @file Data sets drawn from a formula: moons, circles, spirals and a noisy linear map. */
import { InputError, nonNegative, oneOf, positive, show, wholeNumber } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { generator, stream, type Generator } from "./rng.ts";
import { range, shuffleInPlace } from "./sampler.ts";
import type { FloatType } from "./table.ts";

/** Options that all generated sets share. */
export interface GeneratedOptions {
  /** Number of examples. */
  readonly examples?: number;
  /** Standard deviation of the normal noise added to every coordinate (to the target for `linear`). */
  readonly noise?: number;
  /** Seed of the noise and of the order of the rows (default 0). */
  readonly seed?: number;
  /** Type of the numbers (default float32). */
  readonly dtype?: FloatType;
}

/**
 * Two interleaving half circles of radius 1 (scikit-learn's make_moons): class 0 at (cos t, sin t), class 1 at (1 − cos t, ½ − sin t),
 * t evenly spaced over [0, π]; rows in random order.
 *
 * @param options default 1000 examples, noise 0.1
 */
export function makeMoons(options: GeneratedOptions = {}): Dataset {
  return plane("moons", 2, options, (c, t) => {
    const angle = Math.PI * t;
    return c === 0
      ? [Math.cos(angle), Math.sin(angle)]
      : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}

/** Options of {@link makeCircles}. */
export interface CirclesOptions extends GeneratedOptions {
  /** Radius of the inner circle, above 0 and below 1 (default 0.8, as in scikit-learn). */
  readonly factor?: number;
}

/**
 * Two circles around the origin (scikit-learn's make_circles): class 0 of radius 1, class 1 of radius `factor`; rows in random order.
 *
 * @param options default 1000 examples, noise 0.1, factor 0.8
 */
export function makeCircles(options: CirclesOptions = {}): Dataset {
  const { factor = 0.8 } = options;
  if (!(typeof factor === "number" && factor > 0 && factor < 1)) {
    throw new InputError(`factor must be above 0 and below 1, got ${show(factor)}`);
  }
  const set = { ...options, closed: true };
  return plane("circles", 2, set, (c, t) => {
    const radius = c === 0 ? 1 : factor;
    return [radius * Math.cos(2 * Math.PI * t), radius * Math.sin(2 * Math.PI * t)];
  });
}

/** Options of {@link makeSpirals}. */
export interface SpiralsOptions extends GeneratedOptions {
  /** Number of arms, one a class (default 2). */
  readonly classes?: number;
  /** Turns of each arm (default 1). */
  readonly turns?: number;
}

/**
 * Spiral arms from the origin to radius 1: arm c of k at radius t and angle 2π (turns · t + c/k), t evenly spaced over [0, 1]; rows in
 * random order.
 *
 * @param options default 1000 examples, noise 0.02, 2 classes, 1 turn
 */
export function makeSpirals(options: SpiralsOptions = {}): Dataset {
  const { classes = 2, turns = 1 } = options;
  wholeNumber("classes", classes, 2);
  positive("turns", turns);
  return plane("spirals", classes, { noise: 0.02, ...options }, (c, t) => {
    const angle = 2 * Math.PI * (turns * t + c / classes);
    return [t * Math.cos(angle), t * Math.sin(angle)];
  });
}

/** Options of {@link makeLinear}. */
export interface LinearOptions extends GeneratedOptions {
  /** Number of features (default 10). */
  readonly features?: number;
}

/**
 * A linear map with noise, for regression: y = w·x + b + noise · ε with x, w, b and ε independent standard normal numbers.
 * `leastSquares` gives the exact optimum of what was drawn.
 *
 * @param options default 1000 examples, 10 features, noise 0.1
 * @example
 * const dataset = makeLinear({ examples: 200, features: 3, seed: 1 });
 * const { weights, bias, loss } = leastSquares(dataset);
 */
export function makeLinear(options: LinearOptions = {}): Dataset {
  const { examples, noise, seed, dtype } = withDefaults(options);
  const { features = 10 } = options;
  wholeNumber("features", features);
  const random = generator(seed, stream.data, 0);
  const weights = Float64Array.from({ length: features }, random.normal);
  const bias = random.normal();
  const x = floats(examples * features, dtype);
  const y = floats(examples, dtype);
  for (let i = 0; i < examples; i++) {
    let sum = bias;
    for (let j = 0; j < features; j++) {
      x[i * features + j] = random.normal();
      sum += (x[i * features + j] ?? 0) * (weights[j] ?? 0);
    }
    y[i] = sum + noise * random.normal();
  }
  return {
    name: "linear",
    size: examples,
    x: { data: x, shape: [features] },
    y: { data: y, shape: [1] },
    task: "regression",
    source: `generated: linear, ${examples} examples, ${features} features, noise ${noise}, seed ${seed}`,
  };
}

/** Point of class c at parameter t. */
type Curve = (c: number, t: number) => readonly [number, number];

function plane(
  name: string,
  classes: number,
  options: GeneratedOptions & { readonly closed?: boolean },
  curve: Curve,
): Dataset {
  const { examples, noise, seed, dtype } = withDefaults(options);
  if (examples < classes) {
    throw new InputError(
      `${name} needs at least one example a class: examples must be at least ${classes}, got ${examples}`,
    );
  }
  const random = generator(seed, stream.data, 0);
  const place = shuffleInPlace(range(examples), random.integer);
  const x = floats(2 * examples, dtype);
  const y = new Int32Array(examples);
  let row = 0;
  for (let c = 0; c < classes; c++) {
    // ⌊N/k⌋ to each class, and what is over to the last ones, as scikit-learn has it for two.
    const count = Math.floor((examples + c) / classes);
    const steps = options.closed === true ? count : Math.max(1, count - 1);
    for (let i = 0; i < count; i++) {
      const at = place[row++] ?? 0;
      const [first, second] = curve(c, i / steps);
      x[2 * at] = first + noisy(noise, random);
      x[2 * at + 1] = second + noisy(noise, random);
      y[at] = c;
    }
  }
  return {
    name,
    size: examples,
    x: { data: x, shape: [2] },
    y: { data: y, shape: [] },
    task: "classification",
    classes: Array.from({ length: classes }, (_, c) => String(c)),
    source: `generated: ${name}, ${examples} examples, noise ${noise}, seed ${seed}`,
  };
}

function withDefaults(options: GeneratedOptions): Required<GeneratedOptions> {
  const { examples = 1000, noise = 0.1, seed = 0, dtype = "float32" } = options;
  wholeNumber("examples", examples, 2);
  nonNegative("noise", noise);
  oneOf("dtype", dtype, ["float32", "float64"]);
  return { examples, noise, seed, dtype };
}

function floats(length: number, dtype: FloatType): Float32Array | Float64Array {
  return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}

function noisy(noise: number, random: Generator): number {
  return noise === 0 ? 0 : noise * random.normal();
}
