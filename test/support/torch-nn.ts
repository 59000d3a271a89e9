/** @file `torch_nn.json`, written by scripts/fixtures/torch_nn.py. */
import { input, type Value } from "../../src/graph/value.ts";
import { isFloat, tensor, type DType, type FloatType, type Tensor } from "../../src/graph/types.ts";
import type { PlateauOptions } from "../../src/nn/plateau.ts";
import { fixture } from "./fixture.ts";

type Options = Readonly<Record<string, number | boolean>>;

/** An output of a model beside what it should be. */
export interface Pair {
  readonly options: Options;
  readonly output: readonly number[];
  readonly outputShape: readonly number[];
  readonly target: readonly number[];
  readonly targetShape: readonly number[];
  readonly targetDtype: DType;
}

export interface TorchNn {
  readonly start: readonly number[];
  readonly optimizers: readonly {
    readonly optimizer: string;
    readonly options: Options;
    readonly trace: readonly (readonly number[])[];
  }[];
  readonly activations: readonly {
    readonly activation: string;
    readonly arguments: readonly (number | string)[];
    readonly x: readonly number[];
    readonly shape: readonly number[];
    readonly y: readonly number[];
    readonly gradient: readonly number[];
  }[];
  readonly losses: readonly (Pair & {
    readonly loss: string;
    readonly perExample: readonly number[];
    readonly gradient: readonly number[];
  })[];
  readonly metrics: readonly (Pair & { readonly metric: string; readonly value: number })[];
  readonly clipping: readonly {
    readonly kind: "norm" | "value";
    readonly limit: number;
    readonly norm: number | null;
    readonly shapes: readonly (readonly number[])[];
    readonly gradients: readonly (readonly number[])[];
    readonly clipped: readonly (readonly number[])[];
  }[];
  readonly examplesPerUpdate: number;
  readonly examplesPerEpoch: number;
  readonly schedules: readonly {
    readonly schedule: string;
    readonly rate: number;
    readonly options: object;
    readonly warmup: object | null;
    readonly rates: readonly number[];
  }[];
  readonly plateaus: readonly {
    readonly rate: number;
    readonly options: PlateauOptions;
    readonly values: readonly number[];
    readonly rates: readonly number[];
  }[];
}

export const torchNn = fixture("torch_nn") as TorchNn;

/** A pair as inputs of a graph whose batch has no known length, and what to feed them; floats are of dtype `float`. */
export function fed(
  pair: Pair,
  float: FloatType = "float64",
  prefix = "",
): {
  readonly output: Value;
  readonly target: Value;
  readonly feeds: ReadonlyMap<Value, Tensor>;
} {
  const symbolic = (shape: readonly number[]) => [`${prefix}batch`, ...shape.slice(1)];
  const targetDtype = isFloat(pair.targetDtype) ? float : pair.targetDtype;
  const output = input(`${prefix}output`, float, symbolic(pair.outputShape));
  const target = input(`${prefix}target`, targetDtype, symbolic(pair.targetShape));
  const feeds = new Map([
    [output, tensor(float, pair.outputShape, pair.output)],
    [target, tensor(targetDtype, pair.targetShape, pair.target)],
  ]);
  return { output, target, feeds };
}

/** A short name for a row of a table of tests. */
export function described(name: string, options: object): string {
  const parts = Object.entries(options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [name, ...parts].join(", ");
}
