/** @file The options of files of all kinds, and which of them go with a table, with arrays and with a folder of images. */
import { InputError } from "../errors.ts";
import type { ArraysDatasetOptions } from "./arrays/arrays-dataset.ts";
import type { ImageFolderOptions } from "./arrays/image-folder.node.ts";
import type { RawOptions } from "./arrays/raw.ts";
import type { ArraySelection } from "./cache/store-arrays.node.ts";
import { noColumn } from "./table/raw-table.ts";
import { readColumns } from "./table/read-columns.node.ts";
import type { ReadTableOptions } from "./table/read-table.node.ts";

/** Options of `loadFile`: those of tables, of arrays and of image folders; what does not go with the file is refused. */
export interface LoadFileOptions extends Partial<Omit<ReadTableOptions, "stratify">> {
  /**
   * What to predict. Of a table: a column. Of `.npz` and safetensors: the name of an array (default: `y`, `y_train` or `arr_1`). Of `.npy`,
   * IDX and raw files: the file with the targets.
   */
  readonly target?: string;
  /** Of a table: columns to learn from. Of `.npz` and safetensors: the name of the array. */
  readonly features?: readonly string[];
  /** See {@link ReadTableOptions}; true: by the classes, as is the default where there are any. */
  readonly stratify?: string | boolean;
  /** Arrays: the value of a stored number v is v · scale (default: 1/255 for bytes above 1). */
  readonly scale?: number;
  /** Raw files: type and shape of the inputs. */
  readonly raw?: Partial<RawOptions>;
  /** Images: height and width that they are brought to. */
  readonly size?: ImageFolderOptions["size"];
  /** Images: 1 for grey, 3 for colours. */
  readonly channels?: ImageFolderOptions["channels"];
}

const names: Readonly<Record<keyof LoadFileOptions, true>> = {
  target: true,
  features: true,
  drop: true,
  task: true,
  missing: true,
  categoryLimit: true,
  categories: true,
  split: true,
  seed: true,
  groups: true,
  stratify: true,
  standardizeTarget: true,
  dtype: true,
  name: true,
  format: true,
  query: true,
  missingValues: true,
  decimal: true,
  delimiter: true,
  header: true,
  scale: true,
  raw: true,
  size: true,
  channels: true,
};
/** The names of {@link LoadFileOptions}. */
export const optionNames: readonly string[] = Object.keys(names);

/** The options that go with images. */
export function imageOptions(path: string, options: LoadFileOptions): ImageFolderOptions {
  const known = ["size", "channels", "split", "seed", "name", "stratify"];
  const pattern = `${path.replace(/\/$/, "")}/*.csv`;
  refuseOthers(path, options, known, `, a folder of images (tables in a folder: "${pattern}")`);
  const { split, stratify, size, channels, seed, name } = options;
  if (stratify !== undefined && stratify !== true) {
    throw new InputError("images are always split by class; leave stratify out");
  }
  return {
    ...chance(path, split),
    ...(size && { size }),
    ...(channels && { channels }),
    ...(seed !== undefined && { seed }),
    ...(name !== undefined && { name }),
  };
}

/** The options that go with a table, of which it needs a target. */
export async function tableOptions(
  path: string,
  options: LoadFileOptions,
): Promise<ReadTableOptions> {
  const { target, stratify, scale, raw, size, channels, ...rest } = options;
  for (const [name, value] of Object.entries({ scale, raw, size, channels })) {
    if (value !== undefined) throw new InputError(`${name} does not go with a table, ${path}`);
  }
  if (target === undefined) return refuseWithoutTarget(path, options);
  const by = stratify === true ? target : stratify;
  return { ...rest, target, ...(by === undefined ? {} : { stratify: by }) };
}

/** Looks at the table only to name its columns. */
async function refuseWithoutTarget(path: string, options: LoadFileOptions): Promise<never> {
  await readColumns([path], {
    ...options,
    choose: (names) => {
      const { message } = noColumn(path, "", names, "target");
      throw new InputError(`give target, the column to predict: ${message.replace(/^.*?; /, "")}`);
    },
  });
  throw new InputError("give target, the column to predict");
}

const arrayOptions = [
  "target",
  "features",
  "split",
  "seed",
  "name",
  "stratify",
  "task",
  "scale",
  "raw",
  "dtype",
];

/** Which arrays are asked for, and how they are prepared. */
export function arraysAsked(
  path: string,
  options: LoadFileOptions,
): { readonly selection: ArraySelection; readonly settings: ArraysDatasetOptions } {
  refuseOthers(path, options, arrayOptions);
  const { target, features = [], raw } = options;
  const [key, ...more] = features;
  if (more.length > 0)
    throw new InputError(`features must name one array of ${path}, got ${features.join(", ")}`);
  return { selection: { x: key, y: target, raw }, settings: arraySettings(path, options) };
}

/** The options that go with arrays, but for those that say which. */
function arraySettings(path: string, options: LoadFileOptions): ArraysDatasetOptions {
  const { split, stratify, task, seed, scale, dtype, name } = options;
  if (typeof stratify === "string") {
    throw new InputError(`stratify names a column, and ${path} has none; give true or false`);
  }
  return {
    ...chance(path, split),
    ...(stratify !== undefined && { stratify }),
    ...(task !== undefined && { task }),
    ...(seed !== undefined && { seed }),
    ...(scale !== undefined && { scale }),
    ...(dtype !== undefined && { dtype }),
    ...(name !== undefined && { name }),
  };
}

/** A split by chance, as arrays and images have it. */
function chance(path: string, split: LoadFileOptions["split"]): { readonly split?: number } {
  if (split === undefined) return {};
  if (typeof split === "number") return { split };
  throw new InputError(`split must be a number for ${path}; columns and files are for tables`);
}

function refuseOthers(
  path: string,
  options: LoadFileOptions,
  known: readonly string[],
  what = "",
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    throw new InputError(`${name} does not go with ${path}${what}; it is for tables`);
  }
}
