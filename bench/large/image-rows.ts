/** @file Rows that are wide: the training images of MNIST, again and again, as bytes or as floats. */
import type { Dataset } from "../../src/data/dataset.ts";

/** How images are kept. */
export type ImageType = "uint8" | "float32";

/** Blocks of `rows` rows in all, each of them as many as there are images, but for the last one. */
export function* imageBlocks(images: Dataset, rows: number, type: ImageType): Generator<Dataset> {
  const width = images.x.data.length / images.size;
  const { scale = 1 } = images.x;
  for (let done = 0; done < rows; done += images.size) {
    const size = Math.min(images.size, rows - done);
    const bytes = images.x.data.subarray(0, size * width);
    const x: Dataset["x"] =
      type === "uint8"
        ? { ...images.x, data: bytes }
        : { data: Float32Array.from(bytes, (value) => value * scale), shape: images.x.shape };
    yield { ...images, size, x, y: { ...images.y, data: images.y.data.subarray(0, size) } };
  }
}

/** Bytes of a row and its label. */
export function imageBytes(type: ImageType): number {
  return 784 * { uint8: 1, float32: 4 }[type] + 4;
}
