/** @file What an initializer is. */
import type { Generator } from "../data/rng.ts";

/** The numbers of inputs and outputs a weight connects: [out, in] for a dense layer. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Fills the initial values of a parameter, in float64. */
export interface Initializer {
  readonly name: string;
  readonly fill: (random: Generator, size: number, fans: Fans) => Float64Array;
}
