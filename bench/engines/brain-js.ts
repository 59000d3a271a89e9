/**
 * @file `brain.js`, at batch size 1, the only one it has. It has no softmax cross entropy: it trains the same layers
 * with ReLU at the output on the squared error, which is no more work, and with momentum 0.1 (it takes no 0).
 */
import { createRequire } from "node:module";
import { indexBatches, readMnist } from "../data.ts";
import { examples, network, runJob } from "../job.ts";
import { measure } from "../measure.ts";
import { packageVersion } from "../packages.ts";

interface Pattern {
  readonly input: Float32Array;
  readonly output: Float32Array;
}
interface Brain {
  readonly NeuralNetwork: new (options: object) => {
    sizes: readonly number[];
    initialize(): void;
    trainPattern(pattern: Pattern, logError: boolean): number | null;
  };
}

await runJob(async ({ batchSize, learningRate, seconds, data }) => {
  if (batchSize !== 1) throw new Error("brain.js trains one example at a time");
  const { NeuralNetwork } = createRequire(import.meta.url)("brain.js") as Brain;
  const { inputs, hidden, classes } = network;
  const net = new NeuralNetwork({
    inputSize: inputs,
    hiddenLayers: [hidden],
    outputSize: classes,
    activation: "relu",
    learningRate,
  });
  net.sizes = [inputs, hidden, classes];
  net.initialize();
  const { X, Y } = readMnist(data);
  const patterns = Array.from({ length: examples }, (_, row) => ({
    input: X.subarray(row * inputs, (row + 1) * inputs),
    output: Y.subarray(row * classes, (row + 1) * classes),
  }));
  const next = indexBatches(1);
  const run = (count: number) => {
    let loss = NaN;
    next(count).forEach((row, done) => {
      // The error is computed for the last example only.
      loss = net.trainPattern(patterns[row]!, done === count - 1) ?? NaN;
    });
    return loss;
  };
  const found = await measure([{ name: "trainPattern", run }], seconds);
  return { version: packageVersion("brain.js"), ...found };
});
