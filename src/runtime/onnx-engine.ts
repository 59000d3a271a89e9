/**
 * @file The ONNX engine: hundreds of updates a call, in a `Scan` over mini-batches.
 * Batches too large for one piece take the split step: gradients are added up, then one update follows.
 */
import { buildObjective } from "../compile/objective.ts";
import {
  evaluationProgram,
  fusedProgram,
  gradientName,
  gradientProgram,
  predictionProgram,
  startsFromStep,
  updateProgram,
} from "../compile/programs.ts";
import type { StepSpec } from "../compile/spec.ts";
import { coefficientNames, slotNames } from "../compile/update.ts";
import type { Column, Rows } from "../data/dataset.ts";
import { invariant } from "../errors.ts";
import { outputName, writeModel, writeScan } from "../graph/onnx/write.ts";
import { sizeOf, zeros, type Tensor } from "../graph/types.ts";
import type { Parameter } from "../nn/model.ts";
import type {
  Chunk,
  ChunkResult,
  Engine,
  EvaluationSums,
  GradientResult,
  State,
} from "./engine.ts";
import { dataFeeder, rowsOf, scalarTensor, vector } from "./feeds.ts";
import { lastExamples } from "./last-examples.ts";
import { defaultMicroBatching } from "./micro-batch.ts";
import type { Runtime, Session } from "./ort.ts";
import { passes } from "./passes.ts";
import { lazySessions } from "./sessions.ts";

export interface OnnxEngineOptions {
  readonly threads?: number;
  /** Largest number of examples that go through the graph at once; chosen by their size in memory when absent. */
  readonly microBatch?: number;
  /** Bytes for the values of the examples that go through a graph at once; no bound by default. */
  readonly workBytes?: number;
}

export type Feeds = Readonly<Record<string, Tensor>>;

/** An engine for `spec`. Graphs are compiled when they are first needed. */
export function onnxEngine(
  runtime: Runtime,
  spec: StepSpec,
  { threads = 1, microBatch, workBytes }: OnnxEngineOptions = {},
): Engine {
  const { parameters } = buildObjective(spec);
  const { largest, pass } =
    microBatch === undefined
      ? defaultMicroBatching(spec, workBytes)
      : { largest: microBatch, pass: microBatch };
  const rowsAtOnce = workBytes === undefined ? evaluationRows : Math.min(evaluationRows, largest);
  const slots = slotNames(spec);
  const stateNames = [
    ...parameters.map(({ name }) => name),
    ...parameters.flatMap(({ name }) => slots.map((slot) => `${name}:${slot}`)),
  ];
  const coefficients = coefficientNames(spec);
  const feedsOf = dataFeeder(spec);
  const graphs = lazySessions(runtime);
  const fused = graphs.lazy(() => writeScan(fusedProgram(spec)), threads);
  const gradients = graphs.lazy(() => writeScan(gradientProgram(spec)), threads);
  const updates = graphs.lazy(() => writeModel(updateProgram(spec, parameters)));
  const evaluation = graphs.lazy(() => writeModel(evaluationProgram(spec)));
  const prediction = graphs.lazy(() => writeModel(predictionProgram(spec)));

  const stateFeeds = (state: State): Feeds =>
    zip(stateNames, [...state.parameters, ...state.slots]);
  const stateOf = (outputs: Feeds): State => {
    const all = stateNames.map((name) => output(outputs, outputName(name)));
    return { parameters: all.slice(0, parameters.length), slots: all.slice(parameters.length) };
  };

  const linear = startsFromStep(spec);
  const numberFeeds = (chunk: Chunk): Feeds =>
    linear
      ? {
          step: vector(
            spec.dtype,
            chunk.coefficients[0]!.map((rate) => rate / chunk.batchSize),
          ),
        }
      : {
          ...coefficientFeeds(spec, coefficients, chunk.coefficients),
          inverseBatch: scalarTensor(spec.dtype, 1 / chunk.batchSize),
        };

  async function advanceFused(state: State, chunk: Chunk, rows: Rows): Promise<ChunkResult> {
    const { updates: count, batchSize } = chunk;
    const outputs = await (
      await fused()
    ).run({
      ...stateFeeds(state),
      ...feedsOf(rows.data),
      ...visitFeeds(rows.indices, chunk.visitKeys, count, batchSize),
      ...numberFeeds(chunk),
    });
    const column = (name: string) => Float64Array.from(output(outputs, outputName(name)).data);
    const penalty = spec.l2 > 0 ? column("penalty") : undefined;
    return {
      state: stateOf(outputs),
      loss: column("loss").map((sum, u) => sum / batchSize + (penalty?.[u] ?? 0)),
      gradientNorm: spec.gradientNorm ? column("gradientNorm") : undefined,
    };
  }

  async function sumGradients(
    values: readonly Tensor[],
    batchSize: number,
    rows: Chunk["rows"],
    visitKeys?: Int32Array,
  ): Promise<{ readonly loss: number; readonly sums: Feeds }> {
    const names = ["loss", ...parameters.map(({ name }) => gradientName(name))];
    let sums: Feeds = zip(names, [
      zeros(spec.dtype, []),
      ...parameters.map(({ shape }) => zeros(spec.dtype, shape)),
    ]);
    const fixed = {
      ...zip(
        parameters.map(({ name }) => name),
        values,
      ),
      inverseBatch: scalarTensor(spec.dtype, 1 / batchSize),
    };
    const session = await gradients();
    for (let done = 0; done < batchSize;) {
      const { data: set, indices } = await rows(done);
      const atHand = Math.min(indices.length, batchSize - done);
      for (const [start, size, count] of passes(atHand, pass)) {
        const end = start + size * count;
        const keys = visitKeys?.subarray(2 * (done + start), 2 * (done + end));
        const outputs = await session.run({
          ...fixed,
          ...feedsOf(set),
          ...sums,
          ...visitFeeds(indices.subarray(start, end), keys, count, size),
        });
        sums = zip(
          names,
          names.map((name) => output(outputs, outputName(name))),
        );
      }
      done += atHand;
    }
    return { loss: output(sums, "loss").data[0]! / batchSize, sums };
  }

  async function advanceSplit(state: State, chunk: Chunk): Promise<ChunkResult> {
    const loss = new Float64Array(chunk.updates);
    const gradientNorm = spec.gradientNorm ? new Float64Array(chunk.updates) : undefined;
    let current = state;
    for (let u = 0; u < chunk.updates; u++) {
      const [start, end] = [u * chunk.batchSize, (u + 1) * chunk.batchSize];
      const { loss: mean, sums } = await sumGradients(
        current.parameters,
        chunk.batchSize,
        (done) => chunk.rows(start + done),
        chunk.visitKeys?.subarray(2 * start, 2 * end),
      );
      const { loss: _, ...gradientFeeds } = sums;
      const outputs = await (
        await updates()
      ).run({
        ...stateFeeds(current),
        ...gradientFeeds,
        ...zip(
          coefficients.map((name) => `at/${name}`),
          chunk.coefficients.map((column) => scalarTensor(spec.dtype, column[u]!)),
        ),
      });
      current = stateOf(outputs);
      loss[u] = mean + (outputs["penalty/out"]?.data[0] ?? 0);
      if (gradientNorm) gradientNorm[u] = output(outputs, "gradientNorm/out").data[0]!;
    }
    return { state: current, loss, gradientNorm };
  }

  return {
    kind: "onnx",
    compileSeconds: graphs.seconds,
    pass,
    async advance(state, chunk) {
      if (chunk.batchSize > largest) return advanceSplit(state, chunk);
      const rows = await chunk.rows(0);
      // Where memory is short, not even one batch may be at hand.
      const whole = rows.indices.length >= chunk.updates * chunk.batchSize;
      return whole ? advanceFused(state, chunk, rows) : advanceSplit(state, chunk);
    },
    async lossAfter(state, chunk, rows, most) {
      const part = lastExamples(chunk, rows, most);
      if (part.batchSize <= largest) return (await advanceFused(state, part, part.at)).loss[0]!;
      const { parameters: values } = state;
      return (await sumGradients(values, part.batchSize, part.rows, part.visitKeys)).loss;
    },
    async gradient(values, { size, rows, visitKeys }): Promise<GradientResult> {
      const { loss, sums } = await sumGradients(values, size, rows, visitKeys);
      return { loss, gradients: parameters.map(({ name }) => output(sums, gradientName(name))) };
    },
    async evaluate(values, set, before): Promise<EvaluationSums> {
      const session = await evaluation();
      const fixed = zip(
        parameters.map(({ name }) => name),
        values,
      );
      const totals = before === undefined ? [] : [before.loss, ...before.metrics.flat()];
      for (const [start, size] of passes(set.size, rowsAtOnce, 1)) {
        const outputs = await session.run({
          ...fixed,
          x: rowsOf(set.x, start, start + size),
          y: rowsOf(set.y, start, start + size),
        });
        Object.values(outputs).forEach(
          ({ data: [value = NaN] }, i) => (totals[i] = (totals[i] ?? 0) + value),
        );
      }
      return { loss: totals[0] ?? NaN, metrics: group(spec, totals.slice(1)) };
    },
    predict: async (values, x, size) =>
      predictRows(await prediction(), rowsAtOnce, { parameters, values, x, size }),
    close: () => graphs.close(),
  };
}

/** Rows of one call of an evaluation: enough to be efficient, few enough to stay in the cache. */
export const evaluationRows = 1024;

async function predictRows(
  session: Session,
  rowsAtOnce: number,
  {
    parameters,
    values,
    x,
    size,
  }: {
    readonly parameters: readonly Parameter[];
    readonly values: readonly Tensor[];
    readonly x: Column;
    readonly size: number;
  },
): Promise<Tensor> {
  const fixed = zip(
    parameters.map(({ name }) => name),
    values,
  );
  let all: Tensor | undefined;
  for (const [start, count] of passes(size, rowsAtOnce, 1)) {
    const rows = await session.run({ ...fixed, x: rowsOf(x, start, start + count) });
    const part = output(rows, "output");
    all ??= zeros(part.dtype, [size, ...part.shape.slice(1)]);
    all.data.set(part.data, start * sizeOf(part.shape.slice(1)));
  }
  invariant(all, "nothing to predict");
  return all;
}

export function visitFeeds(
  indices: Int32Array,
  visitKeys: Int32Array | undefined,
  count: number,
  size: number,
): Feeds {
  const rows = { indices: { dtype: "int32", shape: [count, size], data: indices } } as const;
  if (visitKeys === undefined) return rows;
  return { ...rows, visitKeys: { dtype: "int32", shape: [count, size, 2], data: visitKeys } };
}

function coefficientFeeds(
  { dtype }: StepSpec,
  names: readonly string[],
  columns: readonly Float64Array[],
): Feeds {
  return Object.fromEntries(names.map((name, i) => [`at/${name}`, vector(dtype, columns[i]!)]));
}

/** The sums of each metric, from all of them in one list. */
function group({ metrics }: StepSpec, sums: readonly number[]): readonly (readonly number[])[] {
  let start = 0;
  return metrics.map(({ sumCount }) => sums.slice(start, (start += sumCount)));
}

export function zip(names: readonly string[], values: readonly Tensor[]): Feeds {
  invariant(names.length === values.length, `${names.length} names for ${values.length} values`);
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

export function output(outputs: Feeds, name: string): Tensor {
  const value = outputs[name];
  invariant(value, `no output "${name}"`);
  return value;
}
