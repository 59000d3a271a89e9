/** @file What noise is measured with: gradients, curvature and example norms of one data set, at any parameters. */
import { penalised } from "../../compile/update.ts";
import type { Dataset, StoredDataset } from "../../data/dataset.ts";
import { generator, stream } from "../../data/rng.ts";
import { range } from "../../data/sampler.ts";
import { sizeOf, zeros, type Tensor } from "../../graph/types.ts";
import type { Engine, GradientResult } from "../../runtime/engine.ts";
import { onnxRuntime, type Runtime } from "../../runtime/ort.ts";
import { loopsProbe, onnxProbe, type Probe } from "../../runtime/probe.ts";
import type { RunConfig } from "../../train/run-config.ts";
import { visitKeys } from "../../train/cursor.ts";
import { engineOptions, openEngine } from "../../train/engines.ts";
import { openExamples, type ExampleSource } from "../../train/open-examples.ts";
import { combine, dot, type Vector } from "../vectors.ts";

/** Measures one model on one data set. The gradient of an example is that of its weighted loss wᵢ ℓᵢ. */
export interface Instrument {
  /** Number of examples, N. */
  readonly size: number;
  readonly names: readonly string[];
  /** Elements of all parameters together. */
  readonly elements: number;
  /** Mean loss and mean gradient of the examples at `rows`, without penalty. */
  readonly gradient: (parameters: Vector, rows: Int32Array) => Promise<GradientResult>;
  /** H v on the examples at `rows`, penalty included. */
  readonly hessianProduct: (
    parameters: Vector,
    direction: Vector,
    rows: Int32Array,
  ) => Promise<Vector>;
  /** For each parameter, the squared gradient norm of each of `rows`. */
  readonly squaredNorms: (parameters: Vector, rows: Int32Array) => Promise<readonly Float64Array[]>;
  /** Whether `squaredNorms` costs no more than a gradient of the same rows. */
  readonly cheapNorms: boolean;
  /** The gradient λ W of the penalty; undefined without one. */
  readonly penalty: (parameters: Vector) => Vector | undefined;
  readonly close: () => Promise<void>;
}

/** What an instrument is made from. */
export type InstrumentConfig = Pick<
  RunConfig<Dataset | StoredDataset>,
  | "spec"
  | "training"
  | "engine"
  | "threads"
  | "microBatch"
  | "workBytes"
  | "parameterNames"
  | "usesVisitKeys"
  | "initial"
  | "seed"
>;

/** An instrument on `engine`, or on one of its own; close it after use. @throws RuntimeError when ONNX Runtime is missing */
export async function openInstrument(
  config: InstrumentConfig,
  runtime?: Runtime,
  engine?: Engine,
): Promise<Instrument> {
  const probe = await openProbe(config, runtime);
  const measuring = engine ?? (await openEngine(config, runtime));
  const source = await openExamples(config.training, measuring.pass);
  return instrumentOf(config, { engine: measuring, probe, source }, async () => {
    await source.close();
    if (engine === undefined) await measuring.close();
    await probe.close();
  });
}

async function openProbe(config: InstrumentConfig, runtime?: Runtime): Promise<Probe> {
  const { spec } = config;
  if (config.engine === "loops") return loopsProbe(spec);
  return onnxProbe(runtime ?? (await onnxRuntime()), spec, engineOptions(config));
}

interface InstrumentParts {
  readonly engine: Engine;
  readonly probe: Probe;
  readonly source: ExampleSource;
}

function instrumentOf(
  config: InstrumentConfig,
  { engine, probe, source }: InstrumentParts,
  close: () => Promise<void>,
): Instrument {
  const { spec, training, parameterNames, initial } = config;
  const keysOf = visitKeysOf(config, training.size);
  const examplesAt = (indices: Int32Array) => source.at(indices, keysOf(indices));
  const gradient = (parameters: Vector, indices: Int32Array) =>
    engine.gradient(parameters, examplesAt(indices));
  const weights = (v: Vector): Vector =>
    v.map((part) => (penalised(part) ? part : zeros(part.dtype, part.shape)));
  return {
    size: training.size,
    names: parameterNames,
    elements: initial.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    gradient,
    hessianProduct: async (parameters, direction, indices) => {
      const product = await probe.hessianProduct(parameters, direction, examplesAt(indices));
      if (spec.l2 === 0) return product;
      return combine([
        [1, product],
        [spec.l2, weights(direction)],
      ]);
    },
    squaredNorms: (parameters, indices) =>
      probe.squaredNorms?.(parameters, examplesAt(indices)) ??
      normsOneByOne(gradient, parameters, indices),
    cheapNorms: probe.squaredNorms !== undefined,
    penalty: (parameters) =>
      spec.l2 === 0 ? undefined : combine([[spec.l2, weights(parameters)]]),
    close,
  };
}

/** Every example has one fixed dropout mask, so that N examples have N gradients, whatever batch they come in. */
function visitKeysOf(
  { usesVisitKeys, seed }: InstrumentConfig,
  size: number,
): (indices: Int32Array) => Int32Array | undefined {
  if (!usesVisitKeys) return () => undefined;
  const keys = visitKeys(seed, 0, size);
  return (indices) => {
    const own = new Int32Array(2 * indices.length);
    indices.forEach((row, i) => {
      own.set(keys.subarray(2 * row, 2 * row + 2), 2 * i);
    });
    return own;
  };
}

/** The norms from the gradients themselves, at batch size 1. */
async function normsOneByOne(
  gradient: Instrument["gradient"],
  parameters: Vector,
  rows: Int32Array,
): Promise<readonly Float64Array[]> {
  const norms = parameters.map(() => new Float64Array(rows.length));
  for (let i = 0; i < rows.length; i++) {
    const { gradients } = await gradient(parameters, rows.subarray(i, i + 1));
    gradients.forEach((part, p) => (norms[p]![i] = squaredNorm(part)));
  }
  return norms;
}

const squaredNorm = (part: Tensor): number => dot([part], [part]);

/** Which random draw of rows: they must not depend on each other. */
const draws = { gradients: 1, curvature: 2, batches: 3 } as const;

/** `examples` of the rows 0 … size − 1 at random without replacement, in `batches` groups whose sizes differ by one at most. */
export function drawGroups(
  { size, examples, batches }: { size: number; examples: number; batches: number },
  at: {
    readonly seed: number;
    readonly point: number;
    readonly draw: keyof typeof draws;
    readonly round?: number;
  },
): readonly Int32Array[] {
  const { seed, point, draw, round = 0 } = at;
  const { integer } = generator(seed, stream.probe, point, draws[draw], round);
  const order = range(size);
  // The first steps of a shuffle (Fisher–Yates): the rest of the order is not needed.
  for (let i = 0; i < examples; i++) {
    const j = i + integer(size - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const start = (k: number) => Math.floor((k * examples) / batches);
  return Array.from({ length: batches }, (_, k) => order.subarray(start(k), start(k + 1)));
}
