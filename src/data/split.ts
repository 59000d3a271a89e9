/** @file Parts of a data set: chosen rows, and a part set apart for validation or testing. */
import { flag, InputError, knownOptions, show } from "../errors.ts";
import { inMemory, type Column, type ColumnData, type Dataset } from "./dataset.ts";
import { checkedSeed, generator, stream } from "./rng.ts";
import { rowsBetween } from "./rows.ts";
import { range, shuffleInPlace } from "./sampler.ts";
import { groupByLabel } from "./stratified-sampler.ts";
import { elements, isArrayLike } from "./table.ts";

/** Options of {@link splitDataset}. */
export interface SplitOptions {
  /** Part of the examples set apart, above 0 and below 1; ⌈N · validationSplit⌉ examples. */
  readonly validationSplit: number;
  /** Choose at random instead of taking the last rows (default false). */
  readonly shuffle?: boolean;
  /** Seed of the choice, used with `shuffle` only (default 0). */
  readonly seed?: number;
  /** Keep the proportions of the classes in both parts (default false). */
  readonly stratify?: boolean;
}

/**
 * Sets a part of the data apart. As in Keras these are the **last** rows, before any shuffling, unless `shuffle` is given; then nothing is
 * copied. With `stratify` they are the last (or random) rows of every class.
 *
 * @throws InputError when either part would be empty, and for `stratify` without class labels
 * @example splitDataset(dataset, { validationSplit: 0.1 }).validation.size
 */
export function splitDataset(
  dataset: Dataset,
  options: SplitOptions,
): { readonly training: Dataset; readonly validation: Dataset } {
  knownOptions("splitDataset", options, ["validationSplit", "shuffle", "seed", "stratify"]);
  const { validationSplit, shuffle = false, stratify = false, seed = 0 } = options;
  checkedSeed(seed);
  flag("shuffle", shuffle);
  flag("stratify", stratify);
  const { size } = inMemory("splitDataset", dataset);
  const count = examplesApart("validationSplit", size, validationSplit);
  if (!shuffle && !stratify) {
    return {
      training: rowsBetween(dataset, 0, size - count),
      validation: rowsBetween(dataset, size - count, size),
    };
  }
  const parts = splitIndices({ size, labels: classLabels(dataset) }, options);
  return { training: take(dataset, parts.training), validation: take(dataset, parts.validation) };
}

/**
 * The examples of both parts by their numbers, as {@link splitDataset} has them: in random order with `shuffle`, else ascending.
 *
 * @param examples how many there are, and the class of each, where there are classes
 * @throws as {@link splitDataset}
 */
export function splitIndices(
  { size, labels }: { readonly size: number; readonly labels?: Int32Array | undefined },
  options: SplitOptions,
): { readonly training: readonly number[]; readonly validation: readonly number[] } {
  const { validationSplit, shuffle = false, seed = 0, stratify = false } = options;
  const count = examplesApart("validationSplit", size, validationSplit);
  const { integer } = generator(seed, stream.split, size);
  const mix = (indices: number[]): number[] =>
    shuffle ? shuffleInPlace(indices, integer) : indices;
  const groups = stratify ? groupByLabel(labels, size) : [[...range(size)]];
  const apart = shares(
    groups.map(({ length }) => length),
    count,
    size,
  );
  const training: number[] = [];
  const validation: number[] = [];
  groups.forEach((group, c) => {
    const cut = group.length - (apart[c] ?? 0);
    mix(group).forEach((index, j) => (j < cut ? training : validation).push(index));
  });
  if (!shuffle) for (const part of [training, validation]) part.sort((a, b) => a - b);
  return { training: mix(training), validation: mix(validation) };
}

/**
 * The examples at `indices`, copied, in that order; an index may come more than once.
 *
 * @throws InputError for an index that is not a whole number from 0 to N − 1
 */
export function take(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const { size, x, y, sampleWeight } = inMemory("take", dataset);
  if (!isArrayLike(indices)) {
    throw new InputError(`take needs an array of example indices, got ${show(indices)}`);
  }
  const picked = new Int32Array(indices.length);
  for (let i = 0; i < picked.length; i++) {
    const index = indices[i];
    if (index === undefined || !Number.isInteger(index) || index < 0 || index >= size) {
      throw new InputError(
        `an example index must be a whole number from 0 to ${size - 1}, got ${show(index)} at position ${i}`,
      );
    }
    picked[i] = index;
  }
  if (picked.length === 0) throw new InputError("take needs at least one example index");
  return {
    ...dataset,
    size: picked.length,
    x: takeRows(x, picked),
    y: takeRows(y, picked),
    ...(sampleWeight && { sampleWeight: Float64Array.from(picked, (i) => sampleWeight[i] ?? 0) }),
  };
}

/** The class indices of a classification set; undefined for regression and for class probabilities. */
export function classLabels(dataset: Pick<Dataset, "task" | "y">): Int32Array | undefined {
  const { task, y } = dataset;
  return task === "classification" && y.data instanceof Int32Array ? y.data : undefined;
}

/** The rows of a column at some places, copied. */
export function takeRows(column: Column, indices: Int32Array): Column {
  const width = elements(column.shape);
  const { data } = column;
  const out = new (data.constructor as new (length: number) => ColumnData)(indices.length * width);
  indices.forEach((index, i) => {
    out.set(data.subarray(index * width, (index + 1) * width), i * width);
  });
  return { ...column, data: out };
}

/**
 * ⌈N · split⌉ examples to set apart.
 *
 * @param name name of the option, for errors
 * @throws InputError when the split is not above 0 and below 1, and when none would be left
 */
export function examplesApart(name: string, size: number, split: number): number {
  if (!(typeof split === "number" && split > 0 && split < 1)) {
    throw new InputError(`${name} must be above 0 and below 1, got ${show(split)}`);
  }
  // 300 · 0.07 is 21.000000000000004: what rounding adds must not set one more example apart.
  const count = Math.ceil(size * split * (1 - 2 ** -50));
  if (count < size) return count;
  throw new InputError(
    `${name} ${split} of ${size} examples leaves none for training; make it smaller`,
  );
}

/** How many of each of groups of these sizes to set apart: in proportion, rounded so that they add up (largest remainders first). */
export function shares(sizes: readonly number[], count: number, size: number): number[] {
  const exact = sizes.map((length) => (length * count) / size);
  const out = exact.map(Math.floor);
  let missing = count - out.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((share, c) => ({ c, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.c - b.c);
  for (const { c } of byRemainder) {
    if (missing-- <= 0) break;
    out[c] = (out[c] ?? 0) + 1;
  }
  return out;
}
