/** @file DATA that is images: a folder of them, or one. */
import { relative } from "node:path";
import { imageFiles, readImage, type ImageFile } from "../../data/arrays/image-folder.node.ts";
import { planes } from "../../data/arrays/image.ts";
import { joined } from "../../data/bytes.ts";
import { DataError } from "../../errors.ts";
import { sizeOf } from "../../graph/types.ts";
import { blockRows, noCounts, type InputBlock, type InputSource } from "./input-source.ts";
import type { ModelFile } from "./model-file.ts";

/** Images, decoded a block at a time, each brought to the size that the model was trained on. @throws DataError */
export async function imageSource(path: string, model: ModelFile): Promise<InputSource> {
  const [channels = 0, height = 0, width = 0] = model.input.shape;
  if (model.input.shape.length !== 3 || model.input.dtype !== "uint8")
    throw new DataError(
      `${model.source} was not trained on images, and ${path} holds some; it takes rows of shape [${model.input.shape.join(", ")}]`,
    );
  const isFolder = !/\.(png|jpe?g)$/i.test(path);
  const files: readonly ImageFile[] = isFolder ? await imageFiles(path) : [{ path }];
  const known = new Set(model.classes);
  // Folders have the names of classes, or they are just folders.
  const labelled = files.every(({ folder }) => folder !== undefined && known.has(folder));
  const step = blockRows(sizeOf(model.input.shape));
  return {
    kept: [{ name: "file", type: "VARCHAR" }],
    notes: [`predicting ${files.length} images of ${path}, as [${model.input.shape.join(", ")}]`],
    async *blocks() {
      for (let start = 0; start < files.length; start += step) {
        const block = files.slice(start, start + step);
        const pixels: Uint8Array[] = [];
        for (const file of block) {
          const image = await readImage(file.path, { size: [height, width] });
          pixels.push(planes(image, channels === 1 ? 1 : 3));
        }
        yield {
          rows: block.length,
          x: { data: joined(pixels), shape: model.input.shape },
          places: Int32Array.from(block, (_, i) => i),
          kept: [block.map((file) => (isFolder ? relative(path, file.path) : file.path))],
          targets: labelled
            ? { kind: "classes", names: block.map(({ folder = null }) => folder) }
            : undefined,
        } satisfies InputBlock;
      }
    },
    counts: () => noCounts,
    close: () => Promise.resolve(),
  };
}
