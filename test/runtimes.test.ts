/** @file The same model bytes on both packages of ONNX Runtime, in Node. */
import { expect, it } from "vitest";
import {
  adam,
  dense,
  dropout,
  onnxRuntime,
  relu,
  runtimeOf,
  sequential,
  train,
} from "../src/index.ts";
import { gap } from "./support/close.ts";
import { flatParameters, threeClasses } from "./support/runs.ts";

it("a run in float32 on onnxruntime-node and on onnxruntime-web", async () => {
  const web = await import("onnxruntime-web");
  web.env.wasm.numThreads = 1; // a thread pool of WebAssembly outlives the test
  const data = threeClasses(100, 5, "float32");
  const model = sequential([dense(8), relu(), dropout(0.2), dense(3)]);
  const opened: Uint8Array[][] = [];
  const recording = (runtime: Awaited<ReturnType<typeof onnxRuntime>>): typeof runtime => {
    const graphs: Uint8Array[] = [];
    opened.push(graphs);
    return {
      open: (bytes, options) => {
        graphs.push(bytes);
        return runtime.open(bytes, options);
      },
    };
  };
  const run = (runtime: Awaited<ReturnType<typeof onnxRuntime>>) =>
    train(model, data, {
      optimizer: adam({ learningRate: 0.01 }),
      batchSize: 16,
      epochs: 3,
      seed: 6,
      validation: data,
      runtime: recording(runtime),
    }).result;
  const onNode = await run(await onnxRuntime());
  const onWeb = await run(runtimeOf(web));
  expect(opened[1]).toEqual(opened[0]);
  expect(gap(onWeb.history.updates.loss, onNode.history.updates.loss)).toBeLessThan(1e-5);
  expect(gap(onWeb.history.valLoss, onNode.history.valLoss)).toBeLessThan(1e-5);
  expect(gap(flatParameters(onWeb), flatParameters(onNode))).toBeLessThan(1e-4);
  const [first, second] = [await onNode.model.predict(data.x), await onWeb.model.predict(data.x)];
  expect(gap(second.data, first.data)).toBeLessThan(1e-4);
});
