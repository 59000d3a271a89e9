/**
 * @file Our own engine, through the public API alone.
 *
 * The time of an update is the time inside ONNX Runtime (its session is handed over with a stopwatch around `run`),
 * which is what the hand-written loop is compared with; the time of an epoch is wall-clock time between two ends of
 * epochs, with the sampling, the cutting into chunks and all events that it takes.
 */
import { createRequire } from "node:module";
import { mnist } from "../../src/datasets.ts";
import { dense, onnxRuntime, relu, sequential, sgd, train } from "../../src/index.ts";
import type { Runtime } from "../../src/index.ts";
import { network, runJob } from "../job.ts";

/** An ONNX Runtime that counts the seconds spent in its sessions. */
function timed(runtime: Runtime): { readonly runtime: Runtime; readonly seconds: () => number } {
  let seconds = 0;
  return {
    seconds: () => seconds,
    runtime: {
      async open(bytes, options) {
        const session = await runtime.open(bytes, options);
        return {
          close: () => session.close(),
          async run(feeds) {
            const start = performance.now();
            const outputs = await session.run(feeds);
            seconds += (performance.now() - start) / 1000;
            return outputs;
          },
        };
      },
    },
  };
}

/** At least an epoch and so many seconds come first: V8 has compiled the sampler for good after four or five shuffles. */
const warmUpSeconds = 1;

/** One chunk of updates: how many, of how many examples, and the seconds of ONNX Runtime in it. */
interface Block {
  readonly updates: number;
  readonly examples: number;
  readonly seconds: number;
}

/** Mean times of an update over chunks of whole batches; short chunks, at the ends of epochs, stay out. */
function updateMicroseconds(blocks: readonly Block[], batchSize: number): number[] {
  const whole = blocks.filter(({ updates, examples }) => examples === updates * batchSize);
  const most = Math.max(...whole.map(({ updates }) => updates));
  return whole
    .filter(({ updates }) => updates >= most / 2)
    .map(({ updates, seconds }) => (seconds * 1e6) / updates);
}

await runJob(async ({ batchSize, threads, learningRate, seconds, data }) => {
  const { training } = await mnist({ folder: data });
  const clock = timed(await onnxRuntime());
  const stop = new AbortController();
  const model = sequential([dense(network.hidden), relu(), dense(network.classes)]);
  const run = train(model, training, {
    loss: "crossEntropy",
    optimizer: sgd({ learningRate }),
    batchSize,
    // The clock below ends the run.
    epochs: 1_000_000,
    seed: 1,
    threads,
    runtime: clock.runtime,
    signal: stop.signal,
  });

  const began = performance.now();
  const blocks: Block[] = [];
  const epochSeconds: number[] = [];
  let [examples, spent, loss] = [0, 0, NaN];
  const overhead: number[] = [];
  /** Where the epoch under way began; the first epochs warm up. */
  let mark: { readonly at: number; readonly epochs: number; readonly spent: number } | undefined;
  let warmAt = Infinity;
  for await (const event of run) {
    if (event.type !== "progress") continue;
    const at = performance.now();
    const block = { updates: event.losses.length, examples: event.examples - examples };
    if (mark !== undefined) blocks.push({ ...block, seconds: clock.seconds() - spent });
    [examples, spent, loss] = [event.examples, clock.seconds(), event.loss];
    if (mark === undefined) {
      if (event.epochs < 1 || at - began < warmUpSeconds * 1000) continue;
      mark = { at, epochs: event.epochs, spent };
      warmAt = at;
    } else if (event.epochs - mark.epochs >= 1) {
      const wall = (at - mark.at) / 1000;
      epochSeconds.push(wall / (event.epochs - mark.epochs));
      overhead.push(wall / (spent - mark.spent) - 1);
      mark = { at, epochs: event.epochs, spent };
    }
    if (epochSeconds.length > 0 && at - warmAt >= seconds * 1000) stop.abort();
  }
  await run.result;

  const require = createRequire(import.meta.url);
  const { version } = require("../../package.json") as { version: string };
  return {
    version: `minibatch ${version}`,
    variant: "train",
    updateMicroseconds: updateMicroseconds(blocks, batchSize),
    epochSeconds,
    overhead,
    loss,
  };
});
