/** @file Images in folders, a folder for each class. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError, wholeNumber } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { splitDataset } from "../split.ts";
import type { PreparedArrays } from "./arrays-dataset.ts";
import { decodeImage } from "./decode-image.ts";
import { isGrey, planes, resize, type Image } from "./image.ts";

/** Options of {@link readImageFolder}. */
export interface ImageFolderOptions {
  /** Height and width that images are brought to; default: that of all of them, which must be the same. */
  readonly size?: readonly [number, number];
  /** 1 for grey, 3 for colours; default: 1 when all images are grey. */
  readonly channels?: 1 | 3;
  /** Part of the images to validate on (default 0.2; 0: none), by class; not used where there are folders `train` and `test`. */
  readonly split?: number;
  /** Seed of the split (default 0). */
  readonly seed?: number;
  readonly name?: string;
}

const trainingNames = ["train", "training"];
const validationNames = ["validation", "valid", "val", "test"];

/** Whether a folder has folders with images, or folders for training and validation. */
export async function isImageFolder(folder: string): Promise<boolean> {
  return (await subfolders(folder)).length > 0;
}

/**
 * PNG and JPEG images in a folder for each class, `cats/1.png`, or in such folders below `train` and `test` (or `validation`, `valid`,
 * `val`): bytes of shape [channels, height, width], scale 1/255. Other files are passed over.
 *
 * @throws RuntimeError when a decoder, an optional peer, is not installed
 * @throws DataError naming the file that is cut or corrupt or of another size, and for fewer than two classes
 * @example await readImageFolder("flowers", { size: [64, 64] })
 */
export async function readImageFolder(
  folder: string,
  options: ImageFolderOptions = {},
): Promise<PreparedArrays> {
  options.size?.forEach((size) => wholeNumber("size", size));
  const { main, apart } = await listImageFolder(folder);
  const read = imageReader(options);
  const first = await readPart(main, read);
  const second = apart && (await readPart(apart, read));
  const parts = second === undefined ? [first] : [first, second];
  const channels = channelsOf(parts, options);
  const training = datasetOf(first, channels, options);
  const notes = imageNotes(training, main);
  if (second !== undefined) {
    return { training, validation: datasetOf(second, channels, options), notes };
  }
  const { split = 0.2, seed = 0 } = options;
  if (split === 0) return { training, notes };
  const settings = { validationSplit: split, shuffle: true, seed, stratify: true };
  return { ...splitDataset(training, settings), notes };
}

interface Part {
  readonly files: ImageFiles;
  readonly images: readonly Image[];
}

async function readPart(files: ImageFiles, read: (path: string) => Promise<Image>): Promise<Part> {
  const images: Image[] = [];
  for (const path of files.paths) images.push(await read(path));
  return { files, images };
}

/** The images of a part by their paths, class after class. */
export interface ImageFiles {
  readonly folder: string;
  readonly classes: readonly string[];
  readonly paths: readonly string[];
  /** Class of each image. */
  readonly labels: readonly number[];
  /** Other things that lie beside them. */
  readonly passedOver: number;
}

/** Where the images are: in one part, or in one to train on and one to validate on. */
export interface ImageFolder {
  readonly main: ImageFiles;
  readonly apart?: ImageFiles;
}

/** The images of a folder. @throws DataError for fewer than two classes, and for a class that only the second part has */
export async function listImageFolder(folder: string): Promise<ImageFolder> {
  const names = await subfolders(folder);
  const train = names.find((name) => trainingNames.includes(name.toLowerCase()));
  const apart = validationNames.find((name) => names.includes(name));
  if (train === undefined || apart === undefined) return { main: await listPart(folder) };
  const main = await listPart(join(folder, train));
  return { main, apart: await listPart(join(folder, apart), main.classes) };
}

/** @param classes what the classes must be */
async function listPart(folder: string, known?: readonly string[]): Promise<ImageFiles> {
  const found = await subfolders(folder);
  const classes = known ?? found;
  if (classes.length < 2) {
    throw new DataError(
      `${folder} must hold a folder of images for each class, at least two; got ${classes.length}`,
    );
  }
  const paths: string[] = [];
  const labels: number[] = [];
  let passedOver = 0;
  for (const name of found) {
    const label = classes.indexOf(name);
    if (label < 0) {
      throw new DataError(`${folder} has a class ${name} that the training part does not have`);
    }
    const images = await imagePaths(join(folder, name));
    passedOver += images.others;
    for (const path of images.paths) {
      paths.push(path);
      labels.push(label);
    }
  }
  return { folder, classes, paths, labels, passedOver };
}

/** Reads images one after the other, all of which must be of one size. */
export function imageReader(options: ImageFolderOptions): (path: string) => Promise<Image> {
  let first: Image | undefined;
  return async (path) => {
    const image = await readImage(path, options);
    first ??= image;
    checkSize(path, image, first);
    return image;
  };
}

/** The images of a class by name, and how many other things lie beside them. */
async function imagePaths(
  folder: string,
): Promise<{ readonly paths: readonly string[]; readonly others: number }> {
  const { paths, others } = await imagesIn(folder);
  if (paths.length > 0) return { paths, others };
  throw new DataError(`${folder} holds no .png, .jpg or .jpeg file`);
}

async function imagesIn(
  folder: string,
): Promise<{ readonly paths: readonly string[]; readonly others: number }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.(png|jpe?g)$/i.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort();
  return { paths, others: entries.length - paths.length };
}

/** An image, brought to a size where one is given. @throws DataError naming the file */
export async function readImage(
  path: string,
  { size }: Pick<ImageFolderOptions, "size">,
): Promise<Image> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new DataError(`cannot read ${path}: ${String(cause)}`, { cause });
  }
  const image = await decodeImage(bytes, path);
  return size === undefined ? image : resize(image, ...size);
}

function checkSize(path: string, image: Image, first: Image): void {
  if (first.width === image.width && first.height === image.height) return;
  throw new DataError(
    `${path} is ${image.height} × ${image.width} pixels, the images before it ${first.height} × ${first.width}; give a size to bring them to`,
  );
}

function channelsOf(parts: readonly Part[], { channels }: ImageFolderOptions): 1 | 3 {
  if (channels !== undefined) return channels;
  return parts.every(({ images }) => images.every(isGrey)) ? 1 : 3;
}

function datasetOf(
  { images, files: { folder, labels, classes } }: Part,
  channels: 1 | 3,
  options: ImageFolderOptions,
): Dataset {
  const [{ height, width }] = images as readonly [Image];
  const pixels = channels * height * width;
  const data = new Uint8Array(images.length * pixels);
  images.forEach((image, i) => {
    data.set(planes(image, channels), i * pixels);
  });
  return {
    name: options.name ?? basename(folder),
    size: images.length,
    x: { data, shape: [channels, height, width], scale: 1 / 255 },
    y: { data: Int32Array.from(labels), shape: [] },
    task: "classification",
    classes,
    source: folder,
  };
}

/** What was read, in lines. */
export function imageNotes(
  { size, x }: { readonly size: number; readonly x: Pick<Dataset["x"], "shape"> },
  { folder, classes, passedOver }: ImageFiles,
): readonly string[] {
  return [
    `${folder}: ${size} images of shape [${x.shape.join(", ")}] in ${classes.length} classes, values scaled by 1/255`,
    ...(passedOver > 0 ? [`${passedOver} other files passed over`] : []),
  ];
}

/** An image in a folder: where it is, and the folder of its class where it lies in one. */
export interface ImageFile {
  readonly path: string;
  readonly folder?: string;
}

/**
 * The images to predict from: those of the folder itself and of the folders in it, by name; of the part to test on where there are folders
 * `train` and `test`.
 *
 * @throws DataError for a folder without an image
 */
export async function imageFiles(folder: string): Promise<readonly ImageFile[]> {
  const names = await subfolders(folder);
  const apart = validationNames.find((name) => names.includes(name));
  if (apart !== undefined && names.some((name) => trainingNames.includes(name.toLowerCase())))
    return imageFiles(join(folder, apart));
  const images: ImageFile[] = (await imagesIn(folder)).paths.map((path) => ({ path }));
  for (const name of names) {
    const { paths } = await imagesIn(join(folder, name));
    images.push(...paths.map((path) => ({ path, folder: name })));
  }
  if (images.length > 0) return images;
  throw new DataError(`${folder} holds no .png, .jpg or .jpeg file`);
}

async function subfolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    throw new DataError(`cannot read ${folder}: ${String(cause)}`, { cause });
  }
}
