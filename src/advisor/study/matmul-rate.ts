/** @file How many operations a second this machine does in a large matrix product: what updates are compared with. */
import { generator, stream } from "../../data/rng.ts";
import { matMul } from "../../graph/ops.ts";
import { writeModel } from "../../graph/onnx/write.ts";
import { tensor } from "../../graph/types.ts";
import { input } from "../../graph/value.ts";
import { onnxRuntime, type Runtime } from "../../runtime/ort.ts";

const size = 1024;
/** The best of so many counts: what others do on the machine only takes away. */
const turns = 8;

/** Floating-point operations a second of a 1024 × 1024 × 1024 product in float32. */
export async function matMulRate(threads: number, given?: Runtime): Promise<number> {
  const runtime = given ?? (await onnxRuntime());
  const [a, b] = ["a", "b"].map((name) => input(name, "float32", [size, size]));
  const session = await runtime.open(
    writeModel({
      inputs: [
        { name: "a", value: a! },
        { name: "b", value: b! },
      ],
      outputs: [{ name: "c", value: matMul(a!, b!) }],
    }),
    { threads },
  );
  try {
    const { uniform } = generator(0, stream.user, 8);
    const matrix = () =>
      tensor(
        "float32",
        [size, size],
        Float32Array.from({ length: size * size }, () => uniform()),
      );
    const feeds = { a: matrix(), b: matrix() };
    let best = Infinity;
    for (let turn = 0; turn < turns; turn++) {
      const start = performance.now();
      await session.run(feeds);
      best = Math.min(best, (performance.now() - start) / 1000);
    }
    return (2 * size ** 3) / best;
  } finally {
    await session.close();
  }
}
