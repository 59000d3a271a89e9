/** @file The machine's rate of large products: 1024³ float32 `MatMul` through ONNX Runtime, 8 in a row. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { runJob } from "../job.ts";
import { measure } from "../measure.ts";
import { onnxModel } from "../onnx-bytes.ts";

const size = 1024;
const products = 8;

await runJob(async ({ threads, seconds }) => {
  const shape = [size, size];
  const names = Array.from({ length: products + 1 }, (_, k) => `A${String(k)}`);
  const model = onnxModel({
    name: "matmul",
    inputs: ["A0", "B"].map((name) => ({ name, type: "float32", shape })),
    outputs: [{ name: `A${String(products)}`, type: "float32", shape }],
    nodes: names
      .slice(1)
      .map((name, k) => ({ op: "MatMul", inputs: [`A${String(k)}`, "B"], outputs: [name] })),
  });
  const session = await InferenceSession.create(model, { intraOpNumThreads: threads });
  // Signs of ±1/32 keep the size of the values through the chain.
  const signs = () => {
    let state = 1;
    return Float32Array.from({ length: size * size }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state >>> 31 === 0 ? 1 : -1) / Math.sqrt(size);
    });
  };
  const feeds = {
    A0: new Tensor("float32", signs(), shape),
    B: new Tensor("float32", signs(), shape),
  };
  const run = async (count: number): Promise<number> => {
    for (let done = 0; done < count; done++) await session.run(feeds);
    return 0;
  };
  const { updateMicroseconds, ...rest } = await measure([{ name: "MatMul", run }], seconds);
  return {
    version: "onnxruntime-node",
    ...rest,
    updateMicroseconds: updateMicroseconds.map((each) => each / products),
  };
});
