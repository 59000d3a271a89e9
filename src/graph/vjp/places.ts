/** @file Vector-Jacobian products of the operators that move elements. */
import type { Operators } from "../operators.ts";
import {
  cast,
  concat,
  expandLike,
  gatherND,
  reshape,
  scalar,
  scatterND,
  slice,
  transpose,
} from "../ops.ts";
import type { Value } from "../value.ts";
import { fill, noGradient, type VjpRules } from "./common.ts";

const zerosLike = (x: Value): Value => expandLike(scalar(0, x), x);

/** One stretch of one axis. */
const stretch = (x: Value, axis: number, start: number, end: number): Value =>
  slice(x, { starts: [start], ends: [end], axes: [axis] });

/** Zeros around `g` along axis `at` of the cut, whose other later axes are still cut. */
function padded(g: Value, x: Value, { starts, ends, axes }: Operators["Slice"], at: number): Value {
  const [axis = 0, start = 0, end = 0] = [axes[at], starts[at], ends[at]];
  const length = x.shape[axis];
  if (typeof length !== "number") return g; // a whole axis
  const from = Math.min(Math.max(start < 0 ? start + length : start, 0), length);
  const to = Math.min(Math.max(end < 0 ? end + length : end, from), length);
  const earlier = { starts: starts.slice(0, at), ends: ends.slice(0, at), axes: axes.slice(0, at) };
  const whole = at === 0 ? x : slice(x, earlier); // what this axis was cut out of
  const before = from > 0 ? [zerosLike(stretch(whole, axis, 0, from))] : [];
  const after = to < length ? [zerosLike(stretch(whole, axis, to, length))] : [];
  return before.length + after.length === 0 ? g : concat([...before, g, ...after], axis);
}

export const placeVjps: VjpRules<
  | "Shape"
  | "Size"
  | "Expand"
  | "Reshape"
  | "Transpose"
  | "Concat"
  | "Slice"
  | "Gather"
  | "GatherND"
  | "ScatterND"
> = {
  Shape: noGradient,
  Size: noGradient,
  // what was repeated is summed: the walk undoes the broadcast
  Expand: ({ dy }) => [() => dy],
  Reshape: ({ inputs: [x], full }) => [() => reshape(full(), x.shape)],
  Transpose: ({ attributes: { perm }, full }) => [
    () =>
      transpose(
        full(),
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
  ],
  // each input gets its own stretch of dy
  Concat: ({ inputs, attributes: { axis }, full }) => {
    let start = 0;
    return inputs.map((x) => {
      const from = start;
      start += x.shape[axis] as number;
      const to = start;
      return () => stretch(full(), axis, from, to);
    });
  },
  // zeros where nothing was read
  Slice: ({ inputs: [x], attributes, full }) => [
    () => attributes.axes.reduceRight((g, _, at) => padded(g, x, attributes, at), full()),
  ],
  // rows that were read more than once add up
  Gather: ({ inputs: [x, indices], attributes: { axis }, full }) => [
    () => {
      const rank = x.shape.length;
      const order = [
        axis,
        ...Array.from({ length: rank }, (_, at) => at).filter((at) => at !== axis),
      ];
      const back = order.map((_, at) => order.indexOf(at));
      const front = axis === 0 ? x : transpose(x, order); // [n, ...]
      const taken = indices.shape.length;
      const last = Array.from({ length: rank - 1 + taken }, (_, at) => at);
      const moved = [
        ...last.slice(axis, axis + taken),
        ...last.slice(0, axis),
        ...last.slice(axis + taken),
      ];
      const dy = axis === 0 ? full() : transpose(full(), moved); // [...k, ...]
      const rows = reshape(cast(indices, "int64"), [...indices.shape, 1]);
      const dx = scatterND(zerosLike(front), rows, dy);
      return axis === 0 ? dx : transpose(dx, back);
    },
  ],
  GatherND: ({ inputs: [x, indices], full }) => [() => scatterND(zerosLike(x), indices, full())],
  // y = x + Σ updates: both receive dy; where updates replace, x receives none of it
  ScatterND: ({ inputs: [, indices, updates], attributes: { reduction }, full }) => [
    () =>
      reduction === "add"
        ? full()
        : scatterND(full(), indices, fill(scalar(0, updates), updates), "none"),
    undefined,
    () => gatherND(full(), indices),
  ],
};
