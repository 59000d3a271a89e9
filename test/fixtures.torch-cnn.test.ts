/** @file Small convolutional networks that PyTorch trained (scripts/fixtures/torch_cnn.py), through `train`: 20 updates in float64. */
import { describe, expect, it } from "vitest";
import * as nn from "../src/index.ts";
import { gap } from "./support/close.ts";
import { fixture } from "./support/fixture.ts";

type Numbers = Readonly<Record<string, readonly number[]>>;

interface TorchCnn {
  readonly shape: readonly number[];
  readonly images: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly batchSize: number;
  readonly networks: readonly {
    readonly name: string;
    readonly layers: readonly (readonly [kind: string, options: object])[];
    readonly shapes: Numbers;
    readonly start: Numbers;
    readonly losses: readonly number[];
    readonly end: Numbers;
  }[];
}

const { shape, images, labels, batchSize, networks } = fixture("torch_cnn") as TorchCnn;

const makers: Readonly<Record<string, (options: never) => nn.Layer>> = {
  conv2d: nn.conv2d,
  maxPool2d: nn.maxPool2d,
  averagePool2d: nn.averagePool2d,
  globalAveragePool2d: nn.globalAveragePool2d,
  relu: nn.relu,
  tanh: nn.tanh,
  sigmoid: nn.sigmoid,
  dense: ({ units }: { units: number }) => nn.dense(units),
};

const data = nn.fromArrays(images, labels, { task: "classification", dtype: "float64" });

describe.each(networks)("$name", ({ layers, shapes, start, losses, end }) => {
  const image = nn.reshape(shape);
  // The fixture numbers the layers without the reshape before them.
  const model = nn.functional((x, apply) =>
    layers.reduce(
      (value, [kind, options], i) => apply(makers[kind]!(options as never), value, String(i)),
      apply(image, x, "images"),
    ),
  );

  it.each(["onnx", "loops"] as const)("is PyTorch's to 1e-12 on %s", async (engine) => {
    const run = nn.train(model, data, {
      optimizer: nn.sgd({ learningRate: 0.05, momentum: 0.5 }),
      initialParameters: start,
      shuffle: false,
      updates: losses.length,
      dtype: "float64",
      ...{ batchSize, engine },
    });
    const { history, model: trained } = await run.result;
    expect(gap(history.updates.loss, losses)).toBeLessThan(1e-12);
    for (const [name, { shape: got, data: values }] of Object.entries(trained.parameters)) {
      expect(got).toEqual(shapes[name]);
      expect(gap(values, end[name]!), name).toBeLessThan(1e-12);
    }
    expect(Object.keys(trained.parameters)).toEqual(Object.keys(end));
  });
});
