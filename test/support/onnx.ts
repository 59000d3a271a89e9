/** @file Running graphs in tests: both ONNX Runtimes side by side, and comparing arrays. */
import { writeModel } from "../../src/graph/onnx/write.ts";
import { leavesOf } from "../../src/graph/topology.ts";
import type { Tensor } from "../../src/graph/types.ts";
import type { Value } from "../../src/graph/value.ts";
import { runtimeOf, type Runtime } from "../../src/runtime/ort.ts";

export type RuntimeName = "onnxruntime-node" | "onnxruntime-web";
export const runtimeNames: readonly RuntimeName[] = ["onnxruntime-node", "onnxruntime-web"];

/** One of the two packages; both run in Node. */
export async function runtime(name: RuntimeName): Promise<Runtime> {
  if (name === "onnxruntime-node") return runtimeOf(await import("onnxruntime-node"));
  const web = await import("onnxruntime-web");
  web.env.wasm.numThreads = 1;
  return runtimeOf(web);
}

/** Runs a graph once on ONNX Runtime. */
export async function runOnnx(
  on: Runtime,
  outputs: readonly Value[],
  feeds: ReadonlyMap<Value, Tensor>,
): Promise<readonly Tensor[]> {
  const inputs = leavesOf(outputs).flatMap((value) =>
    value.source.kind === "input" ? [{ name: value.source.name, value }] : [],
  );
  const named = outputs.map((value, index) => ({ name: `result${index}`, value }));
  const session = await on.open(writeModel({ inputs, outputs: named }));
  try {
    const results = await session.run(
      Object.fromEntries(inputs.map(({ name, value }) => [name, feeds.get(value)!])),
    );
    return named.map(({ name }) => results[name]!);
  } finally {
    await session.close();
  }
}

/** The largest |a - b| / max(1, |b|) over two arrays; Infinity where one is NaN or infinite and the other is not. */
export function distance(a: Tensor, b: Tensor): number {
  if (a.data.length !== b.data.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.data.length; i++) {
    const [p, q] = [a.data[i]!, b.data[i]!];
    if (Object.is(p, q) || p === q) continue;
    const gap = Math.abs(p - q) / Math.max(1, Math.abs(q));
    worst = Number.isNaN(gap) ? Infinity : Math.max(worst, gap);
  }
  return worst;
}
