/** @file Folders of images that are larger than memory, decoded once and kept on disk as bytes. */
import { basename } from "node:path";
import { wholeNumber } from "../../errors.ts";
import {
  imageNotes,
  imageReader,
  listImageFolder,
  type ImageFiles,
  type ImageFolder,
  type ImageFolderOptions,
} from "../arrays/image-folder.node.ts";
import { isGrey, planes, type Image } from "../arrays/image.ts";
import { range } from "../sampler.ts";
import { splitIndices } from "../split.ts";
import type { PartName } from "../table/encode-table.ts";
import { defaultCacheFolder } from "./cache-folder.node.ts";
import { cacheEntry } from "./entry.node.ts";
import { fingerprintOf, refuseChange } from "./fingerprint.node.ts";
import type { CacheContent } from "./meta.ts";
import { openPartWriters } from "./part-writers.node.ts";
import { recordLayout } from "./record.ts";
import type { StoreOptions } from "./store-blocks.node.ts";
import { requirePartMemory, storedExamples, type StoredExamples } from "./stored-dataset.node.ts";

/** Options of {@link storeImageFolder}. */
export type StoreImageFolderOptions = ImageFolderOptions & StoreOptions;

/**
 * The data sets of `readImageFolder` on disk: the same examples in the same order. Each image is decoded once, or twice where grey ones
 * come before the first that has colours.
 *
 * @throws as `readImageFolder`; InputError when `memory` is too little
 * @example await storeImageFolder("flowers", { size: [64, 64], memory: 512 * 2 ** 20 })
 */
export async function storeImageFolder(
  folder: string,
  options: StoreImageFolderOptions,
): Promise<StoredExamples> {
  const { memory, cacheFolder = defaultCacheFolder(), onProgress, ...reading } = options;
  wholeNumber("memory", memory);
  options.size?.forEach((size) => wholeNumber("size", size));
  const images = await listImageFolder(folder);
  const paths = [...images.main.paths, ...(images.apart?.paths ?? [])];
  const fingerprint = await fingerprintOf("images", paths, reading);
  const entry = await cacheEntry({
    root: cacheFolder,
    key: fingerprint,
    onProgress,
    build: async (to) => {
      const visits = visitsOf(images, reading);
      const cache = (channels: 1 | 3): Promise<CacheContent | undefined> =>
        cacheImages(to, images, visits, channels, { ...reading, onProgress, memory });
      const { channels } = reading;
      const content =
        channels === undefined ? ((await cache(1)) ?? (await cache(3))) : await cache(channels);
      refuseChange(fingerprint, await fingerprintOf("images", paths, reading));
      return content!;
    },
  });
  return storedExamples(entry, memory);
}

/** Images in the order in which they are stored. */
interface Visits {
  readonly part: PartName;
  readonly files: ImageFiles;
  /** Places among the files. */
  readonly order: ArrayLike<number>;
}

function visitsOf({ main, apart }: ImageFolder, options: ImageFolderOptions): readonly Visits[] {
  const size = main.paths.length;
  if (apart !== undefined) {
    return [
      { part: "training", files: main, order: range(size) },
      { part: "validation", files: apart, order: range(apart.paths.length) },
    ];
  }
  const { split = 0.2, seed = 0 } = options;
  if (split === 0) return [{ part: "training", files: main, order: range(size) }];
  const labels = Int32Array.from(main.labels);
  const settings = { validationSplit: split, shuffle: true, seed, stratify: true };
  const { training, validation } = splitIndices({ size, labels }, settings);
  return [
    { part: "training", files: main, order: training },
    { part: "validation", files: main, order: validation },
  ];
}

/** Writes the images; undefined when an image has colours and one channel was only a guess. */
async function cacheImages(
  folder: string,
  images: ImageFolder,
  visits: readonly Visits[],
  channels: 1 | 3,
  options: ImageFolderOptions & Pick<StoreOptions, "onProgress" | "memory">,
): Promise<CacheContent | undefined> {
  const isGuess = options.channels === undefined && channels === 1;
  const read = imageReader(options);
  const first = await read(images.main.paths[visits[0]!.order[0]!]!);
  const shape = [channels, first.height, first.width];
  const total = visits.reduce((sum, { order }) => sum + order.length, 0);
  const x = { dtype: "uint8", shape, scale: 1 / 255 } as const;
  const y = { dtype: "int32", shape: [] } as const;
  const [training, validation] = visits.map(({ order }) => order.length);
  const sizes = { training: training ?? 0, validation: validation ?? 0 };
  requirePartMemory(options.memory, recordLayout(x, y), sizes);
  const writers = openPartWriters(folder, x, y);
  let rows = 0;
  try {
    for (const { part, files, order } of visits) {
      for (const place of Array.from(order)) {
        const image: Image = await read(files.paths[place]!);
        if (isGuess && !isGrey(image)) return undefined;
        writers.write(part, planes(image, channels), Int32Array.of(files.labels[place]!), 1);
        options.onProgress?.({ phase: "writing", rows: ++rows, total });
      }
    }
    const describe = (part: PartName) => {
      const { files } = visits.find((visit) => visit.part === part)!;
      return {
        name: options.name ?? basename(files.folder),
        source: files.folder,
        task: "classification" as const,
        classes: files.classes,
      };
    };
    const size = visits[0]!.files.paths.length;
    return {
      ...writers.end(describe),
      about: { notes: imageNotes({ size, x: { shape } }, images.main) },
    };
  } finally {
    writers.close();
  }
}
