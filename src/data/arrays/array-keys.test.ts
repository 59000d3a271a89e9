import { describe, expect, it } from "vitest";
import { inputArrays } from "./array-keys.ts";
import type { FileArray } from "./file-array.ts";

const one: FileArray = { data: Float32Array.of(1), shape: [1], type: "float32" };
const archive = (...names: readonly string[]): ReadonlyMap<string, FileArray> =>
  new Map(names.map((name) => [name, { ...one }]));

describe("inputArrays", () => {
  it.each([
    [["x", "y"], "x", "y"],
    [["x"], "x", undefined],
    [["x_train", "y_train", "x_test", "y_test"], "x_test", "y_test"],
    [["x_train", "y_train"], "x_train", "y_train"],
    [["arr_0", "arr_1"], "arr_0", "arr_1"],
    [["pixels"], "pixels", undefined],
  ] as const)("of %j are %s, with %s", (names, wantedX, wantedY) => {
    const arrays = archive(...names);
    const { x, y } = inputArrays(arrays, "a.npz");
    expect(x).toEqual({ array: arrays.get(wantedX), source: `a.npz, array "${wantedX}"` });
    expect(y?.array).toBe(wantedY && arrays.get(wantedY));
  });

  it("are those that are named", () => {
    const arrays = archive("x", "y", "other", "labels");
    const { x, y } = inputArrays(arrays, "a.npz", { x: "other" });
    expect([x.array, y]).toEqual([arrays.get("other"), undefined]);
    expect(inputArrays(arrays, "a.npz", { y: "labels" }).y?.array).toBe(arrays.get("labels"));
  });

  it.each([
    [["a", "b"], {}, 'no array x (or x_test, or arr_0); it holds "a", "b"'],
    [["x"], { x: "z" }, 'no array z; it holds "x"'],
    [["x"], { y: "labels" }, 'no array labels; it holds "x"'],
  ] as const)("of %j with %j are refused", (names, keys, message) => {
    expect(() => inputArrays(archive(...names), "a.npz", keys)).toThrow(`a.npz has ${message}`);
  });
});
