// Batch size and vectorisation are two axes: for-loops and matrix code make the same updates.
import { dense, relu, sequential, sgd, train } from "minibatch";
import { moons } from "minibatch/datasets";

const { training } = await moons({ examples: 250, seed: 1 });
for (const batchSize of [1, 32, "full"] as const) {
  const run = (engine: "onnx" | "loops") =>
    train(sequential([dense(16), relu(), dense(2)]), training, {
      optimizer: sgd({ learningRate: 0.1 }),
      batchSize,
      epochs: 5,
      dtype: "float64",
      engine,
      seed: 1,
    }).result;
  const [onnx, loops] = [await run("onnx"), await run("loops")];
  const difference = Math.max(
    ...Object.entries(onnx.model.parameters).flatMap(([name, { data }]) =>
      [...data].map((value, i) => Math.abs(value - (loops.model.parameters[name]?.data[i] ?? NaN))),
    ),
  );
  console.log(
    `batch size ${batchSize}: ${onnx.updates} updates, parameters differ by ${difference.toExponential(1)}`,
  );
}
