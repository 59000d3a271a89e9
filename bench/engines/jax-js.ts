/**
 * @file `@jax-js/jax` on its WebAssembly backend, jit-compiled, the gather inside the compiled step.
 *
 * The library only queues work until a result is read, and its bookkeeping grows with the queue, so each update is
 * waited for; that is several times faster here than waiting once a block.
 */
import { firstParameters, indexBatches, readMnist, transposed } from "../data.ts";
import { examples, network, runJob } from "../job.ts";
import { measure } from "../measure.ts";
import type { Variant } from "../measure.ts";
import { packageVersion } from "../packages.ts";

// The package is installed apart (bench/package.json), so its types are not always there; these are the parts in use.
/** An array with a reference count: a function takes its arguments over, `ref` keeps one alive. */
interface JaxArray {
  readonly ref: JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  transpose(): JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  greater(other: JaxArray | number): JaxArray;
  sum(axis?: number): JaxArray;
  dispose(): void;
  dataSync(): Float32Array;
}
interface Weights {
  readonly W1: JaxArray;
  readonly b1: JaxArray;
  readonly W2: JaxArray;
  readonly b2: JaxArray;
}
type Update = (w: Weights, x: JaxArray, y: JaxArray) => readonly [JaxArray, Weights];
interface Jax {
  init(device: "wasm"): Promise<unknown>;
  defaultDevice(device: "wasm"): void;
  blockUntilReady(tree: unknown): Promise<unknown>;
  jit<F>(f: F): F;
  valueAndGrad<A extends readonly unknown[]>(
    f: (...args: A) => JaxArray,
  ): (...args: A) => readonly [JaxArray, A[0]];
  readonly tree: { ref<T>(tree: T): T };
  readonly nn: { relu(x: JaxArray): JaxArray; logSoftmax(x: JaxArray): JaxArray };
  readonly numpy: {
    array(data: Float32Array | Int32Array): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    take(a: JaxArray, indices: JaxArray, axis: number): JaxArray;
    exp(x: JaxArray): JaxArray;
    where(condition: JaxArray, a: number, b: number): JaxArray;
  };
}

const { inputs, hidden, classes } = network;

/** The update by automatic differentiation; weights [out, in]. */
function differentiated(jax: Jax, batchSize: number, learningRate: number): Update {
  const { nn, numpy: np } = jax;
  const loss = ({ W1, b1, W2, b2 }: Weights, x: JaxArray, y: JaxArray) => {
    const h = nn.relu(np.matmul(x, W1.transpose()).add(b1));
    const z = np.matmul(h, W2.transpose()).add(b2);
    return nn
      .logSoftmax(z)
      .mul(y)
      .sum()
      .mul(-1 / batchSize);
  };
  return (w, x, y) => {
    const [value, g] = jax.valueAndGrad(loss)(jax.tree.ref(w), x, y);
    const step = (parameter: JaxArray, gradient: JaxArray) =>
      parameter.sub(gradient.mul(learningRate));
    const updated = {
      W1: step(w.W1, g.W1),
      b1: step(w.b1, g.b1),
      W2: step(w.W2, g.W2),
      b2: step(w.b2, g.b2),
    };
    return [value, updated];
  };
}

/** The update with the gradient written out by hand; weights [in, out]. */
function writtenOut({ nn, numpy: np }: Jax, batchSize: number, learningRate: number): Update {
  return ({ W1, b1, W2, b2 }, x, y) => {
    const h = nn.relu(np.matmul(x.ref, W1.ref).add(b1.ref));
    const logp = nn.logSoftmax(np.matmul(h.ref, W2.ref).add(b2.ref));
    const value = logp.ref
      .mul(y.ref)
      .sum()
      .mul(-1 / batchSize);
    const dz = np
      .exp(logp)
      .sub(y)
      .mul(-learningRate / batchSize);
    const mask = np.where(h.ref.greater(0), 1, 0);
    const da = np.matmul(dz.ref, W2.ref.transpose()).mul(mask);
    const updated = {
      W2: W2.add(np.matmul(h.transpose(), dz.ref)),
      b2: b2.add(dz.sum(0)),
      W1: W1.add(np.matmul(x.transpose(), da.ref)),
      b1: b1.add(da.sum(0)),
    };
    return [value, updated];
  };
}

await runJob(async ({ batchSize, learningRate, seconds, data }) => {
  const specifier = "@jax-js/jax";
  const jax = (await import(specifier)) as Jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const np = jax.numpy;
  const mnist = readMnist(data);
  const X = np.array(mnist.X).reshape([examples, inputs]);
  const Y = np.array(mnist.Y).reshape([examples, classes]);
  const next = indexBatches(batchSize);

  const variant = (name: string, update: Update, outIn: boolean): Variant => {
    const first = firstParameters();
    const matrix = (values: Float32Array, out: number, fanIn: number) =>
      outIn
        ? np.array(values).reshape([out, fanIn])
        : np.array(transposed(values, out, fanIn)).reshape([fanIn, out]);
    let weights: Weights = {
      W1: matrix(first.W1, hidden, inputs),
      b1: np.array(first.b1),
      W2: matrix(first.W2, classes, hidden),
      b2: np.array(first.b2),
    };
    const whole = jax.jit(update);
    const gathered = jax.jit((w: Weights, rows: JaxArray, x: JaxArray, y: JaxArray) =>
      update(w, np.take(x, rows.ref, 0), np.take(y, rows, 0)),
    );
    return {
      name,
      async run(count) {
        let loss = NaN;
        for (let done = 0; done < count; done++) {
          const [value, updated] =
            batchSize === examples
              ? whole(weights, X.ref, Y.ref)
              : gathered(weights, np.array(next(1)), X.ref, Y.ref);
          weights = updated;
          await jax.blockUntilReady(weights);
          if (done === count - 1) loss = value.dataSync()[0] ?? NaN;
          else value.dispose();
        }
        return loss;
      },
    };
  };
  const variants = [
    variant("gradient written out", writtenOut(jax, batchSize, learningRate), false),
    variant("valueAndGrad", differentiated(jax, batchSize, learningRate), true),
  ];
  return { version: packageVersion("@jax-js/jax"), ...(await measure(variants, seconds)) };
});
