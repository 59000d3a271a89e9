/** @file Committed figures that others published or computed. */
import { readFileSync } from "node:fs";

/** The JSON of `test/fixtures/<name>.json`. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** Figures of one data set in `sklearn_data.json`. */
export interface SklearnSummary {
  readonly shape: readonly [number, number];
  readonly sum: number;
  readonly columnMeans: readonly number[];
  readonly columnScales: readonly number[];
  readonly standardizedRow7: readonly number[];
  readonly row100: readonly number[];
  readonly weightedSum: number;
  readonly classCounts: readonly number[];
  readonly labelWeightedSum: number;
}

/** `sklearn_data.json`, written by scripts/make-datasets.py. */
export interface SklearnData {
  readonly digits: SklearnSummary;
  readonly iris: SklearnSummary;
  readonly moons: { readonly x: number[][]; readonly y: number[] };
  readonly circles: { readonly x: number[][]; readonly y: number[] };
  readonly regression: {
    readonly x: number[][];
    readonly y: number[];
    readonly weights: number[];
    readonly bias: number;
    readonly loss: number;
  };
  readonly numpyRandom: readonly {
    readonly seed: number;
    readonly uniform: number[];
    readonly normal: number[];
    readonly permutation: number[];
  }[];
}
