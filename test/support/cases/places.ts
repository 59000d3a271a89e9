/** @file Contract cases of the operators that move elements. */
import { shapeOf } from "../../../src/graph/ops.ts";
import type { Value } from "../../../src/graph/value.ts";
import { f, ints, plain, type Case, type Cases, type Fed } from "./common.ts";

/** Expand takes the shape of its second input. */
const expand = (x: Fed, like: Fed): Case<"Expand"> => ({
  ...plain(x, like),
  operands: ([a, b]: readonly Value[]) => [a!, shapeOf(b!)],
});

const slice = (
  x: Fed,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps?: readonly number[],
): Case<"Slice"> => ({
  inputs: [x],
  attributes: { starts, ends, axes, ...(steps && { steps }) },
});

const whole = Number.MAX_SAFE_INTEGER;
const i32 = (shape: Fed["shape"], values: readonly number[]) => ints("int32", shape, values);
const i64 = (shape: Fed["shape"], values: readonly number[]) => ints("int64", shape, values);

const gather = (x: Fed, indices: Fed, axis: number): Case<"Gather"> => ({
  inputs: [x, indices],
  attributes: { axis },
});

const scatter = (
  reduction: "none" | "add",
  x: Fed,
  indices: Fed,
  updates: Fed,
): Case<"ScatterND"> => ({
  inputs: [x, indices, updates],
  attributes: { reduction },
});

export const placeCases: Cases<
  | "Shape"
  | "Size"
  | "Expand"
  | "Reshape"
  | "Transpose"
  | "Concat"
  | "Slice"
  | "Pad"
  | "Gather"
  | "GatherND"
  | "ScatterND"
> = {
  Shape: [plain(f([2, 3])), plain(f(["batch", 4])), plain(f([]))],
  Size: [plain(f([2, 3])), plain(f(["batch", 4])), plain(f([]))],
  Expand: [
    expand(f([3]), f([2, 3])),
    expand(f([2, 1]), f([2, 3])),
    expand(f([]), f(["batch", 3])),
    expand(f([1, 3]), f(["batch", 3])),
    expand(f(["batch", 3]), f([3])),
    expand(f([2, 3]), f([1, 1])),
    expand(f([1]), f([1])),
  ],
  Reshape: [
    { inputs: [f([2, 6])], attributes: { shape: [3, 4] } },
    { inputs: [f([2, 6])], attributes: { shape: [12] } },
    { inputs: [f([1])], attributes: { shape: [] } },
    { inputs: [f([])], attributes: { shape: [1, 1] } },
    { inputs: [f(["batch", 2, 3])], attributes: { shape: ["batch", 6] } },
    { inputs: [f(["batch", 6])], attributes: { shape: [2, "batch", 3] } },
    { inputs: [i64([4], [1, 2, 3, 4])], attributes: { shape: [2, 2] } },
  ],
  Transpose: [
    { inputs: [f([2, 3])], attributes: { perm: [1, 0] } },
    { inputs: [f([2, 3, 4])], attributes: { perm: [2, 0, 1] } },
    { inputs: [f([2, 3, 4])], attributes: { perm: [1, 2, 0] } },
    { inputs: [f(["batch", 3])], attributes: { perm: [1, 0] } },
    { inputs: [f([])], attributes: { perm: [] } },
  ],
  Concat: [
    { inputs: [f([2, 3]), f([4, 3])], attributes: { axis: 0 } },
    { inputs: [f([2, 3]), f([2, 1]), f([2, 2])], attributes: { axis: 1 } },
    { inputs: [f(["batch", 3]), f(["batch", 1])], attributes: { axis: 1 } },
    { inputs: [f([2, 1, 2]), f([2, 3, 2])], attributes: { axis: 1 } },
    { inputs: [f([3])], attributes: { axis: 0 } },
    { inputs: [i64([2], [1, 2]), i64([1], [3])], attributes: { axis: 0 } },
  ],
  Slice: [
    slice(f([5, 3]), [1], [3], [0]),
    slice(f([5, 3]), [-3], [-1], [0]),
    slice(f([5, 3]), [1, 0], [4, 2], [0, 1]),
    slice(f([5, 3, 4]), [1, 2], [4, 3], [2, 1]),
    slice(f([5, 3]), [2], [whole], [0]),
    slice(f([5]), [0], [5], [0]),
    slice(f([5]), [3], [3], [0]),
    slice(f(["batch", 3]), [1], [2], [1]),
    slice(f(["batch", 3]), [0, 1], [whole, 3], [0, 1]),
    slice(i64([4], [1, 2, 3, 4]), [1], [3], [0]),
    slice(f([7]), [0], [7], [0], [2]),
    slice(f([8, 3]), [1], [6], [0], [3]), // 1 and 4, and a rest
    slice(f(["batch", 5, 6]), [1, 0], [whole, whole], [1, 2], [2, 5]),
  ],
  Pad: [
    { inputs: [f([3])], attributes: { pads: [2, 1] } },
    { inputs: [f(["batch", 2, 3])], attributes: { pads: [0, 1, 0, 0, 0, 2] } },
    { inputs: [f([1, 1, 2, 2])], attributes: { pads: [0, 0, 1, 2, 0, 0, 2, 0] } },
  ],
  Gather: [
    gather(f([4, 3]), i64([2], [3, 0]), 0),
    gather(f([4, 3]), i32([3], [1, 1, -1]), 0), // rows more than once, and from the end
    gather(f([2, 4, 3]), i32([2, 2], [3, 0, 0, 1]), 1),
    gather(f([2, 4]), i64([], [2]), 1),
    gather(f([2, 3, 4]), i64([5], [3, 3, 0, 1, 2]), 2),
    gather(f([4, 3]), i32(["batch"], [2, 0, 2]), 0),
    gather(f(["batch", 4]), i64([2], [1, 3]), 1),
    gather(ints("uint8", [3, 2], [1, 2, 3, 4, 5, 6]), i32([2], [2, 0]), 0),
  ],
  GatherND: [
    plain(f([4, 3]), i64([2, 1], [3, 0])),
    plain(f([4, 3]), i64([3, 2], [3, 0, 1, 2, 3, 0])),
    plain(f([2, 3, 4]), i64([2, 2, 2], [0, 0, 1, 2, 0, 1, 1, -1])),
    plain(f(["batch", 3]), i64(["batch", 2], [0, 2, 1, 0, 2, 1])),
  ],
  ScatterND: (["none", "add"] as const).flatMap((reduction) => [
    scatter(reduction, f([4, 3]), i64([2, 1], [3, 0]), f([2, 3])),
    scatter(reduction, f([4, 3]), i64([2, 2], [3, 0, 1, -1]), f([2])),
    scatter(reduction, f([2, 3, 4]), i64([1, 2, 2], [0, 0, 1, 2]), f([1, 2, 4])),
    scatter(reduction, f([5]), i64(["batch", 1], [4, 0, 2]), f(["batch"])),
    // places that are written more than once add up
    ...(reduction === "add"
      ? [scatter(reduction, f([4, 2]), i64([3, 1], [1, 1, 3]), f([3, 2]))]
      : []),
  ]),
};
