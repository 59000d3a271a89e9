// Train a network on MNIST and stop at 97 % test accuracy.
import { dense, relu, sequential, sgd, train } from "minibatch";
import { mnist } from "minibatch/datasets";

const { training, test } = await mnist();
const run = train(sequential([dense(128), relu(), dense(10)]), training, {
  optimizer: sgd({ learningRate: 0.32 }),
  batchSize: 64, // 1 is SGD, "full" is batch gradient descent
  epochs: 5,
  validation: test,
  validateEvery: { epochs: 0.25 },
  target: { monitor: "accuracy", value: 0.97 },
  seed: 1,
});
for await (const event of run)
  if (event.type === "evaluation")
    console.log(`epoch ${event.epochs.toFixed(2)}: accuracy ${event.metrics["accuracy"]}`);
const { seconds, updates } = await run.result;
console.log(`${updates} updates in ${seconds.toFixed(2)} s of training`);
