/** @file Which arrays of an archive are inputs and which are targets. */
import { DataError } from "../../errors.ts";
import type { ArrayPart, NamedArray } from "./arrays-dataset.ts";

/** Names that people use, in the order they are looked for. */
const pairs = [
  {
    x: ["x_train", "X_train", "train_x", "train_images"],
    y: ["y_train", "Y_train", "train_y", "train_labels"],
  },
  {
    x: ["x", "X", "data", "images", "features", "inputs"],
    y: ["y", "Y", "target", "targets", "labels", "label"],
  },
  { x: ["arr_0"], y: ["arr_1"] },
];

const testPairs = [
  {
    x: ["x_test", "X_test", "test_x", "test_images"],
    y: ["y_test", "Y_test", "test_y", "test_labels"],
  },
  { x: ["x_val", "X_val", "val_x", "val_images"], y: ["y_val", "Y_val", "val_y", "val_labels"] },
  { x: ["x_valid", "X_valid"], y: ["y_valid", "Y_valid"] },
];

/** Names given by the user. */
export interface ArrayKeys {
  readonly x?: string | undefined;
  readonly y?: string | undefined;
}

/**
 * Inputs and targets of an archive, and those to validate on where it has them: `x_train` and `y_train` with `x_test` and `y_test`, `x` and
 * `y`, or `arr_0` and `arr_1`, as numpy.savez names arrays without names.
 *
 * @throws DataError naming the arrays that there are
 */
export function arrayParts<T>(
  arrays: ReadonlyMap<string, T>,
  source: string,
  keys: ArrayKeys = {},
): { readonly main: ArrayPart<T>; readonly apart?: ArrayPart<T> } {
  const named = (key: string): NamedArray<T> | undefined => {
    const array = arrays.get(key);
    return array && { array, source: `${source}, array ${JSON.stringify(key)}` };
  };
  const pairOf = (candidates: typeof pairs): ArrayPart<T> | undefined => {
    for (const pair of candidates) {
      const x = pair.x.map(named).find((found) => found !== undefined);
      const y = pair.y.map(named).find((found) => found !== undefined);
      if (x !== undefined && y !== undefined) return { x, y };
    }
    return undefined;
  };
  const asked = keys.x !== undefined || keys.y !== undefined;
  const main = pairOf(
    asked
      ? pairs.map(({ x, y }) => ({
          x: keys.x === undefined ? x : [keys.x],
          y: keys.y === undefined ? y : [keys.y],
        }))
      : pairs,
  );
  if (main === undefined) {
    const wanted = asked
      ? `${keys.x ?? "x"} and ${keys.y ?? "y"}`
      : "x and y (or x_train and y_train, or arr_0 and arr_1)";
    throw new DataError(
      `${source} must hold the arrays ${wanted}; it holds ${[...arrays.keys()].map((key) => JSON.stringify(key)).join(", ")}: name them with features and target`,
    );
  }
  const apart = asked ? undefined : pairOf(testPairs);
  return { main, ...(apart && { apart }) };
}

/** Where inputs to predict from are looked for: the examples to test on first, those to train on last. */
const inputPairs = [...testPairs, ...pairs.slice(1), ...pairs.slice(0, 1)];

/**
 * Inputs to predict from, with their targets where there are any: the examples to test on, where an archive has them apart; the only array
 * of one that has no other.
 *
 * @throws DataError naming the arrays that there are
 */
export function inputArrays<T>(
  arrays: ReadonlyMap<string, T>,
  source: string,
  keys: ArrayKeys = {},
): { readonly x: NamedArray<T>; readonly y?: NamedArray<T> } {
  const named = (names: readonly string[]): NamedArray<T> | undefined => {
    const key = names.find((name) => arrays.has(name)) ?? "";
    const array = arrays.get(key);
    return array && { array, source: `${source}, array ${JSON.stringify(key)}` };
  };
  const absent = (name: string): DataError => {
    const known = [...arrays.keys()].map((key) => JSON.stringify(key)).join(", ");
    return new DataError(
      `${source} has no array ${name}; it holds ${known}: name it with features`,
    );
  };
  const usual = inputPairs.find(({ x }) => named(x) !== undefined);
  const only = arrays.size === 1 ? [...arrays.keys()] : [];
  const names = keys.x === undefined ? (usual ?? { x: only, y: [] }) : { x: [keys.x], y: [] };
  const x = named(names.x);
  if (x === undefined) throw absent(keys.x ?? "x (or x_test, or arr_0)");
  const y = named(keys.y === undefined ? names.y : [keys.y]);
  if (keys.y !== undefined && y === undefined) throw absent(keys.y);
  return { x, ...(y && { y }) };
}
