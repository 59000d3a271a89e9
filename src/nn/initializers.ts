/** @file The initializers. Nothing is truncated: the normal ones are normal, as in PyTorch. */
import type { Generator } from "../data/rng.ts";
import { finite, having, InputError, knownOptions, nonNegative, oneOf } from "../errors.ts";
import type { Fans, Initializer } from "./initializer.ts";

export type InitializerName =
  "heNormal" | "heUniform" | "glorotNormal" | "glorotUniform" | "torchDefault" | "zeros" | "ones";

/**
 * N(0, σ²) with σ = √(2 / fanIn): keeps the variance of ReLU layers. PyTorch's `kaiming_normal_`
 * with gain √2; Keras's `HeNormal` cuts the tails off at 2σ.
 *
 * Source: He, Zhang, Ren, Sun (2015), "Delving deep into rectifiers", section 2.2.
 * @example initializers.heNormal().fill(generator(1, stream.init), 784 * 128, { fanIn: 784, fanOut: 128 })
 */
export function heNormal(): Initializer {
  return scaledNormal("heNormal", ({ fanIn }) => Math.sqrt(2 / fanIn));
}

/** U(−a, a) with a = √(6 / fanIn), the variance of {@link heNormal}. PyTorch's `kaiming_uniform_` with gain √2. */
export function heUniform(): Initializer {
  return scaledUniform("heUniform", ({ fanIn }) => Math.sqrt(6 / fanIn));
}

/**
 * N(0, σ²) with σ = √(2 / (fanIn + fanOut)). PyTorch's `xavier_normal_`; Keras's `GlorotNormal` cuts the tails off at 2σ.
 *
 * Source: Glorot, Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", eq. 12.
 */
export function glorotNormal(): Initializer {
  return scaledNormal("glorotNormal", ({ fanIn, fanOut }) => Math.sqrt(2 / (fanIn + fanOut)));
}

/** U(−a, a) with a = √(6 / (fanIn + fanOut)). PyTorch's `xavier_uniform_`, Keras's default. Source: Glorot, Bengio (2010), eq. 16. */
export function glorotUniform(): Initializer {
  return scaledUniform("glorotUniform", ({ fanIn, fanOut }) => Math.sqrt(6 / (fanIn + fanOut)));
}

/** U(−a, a) with a = 1 / √fanIn, for weights and biases: what PyTorch's layers start from. */
export function torchDefault(): Initializer {
  return scaledUniform("torchDefault", ({ fanIn }) => 1 / Math.sqrt(fanIn));
}

/** All 0: the usual start of a bias. */
export function zeros(): Initializer {
  return { ...constant(0), name: "zeros" };
}

/** All 1. */
export function ones(): Initializer {
  return { ...constant(1), name: "ones" };
}

/** All `value`. @throws InputError when it is not finite */
export function constant(value: number): Initializer {
  finite("value", value);
  return { name: "constant", fill: (_, size) => new Float64Array(size).fill(value) };
}

/** N(mean, std²). Defaults: mean 0, std 1. @throws InputError when std is negative */
export function normal(options: { mean?: number; std?: number } = {}): Initializer {
  knownOptions("normal", options, ["mean", "std"]);
  const { mean = 0, std = 1 } = options;
  finite("mean", mean);
  nonNegative("std", std);
  return { name: "normal", fill: (random, size) => draw(size, () => mean + std * random.normal()) };
}

/** U(low, high). Defaults: low 0, high 1, as PyTorch's `uniform_`. @throws InputError when low > high */
export function uniform(options: { low?: number; high?: number } = {}): Initializer {
  knownOptions("uniform", options, ["low", "high"]);
  const { low = 0, high = 1 } = options;
  if (finite("low", low) > finite("high", high))
    throw new InputError(`low must be at most high, got low ${low} and high ${high}`);
  return {
    name: "uniform",
    fill: (random, size) => draw(size, () => low + (high - low) * random.uniform()),
  };
}

/** The initializer of that name. @throws InputError naming the legal names */
export function initializerNamed(name: string): Initializer {
  return byName[oneOf("initializer", name, Object.keys(byName) as InitializerName[])]();
}

const byName: Readonly<Record<InitializerName, () => Initializer>> = {
  heNormal,
  heUniform,
  glorotNormal,
  glorotUniform,
  torchDefault,
  zeros,
  ones,
};

function scaledNormal(name: string, std: (fans: Fans) => number): Initializer {
  return {
    name,
    fill: (random: Generator, size, fans) => normal({ std: std(fans) }).fill(random, size, fans),
  };
}

function scaledUniform(name: string, bound: (fans: Fans) => number): Initializer {
  return {
    name,
    fill: (random: Generator, size, fans) => {
      const high = bound(fans);
      return uniform({ low: -high, high }).fill(random, size, fans);
    },
  };
}

function draw(size: number, next: () => number): Float64Array {
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) out[i] = next();
  return out;
}

/** Refuses what is no initializer: a name, or a function that was not called. @throws InputError */
export function checkInitializer(name: string, value: Initializer): void {
  having(name, value, "fill", "an initializer such as initializers.heNormal()");
}
