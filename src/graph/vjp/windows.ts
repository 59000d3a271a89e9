/** @file Vector-Jacobian products of the convolutions and the pools. */
import { ShapeError } from "../../errors.ts";
import { extent, windowAxes, windowCount, windowElements } from "../geometry.ts";
import type { Operators, Window } from "../operators.ts";
import {
  concat,
  div,
  expandLike,
  mul,
  part,
  reduceSum,
  reshape,
  scalar,
  scatterND,
  slice,
  sub,
  transpose,
} from "../ops.ts";
import type { WindowOp } from "../shape/windows.ts";
import { showShape, sizeOf, tensor } from "../types.ts";
import { apply, constant, type Value } from "../value.ts";
import type { VjpRules } from "./common.ts";

/** Lengths of the spatial axes; the shape rules have checked that they are known. */
const spatial = (x: Value): readonly number[] => x.shape.slice(2) as number[];

/** Attributes of the transposed convolution that leads from windows over `x`, `counts` of them, back to `x`. */
function backTo(x: Value, window: Window, counts: readonly number[]) {
  const axes = windowAxes(window);
  // elements of the padded x that the windows reach, less those of x and of the padding before it
  const over = axes.map(
    (axis, i) =>
      ((counts[i] ?? 1) - 1) * axis.stride + extent(axis) - axis.begin - (spatial(x)[i] ?? 1),
  );
  return {
    kernelShape: window.kernelShape,
    strides: window.strides,
    dilations: window.dilations,
    pads: [...axes.map(({ begin }) => begin), ...over.map((n) => Math.max(n, 0))],
    outputPadding: over.map((n) => Math.max(-n, 0)),
  };
}

const swapped = (x: Value): Value =>
  transpose(
    x,
    x.shape.map((_, axis) => (axis < 2 ? 1 - axis : axis)),
  );

/**
 * Gradient of the weights w [M, C / group, ...k] of y = conv(x, w): each weight meets x wherever dy does, so
 * dwᵀ = conv(xᵀ, dyᵀ) with examples and channels exchanged, and strides and dilations exchanged.
 */
function weightGradient(x: Value, dy: Value, window: Window & { readonly group: number }): Value {
  const { group, strides, pads, dilations, kernelShape } = window;
  const parts = Array.from({ length: group }, (_, at) => {
    const dw = apply(
      "Conv",
      { kernelShape: spatial(dy), strides: dilations, dilations: strides, pads, group: 1 },
      swapped(part(x, 1, at, group)),
      swapped(part(dy, 1, at, group)),
    ); // [C / group, M / group, ...k or more, where the windows left a rest]
    const axes = kernelShape.map((_, axis) => axis + 2);
    const cut = { starts: kernelShape.map(() => 0), ends: kernelShape, axes };
    const whole = spatial(dw).every((length, axis) => length === kernelShape[axis]);
    return swapped(whole ? dw : slice(dw, cut));
  });
  const [first] = parts;
  return parts.length === 1 && first ? first : concat(parts, 0);
}

/** Every axis but the channels is summed. */
const biasGradient = (dy: Value): Value =>
  reduceSum(dy, { axes: dy.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])) });

/** Transposed convolution of `dy` back to `x`, cut where the stride left more than there was. */
function conv(dy: Value, w: Value, window: Operators["Conv"], like: Value): Value {
  const dx = apply("Conv", window, dy, w);
  if (showShape(dx.shape) === showShape(like.shape)) return dx;
  const axes = window.kernelShape.map((_, axis) => axis + 2);
  return slice(dx, { starts: axes.map(() => 0), ends: spatial(like), axes });
}

/** int64 coordinates [..., rank] of places counted row-major in `x`. */
function coordinates(places: Value, x: Value): Value {
  const columns: Value[] = [];
  let rest = places;
  for (let axis = x.shape.length - 1; axis > 0; axis--) {
    const length = x.shape[axis];
    if (typeof length !== "number")
      throw new ShapeError(`MaxPool: the gradient needs known channels, got ${showShape(x.shape)}`);
    const outer = div(rest, length);
    columns.unshift(sub(rest, mul(outer, length)));
    rest = outer;
  }
  const column = [...places.shape, 1];
  return concat(
    [rest, ...columns].map((value) => reshape(value, column)),
    column.length - 1,
  );
}

export const windowVjps: VjpRules<WindowOp> = {
  // y = conv(x, w) + b:  dx = convᵀ(dy, w),  dwᵀ = conv(xᵀ, dyᵀ),  db = Σ dy
  Conv: ({ inputs: [x, w], attributes, full }) => [
    () =>
      apply(
        "ConvTranspose",
        { ...backTo(x, attributes, spatial(full())), group: attributes.group },
        full(),
        w,
      ),
    () => weightGradient(x, full(), attributes),
    () => biasGradient(full()),
  ],
  // y = convᵀ(x, w) + b is the transpose of a convolution:  dx = conv(dy, w),  dwᵀ = conv(dyᵀ, xᵀ),  db = Σ dy
  ConvTranspose: ({ inputs: [x, w], attributes, full }) => {
    const { kernelShape, strides, pads, dilations, group } = attributes;
    const window = { kernelShape, strides, pads, dilations, group };
    return [
      () => conv(full(), w, window, x),
      () => weightGradient(full(), x, window),
      () => biasGradient(full()),
    ];
  },
  // dx[place] = Σ dy over the windows whose largest element, the first of equals, is there
  MaxPool: ({ inputs: [x], outputs: [, places], full }) => [
    () => {
      if (places === undefined) throw new Error("internal: MaxPool has two outputs");
      return scatterND(expandLike(scalar(0, x), x), coordinates(places, x), full());
    },
  ],
  // dx[place] = Σ dy / n over the windows of n elements that cover it
  AveragePool: ({ inputs: [x], attributes, full }) => [
    () => {
      const channels = x.shape[1];
      if (typeof channels !== "number")
        throw new ShapeError(
          `AveragePool: the gradient needs known channels, got ${showShape(x.shape)}`,
        );
      const counts = windowAxes(attributes).map((axis, i) =>
        windowCount(spatial(x)[i] ?? 1, axis, attributes.ceilMode),
      );
      const n = constant(
        tensor(x.dtype, [1, 1, ...counts], windowElements(spatial(x), attributes)),
      );
      const shape = [channels, 1, ...attributes.kernelShape];
      const ones = constant(tensor(x.dtype, shape, new Array<number>(sizeOf(shape)).fill(1)));
      const window = { ...backTo(x, attributes, counts), group: channels };
      return apply("ConvTranspose", window, div(full(), n), ones);
    },
  ],
};
