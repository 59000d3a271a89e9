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
import { interpreter } from "../graph/evaluate.ts";
import { outputName, writeScan } from "../graph/onnx/write.ts";
import type { ScanProgram } from "../graph/onnx/write.ts";
import { zeros, type Tensor } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";
import type { Examples } from "./examples.ts";
import { dataFeeder, scalarTensor } from "./feeds.ts";
import { defaultMicroBatching, passThrough } from "./micro-batch.ts";
import { passes } from "./passes.ts";
import { turns } from "./next-task.ts";
import { output, visitFeeds, zip, type Feeds, type OnnxEngineOptions } from "./onnx-engine.ts";
import type { Runtime } from "./ort.ts";
import { lazySessions } from "./sessions.ts";

/** Looks at examples through the graphs of one run. */
export interface Probe {
  /** H v, with H the Hessian of the mean loss of `examples` (without penalty) and v in the shapes of the parameters. */
  readonly hessianProduct: (
    parameters: readonly Tensor[],
    direction: readonly Tensor[],
    examples: Examples,
  ) => Promise<readonly Tensor[]>;
  /** For each parameter, |∂ℓᵢ/∂parameter|² of each of `examples`; undefined where only gradients one by one can tell. */
  readonly squaredNorms:
    | ((parameters: readonly Tensor[], examples: Examples) => Promise<readonly Float64Array[]>)
    | undefined;
  readonly close: () => Promise<void>;
}

/** A probe by ONNX Runtime. Graphs are compiled when they are first needed. */
export function onnxProbe(
  runtime: Runtime,
  spec: StepSpec,
  { threads = 1, microBatch, workBytes }: OnnxEngineOptions = {},
): Probe {
  const { parameters } = buildObjective(spec);
  const names = parameters.map(({ name }) => name);
  const pass = microBatch ?? defaultMicroBatching(spec, workBytes).pass;
  const passOf = (program: ScanProgram): number =>
    microBatch ?? passThrough(outputsOf(program), pass, workBytes);
  const feedsOf = dataFeeder(spec);
  const graphs = lazySessions(runtime);
  const curvature = once(() => hessianProductProgram(spec));
  const products = graphs.lazy(() => writeScan(curvature()), threads);
  const norms = squaredNormsProgram(spec);
  const normsSession = norms && graphs.lazy(() => writeScan(norms), threads);

  /** Runs a graph over all examples, a call at a time. */
  async function eachCall(
    { size, rows, visitKeys }: Examples,
    rowsOfPass: number,
    call: (feeds: Feeds, start: number) => Promise<void>,
  ): Promise<void> {
    for (let done = 0; done < size;) {
      const { data, indices } = await rows(done);
      const atHand = Math.min(indices.length, size - done);
      for (const [start, rowsOfOne, count] of passes(atHand, rowsOfPass)) {
        const end = start + rowsOfOne * count;
        const keys = visitKeys?.subarray(2 * (done + start), 2 * (done + end));
        const visited = visitFeeds(indices.subarray(start, end), keys, count, rowsOfOne);
        await call({ ...feedsOf(data), ...visited }, done + start);
      }
      done += atHand;
    }
  }

  async function hessianProduct(
    values: readonly Tensor[],
    direction: readonly Tensor[],
    examples: Examples,
  ): Promise<readonly Tensor[]> {
    const session = await products();
    const fixed = {
      ...zip(names, values),
      ...zip(names.map(directionName), direction),
      inverseBatch: scalarTensor(spec.dtype, 1 / examples.size),
    };
    const sumNames = names.map(productName);
    let sums: Feeds = zip(
      sumNames,
      parameters.map(({ shape }) => zeros(spec.dtype, shape)),
    );
    await eachCall(examples, passOf(curvature()), async (feeds) => {
      const outputs = await session.run({ ...fixed, ...sums, ...feeds });
      sums = zip(
        sumNames,
        sumNames.map((name) => output(outputs, outputName(name))),
      );
    });
    return sumNames.map((name) => output(sums, name));
  }

  const squaredNorms =
    normsSession &&
    (async (values: readonly Tensor[], examples: Examples): Promise<readonly Float64Array[]> => {
      const session = await normsSession();
      const fixed = zip(names, values);
      const all = names.map(() => new Float64Array(examples.size));
      await eachCall(examples, passOf(norms), async (feeds, start) => {
        const outputs = await session.run({ ...fixed, ...feeds });
        names.forEach((name, p) => {
          all[p]!.set(output(outputs, outputName(name)).data, start);
        });
      });
      return all;
    });

  return { hessianProduct, squaredNorms, close: () => graphs.close() };
}

/** What a program computes in each pass. */
function outputsOf({ carried, columns }: ScanProgram): readonly Value[] {
  return [...carried.map(({ next }) => next), ...columns.map(({ value }) => value)];
}

/** A probe that interprets the graphs, one example at a time. */
export function loopsProbe(spec: StepSpec): Probe {
  const built = once(() => {
    const graph = buildHessianProduct(spec);
    return { ...graph, run: interpreter(graph.products) };
  });
  const feedsOf = dataFeeder(spec);
  const pause = turns();

  async function hessianProduct(
    values: readonly Tensor[],
    direction: readonly Tensor[],
    { size, rows, visitKeys }: Examples,
  ): Promise<readonly Tensor[]> {
    const { objective, directions, run } = built();
    const { parameters } = objective;
    const feeds = new Map<Value, Tensor>([
      ...parameters.map(({ value }, i) => [value, values[i]!] as const),
      ...directions.map((value, i) => [value, direction[i]!] as const),
      [objective.scale, scalarTensor(spec.dtype, 1 / size)],
    ]);
    const sums = parameters.map(({ shape }) => zeros(spec.dtype, shape));
    for (let done = 0; done < size;) {
      const { data, indices } = await rows(done);
      const whole = feedsOf(data);
      feeds.set(objective.data.x, whole["data/x"]!);
      feeds.set(objective.data.y, whole["data/y"]!);
      if (objective.data.weight) feeds.set(objective.data.weight, whole["data/weight"]!);
      const count = Math.min(indices.length, size - done);
      for (let i = 0; i < count; i++) {
        await pause();
        const at = 2 * (done + i);
        feeds.set(objective.indices, int32([1], indices.subarray(i, i + 1)));
        if (objective.visitKeys && visitKeys)
          feeds.set(objective.visitKeys, int32([1, 2], visitKeys.subarray(at, at + 2)));
        run(feeds).forEach(({ data: part }, p) => {
          const sum = sums[p]!.data;
          for (let k = 0; k < sum.length; k++) sum[k]! += part[k]!;
        });
      }
      done += count;
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
