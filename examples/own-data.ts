// Train on your own numbers: a regression from plain arrays, then predict.
import { dense, fromArrays, sequential, sgd, tanh, train } from "minibatch";

const x = Array.from({ length: 400 }, (_, i) => [(i / 400) * 6 - 3]);
const y = x.map(([value = 0]) => Math.sin(value));

const { model, history } = await train(
  sequential([dense(16), tanh(), dense(1)]),
  fromArrays(x, y, { task: "regression" }),
  {
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    batchSize: 16,
    epochs: 200,
    seed: 1,
  },
).result;
console.log("mean squared error", history.loss.at(-1)?.toFixed(5));
const { data } = await model.predict(Float32Array.from([-1, 0, 1]));
console.log(
  "sin(-1), sin(0), sin(1) are about",
  [...data].map((value) => value.toFixed(2)).join(", "),
);
