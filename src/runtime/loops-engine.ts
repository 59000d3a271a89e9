/**
 * @file The loops engine: the same run with explicit for-loops in plain TypeScript, one example at a time.
 * It is batch gradient descent, mini-batch or SGD without vectorisation: the other axis of every comparison.
 */
import { buildObjective } from "../compile/objective.ts";
import { evaluationProgram, predictionProgram, updateProgram } from "../compile/programs.ts";
import type { StepSpec } from "../compile/spec.ts";
import { coefficientNames, slotNames } from "../compile/update.ts";
import type { Column, Dataset } from "../data/dataset.ts";
import { invariant } from "../errors.ts";
import { interpreter } from "../graph/evaluate.ts";
import type { Named, Program } from "../graph/onnx/write.ts";
import { allocate, sizeOf, zeros, type Tensor } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";
import type {
  Chunk,
  ChunkResult,
  Engine,
  EvaluationSums,
  GradientResult,
  State,
} from "./engine.ts";
import { dataFeeder, rowsOf, scalarTensor } from "./feeds.ts";
import { lastExamples } from "./last-examples.ts";
import { turns } from "./next-task.ts";

/** An engine for `spec` that interprets the graphs. */
export function loopsEngine(spec: StepSpec): Engine {
  const objective = buildObjective(spec);
  const { parameters } = objective;
  const names = parameters.map(({ name }) => name);
  const slots = slotNames(spec);
  const coefficients = coefficientNames(spec);
  const exampleGradient = interpreter([objective.loss, ...objective.gradients]);
  const update = runner(updateProgram(spec, parameters));
  const evaluation = runner(evaluationProgram(spec));
  const prediction = runner(predictionProgram(spec));
  const feedsOf = dataFeeder(spec);
  const pause = turns();

  /** Feeds that are the same for all examples of a batch that come from one data set. */
  function fixedFeeds(
    values: readonly Tensor[],
    batchSize: number,
    set: Dataset,
  ): Map<Value, Tensor> {
    const feeds = new Map<Value, Tensor>();
    const columns = feedsOf(set);
    parameters.forEach(({ value }, i) => feeds.set(value, values[i]!));
    feeds.set(objective.data.x, columns["data/x"]!);
    feeds.set(objective.data.y, columns["data/y"]!);
    if (objective.data.weight) feeds.set(objective.data.weight, columns["data/weight"]!);
    feeds.set(objective.scale, scalarTensor(spec.dtype, 1 / batchSize));
    return feeds;
  }

  /** Σ over the examples of a batch, one at a time. */
  async function gradient(
    values: readonly Tensor[],
    batchSize: number,
    rows: Chunk["rows"],
    visitKeys?: Int32Array,
  ): Promise<GradientResult> {
    const sums = parameters.map(({ shape }) => zeros(spec.dtype, shape));
    let loss = 0;
    for (let done = 0; done < batchSize;) {
      const { data: set, indices } = await rows(done);
      const feeds = fixedFeeds(values, batchSize, set);
      const count = Math.min(indices.length, batchSize - done);
      for (let i = 0; i < count; i++) {
        await pause();
        feeds.set(objective.indices, {
          dtype: "int32",
          shape: [1],
          data: indices.subarray(i, i + 1),
        });
        if (objective.visitKeys && visitKeys)
          feeds.set(objective.visitKeys, {
            dtype: "int32",
            shape: [1, 2],
            data: visitKeys.subarray(2 * (done + i), 2 * (done + i) + 2),
          });
        const [exampleLoss, ...parts] = exampleGradient(feeds);
        loss += exampleLoss!.data[0]!;
        parts.forEach((part, p) => {
          addTo(sums[p]!, part);
        });
      }
      done += count;
    }
    return { loss: loss / batchSize, gradients: sums };
  }

  async function advance(state: State, chunk: Chunk): Promise<ChunkResult> {
    const loss = new Float64Array(chunk.updates);
    const gradientNorm = spec.gradientNorm ? new Float64Array(chunk.updates) : undefined;
    let current = state;
    for (let u = 0; u < chunk.updates; u++) {
      const [start, end] = [u * chunk.batchSize, (u + 1) * chunk.batchSize];
      const mean = await gradient(
        current.parameters,
        chunk.batchSize,
        (done) => chunk.rows(start + done),
        chunk.visitKeys?.subarray(2 * start, 2 * end),
      );
      const outputs = update([
        ...current.parameters,
        ...current.slots,
        ...mean.gradients,
        ...coefficients.map((_, c) => scalarTensor(spec.dtype, chunk.coefficients[c]![u]!)),
      ]);
      const carried = names.length * (1 + slots.length);
      const all = [...outputs.values()];
      current = { parameters: all.slice(0, names.length), slots: all.slice(names.length, carried) };
      loss[u] = mean.loss + (outputs.get("penalty/out")?.data[0] ?? 0);
      if (gradientNorm) gradientNorm[u] = outputs.get("gradientNorm/out")!.data[0]!;
    }
    return { state: current, loss, gradientNorm };
  }

  function evaluate(
    values: readonly Tensor[],
    set: Dataset,
    before?: EvaluationSums,
  ): EvaluationSums {
    const totals: number[] = before === undefined ? [] : [before.loss, ...before.metrics.flat()];
    for (let i = 0; i < set.size; i++) {
      const outputs = evaluation([...values, rowsOf(set.x, i, i + 1), rowsOf(set.y, i, i + 1)]);
      [...outputs.values()].forEach(({ data: [value = NaN] }, k) => {
        totals[k] = (totals[k] ?? 0) + value;
      });
    }
    let start = 1;
    const metrics = spec.metrics.map(({ sumCount }) => totals.slice(start, (start += sumCount)));
    return { loss: totals[0] ?? NaN, metrics };
  }

  function predict(values: readonly Tensor[], x: Column, size: number): Tensor {
    const rows = Array.from({ length: size }, (_, i) =>
      prediction([...values, rowsOf(x, i, i + 1)]).get("output")!,
    );
    const [first] = rows;
    invariant(first, "nothing to predict");
    const shape = [size, ...first.shape.slice(1)];
    const out = allocate(first.dtype, sizeOf(shape));
    rows.forEach((row, i) => {
      out.set(row.data, i * row.data.length);
    });
    return { dtype: first.dtype, shape, data: out };
  }

  return {
    kind: "loops",
    compileSeconds: () => 0,
    pass: 1,
    advance,
    async lossAfter(state, chunk, rows, most) {
      const part = lastExamples(chunk, rows, most);
      return (await gradient(state.parameters, part.batchSize, part.rows, part.visitKeys)).loss;
    },
    gradient: (values, { size, rows, visitKeys }) => gradient(values, size, rows, visitKeys),
    evaluate: (values, set, before) => Promise.resolve(evaluate(values, set, before)),
    predict: (values, x, size) => Promise.resolve(predict(values, x, size)),
    close: () => Promise.resolve(),
  };
}

function addTo(sum: Tensor, part: Tensor): void {
  for (let i = 0; i < sum.data.length; i++) sum.data[i]! += part.data[i]!;
}

/** A program as a function from its inputs, in order, to its outputs by name. */
function runner({ inputs, outputs }: Program): (values: readonly Tensor[]) => Map<string, Tensor> {
  const run = interpreter(outputs.map(({ value }: Named) => value));
  return (values) => {
    const feeds = new Map(inputs.map(({ value }, i) => [value, values[i]!]));
    const results = run(feeds);
    return new Map(outputs.map(({ name }, i) => [name, results[i]!]));
  };
}
