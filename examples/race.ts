// Race three regimes on the same data from the same start.
import { compare, dense, relu, sequential } from "minibatch";
import { digits } from "minibatch/datasets";

const { training, test } = await digits();
const race = await compare(sequential([dense(64), relu(), dense(10)]), training, {
  batchSizes: [1, 32, "full"],
  learningRate: "auto", // tuned for each batch size by short trials
  epochs: 5,
  validation: test,
  seed: 1,
}).result;
console.table(
  race.runs.map((run) => ({
    regime: run.regime,
    "learning rate": run.learningRate,
    updates: run.updates,
    accuracy: run.validationMetric,
    "gradient noise": run.gradientNoise?.relativeError[0]?.toFixed(2),
  })),
);
