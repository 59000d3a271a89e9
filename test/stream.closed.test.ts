/** @file A stream is closed whatever ends the run: the file or the socket behind it would stay open. */
import { expect, it } from "vitest";
import { dense, fromStream, sequential, train, type TrainOptions } from "../src/index.ts";

const good = { x: [[1, 2]], y: [0] };

/** Chunks, and whether the generator came to its last words. */
function watched(chunks: readonly unknown[]): {
  readonly source: AsyncGenerator<never>;
  readonly isClosed: () => boolean;
} {
  let closed = false;
  // eslint-disable-next-line @typescript-eslint/require-await -- a stream without waiting
  const source = async function* () {
    try {
      yield* chunks as never[];
    } finally {
      closed = true;
    }
  };
  return { source: source(), isClosed: () => closed };
}

it.each<[string, readonly unknown[], TrainOptions, string | undefined]>([
  ["to the end", [good, good], { batchSize: 1 }, undefined],
  ["to the end of its budget", [good, good, good], { batchSize: 1, updates: 1 }, undefined],
  ["to a bad chunk", [good, { x: [[1]], y: [0] }, good], {}, "chunk 1 of the stream"],
  ["to a bad first chunk", [{ x: [[1, NaN]], y: [0] }, good], {}, "chunk 0 of the stream"],
  ["not at all, for a bad option", [good, good], { batchSize: -1 }, "batchSize must be"],
  ["not at all, for a budget it has not", [good, good], { epochs: 2 }, "epochs must be 1"],
])("is closed when it was read %s", async (_, chunks, options, words) => {
  const { source, isClosed } = watched(chunks);
  const { result } = train(sequential([dense(3)]), source, { seed: 1, ...options });
  if (words === undefined) await result;
  else await expect(result).rejects.toThrow(words);
  expect(isClosed()).toBe(true);
});

it("is closed when its first chunk makes no data set", async () => {
  const { source, isClosed } = watched([{ x: [[1]], y: [0, 1] }, good]);
  await expect(fromStream(source)).rejects.toThrow("chunk 0 of the stream");
  expect(isClosed()).toBe(true);
});
