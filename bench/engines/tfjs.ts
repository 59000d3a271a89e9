/** @file `@tensorflow/tfjs` on its WebAssembly backend (one thread in Node). */
import { createRequire } from "node:module";
import { firstParameters, indexBatches, readMnist, transposed } from "../data.ts";
import { examples, network, runJob } from "../job.ts";
import { measure } from "../measure.ts";
import type { Variant } from "../measure.ts";
import { packageVersion } from "../packages.ts";

// The packages are installed apart (bench/package.json), so their types are not always there; these are the parts in use.
interface Tensor {
  add(other: Tensor): Tensor;
  sub(other: Tensor): Tensor;
  mul(other: Tensor): Tensor;
  sum(axis?: number): Tensor;
  mean(): Tensor;
  log(): Tensor;
  neg(): Tensor;
  step(): Tensor;
  dispose(): void;
  dataSync(): Float32Array;
}
interface Variable extends Tensor {
  assign(value: Tensor): void;
}
interface Weights {
  readonly W1: Variable;
  readonly b1: Variable;
  readonly W2: Variable;
  readonly b2: Variable;
}
interface Dense {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly bias: Tensor;
  readonly activation?: "relu";
}
interface Tf {
  setBackend(name: "wasm"): Promise<boolean>;
  ready(): Promise<void>;
  tidy<T>(f: () => T): T;
  scalar(value: number): Tensor;
  tensor1d(data: ArrayLike<number>, dtype?: "int32"): Tensor;
  tensor2d(data: Float32Array, shape: readonly [number, number]): Tensor;
  variable(value: Tensor): Variable;
  gather(x: Tensor, rows: Tensor): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  softmax(x: Tensor): Tensor;
  readonly fused: { matMul(options: Dense): Tensor };
  readonly losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  readonly train: {
    sgd(rate: number): {
      minimize(f: () => Tensor, returnCost: true, variables: readonly Variable[]): Tensor;
    };
  };
}
type Update = (x: Tensor, y: Tensor) => Tensor;

const { inputs, hidden, classes } = network;

/** The update by automatic differentiation and the library's own optimizer. */
function minimized(tf: Tf, { W1, b1, W2, b2 }: Weights, learningRate: number): Update {
  const optimizer = tf.train.sgd(learningRate);
  return (x, y) =>
    optimizer.minimize(
      () => {
        const h = tf.fused.matMul({ a: x, b: W1, bias: b1, activation: "relu" });
        return tf.losses.softmaxCrossEntropy(y, tf.fused.matMul({ a: h, b: W2, bias: b2 }));
      },
      true,
      [W1, b1, W2, b2],
    );
}

/** The update with the gradient written out by hand, in as few kernels as possible. */
function writtenOut(
  tf: Tf,
  { W1, b1, W2, b2 }: Weights,
  batchSize: number,
  learningRate: number,
): Update {
  const step = tf.scalar(-learningRate / batchSize);
  return (x, y) => {
    const h = tf.fused.matMul({ a: x, b: W1, bias: b1, activation: "relu" });
    const p = tf.softmax(tf.fused.matMul({ a: h, b: W2, bias: b2 }));
    const dz = p.sub(y).mul(step);
    const da = tf.matMul(dz, W2, false, true).mul(h.step());
    W2.assign(W2.add(tf.matMul(h, dz, true)));
    b2.assign(b2.add(dz.sum(0)));
    W1.assign(W1.add(tf.matMul(x, da, true)));
    b1.assign(b1.add(da.sum(0)));
    return p.mul(y).sum(1).log().mean().neg();
  };
}

await runJob(async ({ batchSize, learningRate, seconds, data }) => {
  const require = createRequire(import.meta.url);
  const tf = require("@tensorflow/tfjs") as Tf;
  require("@tensorflow/tfjs-backend-wasm");
  if (!(await tf.setBackend("wasm"))) throw new Error("the wasm backend did not start");
  await tf.ready();
  const mnist = readMnist(data);
  const X = tf.tensor2d(mnist.X, [examples, inputs]);
  const Y = tf.tensor2d(mnist.Y, [examples, classes]);
  const next = indexBatches(batchSize);

  const variant = (name: string, update: (weights: Weights) => Update): Variant => {
    const first = firstParameters();
    const step = update({
      W1: tf.variable(tf.tensor2d(transposed(first.W1, hidden, inputs), [inputs, hidden])),
      b1: tf.variable(tf.tensor1d(first.b1)),
      W2: tf.variable(tf.tensor2d(transposed(first.W2, classes, hidden), [hidden, classes])),
      b2: tf.variable(tf.tensor1d(first.b2)),
    });
    const one = () =>
      tf.tidy(() => {
        if (batchSize === examples) return step(X, Y);
        const rows = tf.tensor1d(next(1), "int32");
        return step(tf.gather(X, rows), tf.gather(Y, rows));
      });
    return {
      name,
      run(count) {
        for (let done = 1; done < count; done++) one().dispose();
        const last = one();
        const loss = last.dataSync()[0] ?? NaN;
        last.dispose();
        return loss;
      },
    };
  };
  const variants = [
    variant("gradient written out", (w) => writtenOut(tf, w, batchSize, learningRate)),
    variant("optimizer.minimize", (w) => minimized(tf, w, learningRate)),
  ];
  const version = `${packageVersion("@tensorflow/tfjs")} (wasm backend)`;
  return { version, ...(await measure(variants, seconds)) };
});
