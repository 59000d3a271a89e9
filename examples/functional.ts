// A residual network with dropout, AdamW, a warm-up and cosine schedule, and early stopping.
import { adamW, dense, dropout, functional, ops, relu, schedules, train } from "minibatch";
import { digits } from "minibatch/datasets";

const residual = functional((x, apply) => {
  const stem = apply(relu(), apply(dense(64), x));
  const branch = apply(dropout(0.2), apply(relu(), apply(dense(64), stem)));
  return apply(dense(10), ops.add(stem, branch));
});

const { training, test } = await digits();
const { model, reason, epochs } = await train(residual, training, {
  optimizer: adamW({
    learningRate: schedules.warmup(schedules.cosine(0.003), { over: { epochs: 1 } }),
  }),
  batchSize: 32,
  epochs: 30,
  validation: test,
  earlyStopping: { monitor: "accuracy", patience: 8 },
  seed: 1,
}).result;
const { metrics } = await model.evaluate(test);
console.log(`${reason} after ${epochs} epochs: accuracy ${metrics["accuracy"]?.toFixed(3)}`);
