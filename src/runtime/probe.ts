/** @file What measures at fixed parameters beside the gradient of an engine: curvature, and the gradient norm of every example. */
import {
  buildHessianProduct,
  directionName,
  hessianProductProgram,
  productName,
  squaredNormsProgram,
} from "../compile/probes.ts";
import { buildObjective } from "../compile/objective.ts";
import type { StepSpec } from "../compile/spec.ts";
import type { Dataset } from "../data/dataset.ts";
import { interpreter } from "../graph/evaluate.ts";
import { outputName, writeScan } from "../graph/onnx/write.ts";
import { zeros, type Tensor } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";
import { dataFeeds, scalarTensor } from "./feeds.ts";
import { defaultMicroBatching } from "./micro-batch.ts";
import { passes } from "./passes.ts";
import { turns } from "./next-task.ts";
import { output, visitFeeds, zip, type Feeds, type OnnxEngineOptions } from "./onnx-engine.ts";
import type { Runtime } from "./ort.ts";
import { lazySessions } from "./sessions.ts";

/** Examples to look at: rows of the data, and two random words each where the model wants them. */
export interface ProbeRows {
  readonly indices: Int32Array;
  readonly visitKeys?: Int32Array | undefined;
}

/** Looks at one data set through the graphs of one run. */
export interface Probe {
  /** H v, with H the Hessian of the mean loss of `rows` (without penalty) and v in the shapes of the parameters. */
  readonly hessianProduct: (
    parameters: readonly Tensor[],
    direction: readonly Tensor[],
    rows: ProbeRows,
  ) => Promise<readonly Tensor[]>;
  /** For each parameter, |∂ℓᵢ/∂parameter|² of each of `rows`; undefined where only gradients one by one can tell. */
  readonly squaredNorms:
    | ((parameters: readonly Tensor[], rows: ProbeRows) => Promise<readonly Float64Array[]>)
    | undefined;
  readonly close: () => Promise<void>;
}

/** A probe by ONNX Runtime. Graphs are compiled when they are first needed. */
export function onnxProbe(
  runtime: Runtime,
  spec: StepSpec,
  data: Dataset,
  { threads = 1, microBatch }: OnnxEngineOptions = {},
): Probe {
  const { parameters } = buildObjective(spec);
  const names = parameters.map(({ name }) => name);
  const pass = microBatch ?? defaultMicroBatching(spec).pass;
  const wholeData = dataFeeds(spec, data);
  const graphs = lazySessions(runtime);
  const products = graphs.lazy(() => writeScan(hessianProductProgram(spec)), threads);
  const norms = squaredNormsProgram(spec);
  const normsSession = norms && graphs.lazy(() => writeScan(norms), threads);

  async function hessianProduct(
    values: readonly Tensor[],
    direction: readonly Tensor[],
    rows: ProbeRows,
  ): Promise<readonly Tensor[]> {
    const session = await products();
    const fixed = {
      ...zip(names, values),
      ...zip(names.map(directionName), direction),
      ...wholeData,
      inverseBatch: scalarTensor(spec.dtype, 1 / rows.indices.length),
    };
    const sumNames = names.map(productName);
    let sums: Feeds = zip(
      sumNames,
      parameters.map(({ shape }) => zeros(spec.dtype, shape)),
    );
    for (const call of passes(rows.indices.length, pass)) {
      const outputs = await session.run({ ...fixed, ...sums, ...rowFeeds(rows, call) });
      sums = zip(
        sumNames,
        sumNames.map((name) => output(outputs, outputName(name))),
      );
    }
    return sumNames.map((name) => output(sums, name));
  }

  const squaredNorms =
    normsSession &&
    (async (values: readonly Tensor[], rows: ProbeRows): Promise<readonly Float64Array[]> => {
      const session = await normsSession();
      const fixed = { ...zip(names, values), ...wholeData };
      const all = names.map(() => new Float64Array(rows.indices.length));
      for (const call of passes(rows.indices.length, pass)) {
        const outputs = await session.run({ ...fixed, ...rowFeeds(rows, call) });
        names.forEach((name, p) => {
          all[p]!.set(output(outputs, outputName(name)).data, call[0]);
        });
      }
      return all;
    });

  return { hessianProduct, squaredNorms, close: () => graphs.close() };
}

/** The rows of one call [start, size, count]. */
function rowFeeds(
  { indices, visitKeys }: ProbeRows,
  [start, size, count]: readonly [number, number, number],
): Feeds {
  const end = start + size * count;
  const keys = visitKeys?.subarray(2 * start, 2 * end);
  return visitFeeds(indices.subarray(start, end), keys, count, size);
}

/** A probe that interprets the graphs, one example at a time. */
export function loopsProbe(spec: StepSpec, data: Dataset): Probe {
  const built = once(() => {
    const graph = buildHessianProduct(spec);
    return { ...graph, run: interpreter(graph.products) };
  });
  const whole = dataFeeds(spec, data);
  const pause = turns();

  async function hessianProduct(
    values: readonly Tensor[],
    direction: readonly Tensor[],
    { indices, visitKeys }: ProbeRows,
  ): Promise<readonly Tensor[]> {
    const { objective, directions, run } = built();
    const { parameters } = objective;
    const feeds = new Map<Value, Tensor>([
      ...parameters.map(({ value }, i) => [value, values[i]!] as const),
      ...directions.map((value, i) => [value, direction[i]!] as const),
      [objective.data.x, whole["data/x"]!],
      [objective.data.y, whole["data/y"]!],
      [objective.scale, scalarTensor(spec.dtype, 1 / indices.length)],
    ]);
    if (objective.data.weight) feeds.set(objective.data.weight, whole["data/weight"]!);
    const sums = parameters.map(({ shape }) => zeros(spec.dtype, shape));
    for (let i = 0; i < indices.length; i++) {
      await pause();
      feeds.set(objective.indices, int32([1], indices.subarray(i, i + 1)));
      if (objective.visitKeys && visitKeys)
        feeds.set(objective.visitKeys, int32([1, 2], visitKeys.subarray(2 * i, 2 * i + 2)));
      run(feeds).forEach(({ data: part }, p) => {
        const sum = sums[p]!.data;
        for (let k = 0; k < sum.length; k++) sum[k]! += part[k]!;
      });
    }
    return sums;
  }

  return { hessianProduct, squaredNorms: undefined, close: () => Promise.resolve() };
}

const int32 = (shape: readonly number[], data: Int32Array): Tensor => ({
  dtype: "int32",
  shape,
  data,
});

function once<T>(build: () => T): () => T {
  let built: T | undefined;
  return () => (built ??= build());
}
