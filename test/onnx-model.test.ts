/** @file Models read from ONNX files: PyTorch's (scripts/fixtures/torch_onnx.py), our own, and hostile ones. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fromArrays, modelFromOnnx, sgd, train, type Dataset } from "../src/index.ts";
import * as nn from "../src/index.ts";
import { Message } from "../src/graph/onnx/protobuf.ts";
import { input } from "../src/graph/value.ts";
import { tensor } from "../src/graph/types.ts";
import { buildModel, initialize } from "../src/nn/model.ts";
import { gap } from "./support/close.ts";
import { fixture } from "./support/fixture.ts";
import { runOnnx, runtime } from "./support/onnx.ts";

interface Row {
  readonly name: string;
  readonly shape: readonly number[];
  readonly x: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly logits: readonly number[];
  readonly losses: readonly number[];
  readonly end: Readonly<Record<string, readonly number[]>>;
}

const rows = fixture("torch_onnx") as readonly Row[];
const fileOf = (name: string) =>
  readFileSync(new URL(`fixtures/torch_${name}.onnx`, import.meta.url));
const source = (name: string) => `${name}.onnx`;

describe.each(rows)("$name of PyTorch", ({ name, x, labels, logits, losses, end }) => {
  const model = modelFromOnnx(fileOf(name), { source: source(name) });
  const data = fromArrays(x, labels, { task: "classification" });
  const options = { optimizer: sgd({ learningRate: 0.05 }), batchSize: "full" as const };

  it("gives PyTorch's logits to 1e-6", async () => {
    const got = await outputsOf(model, x.flat(), "float32");
    expect(gap(got.data, logits)).toBeLessThan(1e-6);
  });

  it("makes PyTorch's next 10 updates to 1e-6", async () => {
    // No dropout in the fixture: its masks are PyTorch's own.
    const still = name === "cnn" ? withoutDropout(model) : model;
    const { history, model: trained } = await train(still, data, {
      ...options,
      updates: losses.length,
    }).result;
    expect(gap(history.updates.loss, losses)).toBeLessThan(1e-6);
    expect(Object.keys(trained.parameters).sort()).toEqual(Object.keys(end).sort());
    for (const [key, { data: values }] of Object.entries(trained.parameters))
      expect(gap(values, end[key]!), key).toBeLessThan(1e-6);
  });
});

const withoutDropout = (model: nn.Model): nn.Model => ({
  ...model,
  forward: (x, scope) => model.forward(x, { ...scope, training: false }),
});

it("leaves a Softmax out, says so, and keeps it on request", () => {
  const read = (keepSoftmax: boolean) =>
    modelFromOnnx(fileOf("mlp"), { source: "mlp.onnx", keepSoftmax });
  expect(read(false).notes).toEqual([
    "mlp.onnx: its last node, Softmax, is left out: the loss cross-entropy takes what comes before it",
  ]);
  expect(read(true).notes).toEqual([]);
  const ops = (model: nn.Model) =>
    nn.print([buildModel(model, input("x", "float32", ["batch", 5]), false).output]);
  expect(ops(read(true))).toContain("Softmax");
  expect(ops(read(false))).not.toContain("Softmax");
});

describe("our own files", () => {
  const bytes = (shape: readonly number[]): Dataset => ({
    ...{ name: "pictures", size: 6, task: "classification" },
    x: {
      data: Uint8Array.from(
        { length: 6 * shape.reduce((a, b) => a * b, 1) },
        (_, i) => (i * 97) % 256,
      ),
      ...{ shape, scale: 1 / 255 },
    },
    y: { data: Int32Array.of(0, 1, 2, 0, 1, 2), shape: [] },
  });
  const cnn = nn.sequential([nn.reshape([1, 6, 6]), ...nn.cnnLayers([3, 4], 3)]);

  const start = { optimizer: sgd({ learningRate: 0.1 }), batchSize: 2, shuffle: false, seed: 3 };

  it.each(["float32", "float64"] as const)("predict with the same bits in %s", async (dtype) => {
    const data = bytes([36]);
    const { model } = await train(cnn, data, { ...start, dtype, epochs: 2 }).result;
    const read = modelFromOnnx(model.toOnnx());
    const round = dtype === "float32" ? Math.fround : (value: number) => value;
    const scaled = Array.from(data.x.data, (value) => round(value * round(1 / 255)));
    const got = await outputsOf(read, scaled, dtype);
    expect(got.data).toEqual((await model.predict(data.x.data)).data);
  });

  it("go on in float32 with the same bits, and in float64 to 1e-12", async () => {
    for (const [dtype, tolerance] of [
      ["float32", 0],
      ["float64", 1e-12],
    ] as const) {
      const run = (model: nn.Model, epochs: number) =>
        train(model, bytes([36]), { ...start, dtype, epochs }).result;
      const { model: half } = await run(cnn, 1);
      const { model: again } = await run(modelFromOnnx(half.toOnnx()), 1);
      const { model: end } = await run(cnn, 2);
      expect(Object.keys(again.parameters)).toEqual(Object.keys(end.parameters));
      for (const [key, { data: values }] of Object.entries(again.parameters))
        expect(gap(values, end.parameters[key]!.data), key).toBeLessThanOrEqual(tolerance);
    }
  });
});

/** What a model puts out for rows, on ONNX Runtime, with the parameters that it starts from. */
async function outputsOf(
  model: nn.OnnxModel,
  rowsOfX: readonly number[],
  dtype: "float32" | "float64",
): Promise<nn.Tensor> {
  const size = model.inputShape.reduce((a, b) => a * b, 1);
  const fed = input("x", dtype, ["batch", ...model.inputShape]);
  const { output, parameters } = buildModel(model, fed, false);
  const values = initialize(parameters, 1, dtype);
  const feeds = new Map(parameters.map(({ value }, i) => [value, values[i]!]));
  feeds.set(fed, tensor(dtype, [rowsOfX.length / size, ...model.inputShape], rowsOfX));
  const [got] = await runOnnx(await runtime("onnxruntime-node"), [output], feeds);
  return got!;
}

describe("refusals", () => {
  const node = (op: string, inputs: readonly string[], outputs: readonly string[], domain = "") => {
    const message = new Message();
    for (const each of inputs) message.string(1, each);
    for (const each of outputs) message.string(2, each);
    return message.string(3, `the ${op}`).string(4, op).string(7, domain);
  };
  const info = (name: string, type: number, shape: readonly (number | string)[]) => {
    const dims = new Message();
    for (const dim of shape)
      dims.message(
        1,
        typeof dim === "number" ? new Message().integer(1, dim) : new Message().string(2, dim),
      );
    const tensorType = new Message().integer(1, type).message(2, dims);
    return new Message().string(1, name).message(2, new Message().message(1, tensorType));
  };
  const weight = (change: (message: Message) => Message = (m) => m.bytes(9, new Uint8Array(24))) =>
    change(new Message().integer(1, 3).integer(1, 2).integer(2, 1).string(8, "w"));
  const file = ({
    nodes = [node("MatMul", ["x", "w"], ["y"])],
    shape = ["batch", 3] as readonly (number | string)[],
    tensors = [weight()],
    opset = 17,
    inputs = [info("x", 1, shape)],
  } = {}) => {
    const graph = new Message();
    for (const each of nodes) graph.message(1, each);
    for (const each of tensors) graph.message(5, each);
    for (const each of inputs) graph.message(11, each);
    graph.message(12, info("y", 1, ["batch", 2]));
    return new Message()
      .integer(1, 8)
      .message(7, graph)
      .message(8, new Message().string(1, "").integer(2, opset))
      .finish();
  };
  const read = (bytes: Uint8Array) => () => modelFromOnnx(bytes, { source: "m.onnx" });

  it("of none of these", () => {
    expect(read(file())().outputShape).toEqual([2]);
    expect(read(file({ shape: [1, 3] }))().outputShape).toEqual([2]); // a batch that was fixed
  });

  it.each([
    [new TextEncoder().encode("id,price\n1,2\n"), "m.onnx is no ONNX file"],
    [new Uint8Array(0), "m.onnx is no ONNX file: it has no graph"],
    [file({ opset: 23 }), "m.onnx has operators of version 23; expected 7 to 22"],
    [
      file({ nodes: [node("LSTM", ["x", "w"], ["y"])] }),
      'm.onnx: node "the LSTM" (LSTM): minibatch has no such operator',
    ],
    [
      file({ nodes: [node("MatMul", ["x", "w"], ["y"], "com.acme")] }),
      'm.onnx: node "the MatMul" (MatMul): minibatch has no such operator',
    ],
    [file({ nodes: [node("toString", ["x"], ["y"])] }), "minibatch has no such operator"],
    [
      file({ shape: ["batch", 4] }),
      'm.onnx: node "the MatMul" (MatMul): MatMul: inner dimensions differ: [batch, 4] × [3, 2]',
    ],
    [
      file({ nodes: [node("Add", ["x", "z"], ["y"]), node("Neg", ["y"], ["z"])] }),
      'm.onnx: node "the Add" (Add) needs its own output',
    ],
    [
      file({ nodes: [node("Neg", ["q"], ["y"])] }),
      'm.onnx: nothing makes "q", which the output needs',
    ],
    [file({ nodes: [node("MatMul", ["x", ""], ["y"])] }), "operand 1 is missing"],
    [
      file({ shape: [5, 3] }),
      'm.onnx: input "x" must be [batch, …] with a batch of any length, or 1, and other lengths that are known; got [5, 3]',
    ],
    [file({ inputs: [] }), "m.onnx has 0 inputs and 1 outputs; expected one of each"],
    [
      file({ inputs: [info("x", 10, ["batch", 3])] }),
      'm.onnx: input "x" is of type float16; expected float32',
    ],
    [
      file({ tensors: [weight((m) => m.integer(14, 1))] }),
      'm.onnx: tensor "w" is kept in another file (external data)',
    ],
    [
      file({ tensors: [weight((m) => m.bytes(9, new Uint8Array(20)))] }),
      'm.onnx: tensor "w" of shape [3, 2] needs 6 values, and the file has 5',
    ],
    [
      file({ tensors: [weight((m) => m.integer(2, 16))] }),
      'm.onnx: tensor "w" is of type bfloat16',
    ],
    [
      file({ tensors: [weight((m) => m.bytes(9, new Uint8Array(24).fill(255)))] }),
      'm.onnx: tensor "w" holds NaN at position 0',
    ],
  ])("%#", (bytes, message) => {
    expect(read(bytes)).toThrow(nn.DataError);
    expect(read(bytes)).toThrow(message);
  });

  describe("damaged files", () => {
    let whole: readonly Uint8Array[] = [];
    beforeAll(() => {
      whole = [fileOf("residual"), fileOf("cnn"), file()];
    });
    const survives = (bytes: Uint8Array) => {
      try {
        read(bytes)();
      } catch (error) {
        expect(error).toBeInstanceOf(nn.DataError);
        expect((error as Error).message).toContain("m.onnx");
        expect((error as Error).message.split("\n").length).toBeLessThanOrEqual(2);
      }
    };

    it("that are cut", () => {
      for (const bytes of whole)
        for (let length = 0; length < bytes.length; length += 7)
          survives(bytes.subarray(0, length));
    });

    it("with bytes that were changed", () => {
      fc.assert(
        fc.property(
          fc.nat(2),
          fc.array(
            fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(255)),
            { minLength: 1, maxLength: 4 },
          ),
          (which, changes) => {
            const bytes = Uint8Array.from(whole[which]!);
            for (const [at, value] of changes) bytes[Math.floor(at * bytes.length)] = value;
            survives(bytes);
          },
        ),
        { numRuns: 2000, seed: 1 },
      );
    });

    it("of any bytes", () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), survives), { seed: 1 });
    });
  });
});
