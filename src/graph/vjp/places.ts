/** @file Vector-Jacobian products of the operators that move elements. */
import type { Operators } from "../operators.ts";
import {
  cast,
  expandLike,
  gatherND,
  pad,
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

/** Where a cut along one axis begins and ends. */
function bounds(length: number, start: number, end: number): readonly [from: number, to: number] {
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  return [clamp(start), Math.max(clamp(start), clamp(end))];
}

/** `g` with `step` − 1 zeros after each element of `axis`: [..., n, ...] -> [..., n · step, ...] */
function spread(g: Value, axis: number, step: number): Value {
  if (step === 1) return g;
  const { shape } = g;
  const column = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const pads = new Array<number>(2 * column.length).fill(0);
  pads[column.length + axis + 1] = step - 1;
  const length = (shape[axis] as number) * step;
  return reshape(pad(reshape(g, column), pads), shape.with(axis, length));
}

/** The transpose of a cut: `g` where it was read from, and zeros around and between. */
function backToWhole(
  g: Value,
  x: Value,
  { starts, ends, axes, steps = [] }: Operators["Slice"],
): Value {
  const rank = x.shape.length;
  const pads = new Array<number>(2 * rank).fill(0);
  const whole = axes.reduce((value, axis, at) => {
    const length = x.shape[axis];
    if (typeof length !== "number") return value;
    const [from, to] = bounds(length, starts[at] ?? 0, ends[at] ?? 0);
    const wide = spread(value, axis, steps[at] ?? 1);
    const reach = Math.min(wide.shape[axis] as number, length - from);
    pads[axis] = from;
    pads[axis + rank] = length - from - reach;
    return to === from || reach === wide.shape[axis] ? wide : stretch(wide, axis, 0, reach);
  }, g);
  return pad(whole, pads);
}

export const placeVjps: VjpRules<
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
  Slice: ({ inputs: [x], attributes, full }) => [() => backToWhole(full(), x, attributes)],
  // what was added around is cut off
  Pad: ({ inputs: [x], attributes: { pads }, full }) => [
    () =>
      slice(full(), {
        starts: pads.slice(0, x.shape.length),
        ends: x.shape.map((length, axis) =>
          typeof length === "number" ? (pads[axis] ?? 0) + length : Number.MAX_SAFE_INTEGER,
        ),
        axes: x.shape.map((_, axis) => axis),
      }),
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
