/** @file The first network of Nielsen's "Neural Networks and Deep Learning" (2015), chapter 1. */
import {
  constant,
  dense,
  initializers,
  ops,
  sequential,
  sgd,
  sigmoid,
  splitDataset,
  tensor,
  train,
  type Loss,
  type SplitDataset,
} from "../../src/index.ts";

/** Half the squared distance of the outputs from the one-hot label: his quadratic cost. */
const quadratic: Loss = {
  name: "quadratic",
  perExample: (output, label) => {
    const identity = Array.from({ length: 100 }, (_, i) => Number(i % 11 === 0));
    const wanted = ops.gather(constant(tensor(output.dtype, [10, 10], identity)), label);
    const error = ops.sub(output, wanted);
    return ops.mul(ops.reduceSum(ops.mul(error, error), { axes: [1] }), 0.5);
  },
};

/**
 * Test accuracies, one an epoch, of 784–30–10 with sigmoids throughout, weights and biases from N(0, 1), quadratic
 * cost, η 3 and batch size 10, on the first 50,000 images as in the book.
 */
export async function nielsenAccuracies(
  { training, test }: SplitDataset,
  epochs: number,
  seed: number,
): Promise<readonly number[]> {
  const normal = { initializer: initializers.normal(), biasInitializer: initializers.normal() };
  const { history } = await train(
    sequential([dense(30, normal), sigmoid(), dense(10, normal), sigmoid()]),
    splitDataset(training, { validationSplit: 1 / 6 }).training,
    {
      loss: quadratic,
      optimizer: sgd({ learningRate: 3 }),
      batchSize: 10,
      epochs,
      validation: test,
      seed,
    },
  ).result;
  return history.valMetrics["accuracy"]!;
}
