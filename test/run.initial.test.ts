/** A run that starts from given parameters: arrays, those of a trained model, a safetensors file. */
import { expect, it } from "vitest";
import { parseSafetensors, writeSafetensors } from "../src/files.node.ts";
import { dense, fromArrays, relu, sequential, train } from "../src/index.ts";

const data = fromArrays(
  [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  [0, 1, 1, 0],
);
const model = sequential([dense(3), relu(), dense(2)]);
const options = { batchSize: "full", updates: 1 } as const;

it("goes on from arrays, from a model and from safetensors alike", async () => {
  const { model: trained } = await train(model, data, { ...options, updates: 5, seed: 1 }).result;
  const { loss } = await trained.evaluate(data);
  const { tensors } = parseSafetensors(writeSafetensors(trained.parameters));
  const arrays = Object.fromEntries(
    [...tensors].map(([name, { data: values }]) => [name, Array.from(values, Number)]),
  );
  for (const initialParameters of [trained.parameters, tensors, arrays]) {
    const { history } = await train(model, data, { ...options, seed: 2, initialParameters }).result;
    // The loss of an update is that before it.
    expect(history.updates.loss[0]).toBeCloseTo(loss, 6);
  }
  const other = await train(model, data, { ...options, seed: 2 }).result;
  expect(other.history.updates.loss[0]).not.toBeCloseTo(loss, 6);
});
