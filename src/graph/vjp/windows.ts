/** @file Vector-Jacobian products of the convolutions and the pools. */
import { ShapeError } from "../../errors.ts";
import { extent, windowAxes, windowCount, windowElements } from "../geometry.ts";
import type { Operators, Window } from "../operators.ts";
import { maxPool, upsample } from "../ops-windows.ts";
import {
  cast,
  concat,
  div,
  equal,
  expandLike,
  matMul,
  mul,
  pad,
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

/**
 * What each window over x [N, C, ...n] reads, [N, C, K, ...o] with the K taps of the kernel counted row-major: cut out along one axis
 * after the other, the last one first, which copies long stretches.
 */
function patches(x: Value, window: Window, counts: readonly number[]): Value {
  const axes = windowAxes(window);
  // elements from the first to the last that is read along each axis
  const reach = axes.map((axis, i) => ((counts[i] ?? 1) - 1) * axis.stride + 1);
  const ends = axes.map((axis, i) =>
    Math.max(0, (reach[i] ?? 1) + extent(axis) - 1 - axis.begin - (spatial(x)[i] ?? 1)),
  );
  const padded = pad(x, [0, 0, ...axes.map(({ begin }) => begin), 0, 0, ...ends]);
  const [n = 1, c = 1, ...lengths] = padded.shape;
  return axes.reduceRight(
    (value, { kernel, dilation, stride }, i) => {
      const axis = 3 + i; // of [N, C, K, ...]
      const length = reach[i] ?? 1;
      if (kernel === 1 && length === value.shape[axis]) return value;
      const steps = stride === 1 ? {} : { steps: [stride] };
      const taps = Array.from({ length: kernel }, (_, tap) =>
        slice(value, {
          starts: [tap * dilation],
          ends: [tap * dilation + length],
          axes: [axis],
          ...steps,
        }),
      );
      return kernel === 1 ? (taps[0] ?? value) : concat(taps, 2);
    },
    reshape(padded, [n, c, 1, ...lengths]),
  );
}

/**
 * Gradient of the weights w [M, C / G, ...k] of y = conv(x, w) in G groups. With X = patches(x) and every group by itself,
 *
 *     y[n] = W X[n],  so  dWᵀ = Σₙ X[n] dy[n]ᵀ        X [N, G, C / G · K, L], dy [N, G, M / G, L]
 *
 * in this order, since the runtime copies the second factor of a product and dy is the smaller one.
 */
function weightGradient(
  x: Value,
  w: Value,
  dy: Value,
  window: Window & { readonly group: number },
): Value {
  const { group } = window;
  const [filters = 1, depth = 1, ...kernel] = w.shape as number[];
  const [n = 1] = x.shape;
  const [taps, places] = [depth * sizeOf(kernel), sizeOf(spatial(dy))];
  const X = reshape(patches(x, window, spatial(dy)), [n, group, taps, places]);
  const dyT = transpose(reshape(dy, [n, group, filters / group, places]), [0, 1, 3, 2]);
  const dwT = reduceSum(matMul(X, dyT), { axes: [0] }); // [G, C / G · K, M / G]
  return reshape(transpose(dwT, [0, 2, 1]), w.shape);
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

/** Whether windows without padding lie side by side, each element in one of them at most. */
const sideBySide = (window: Window): boolean =>
  windowAxes(window).every(
    ({ kernel, stride, begin, end, dilation }) =>
      stride === kernel && dilation === 1 && begin === 0 && end === 0,
  );

/** `g` in [N, C, ...n], whose first places it has: zeros where a last window did not fit. */
function filledUp(g: Value, x: Value): Value {
  const rest = spatial(x).map((length, i) => length - (spatial(g)[i] ?? 0));
  return pad(g, [...x.shape.map(() => 0), 0, 0, ...rest]);
}

/**
 * Gradient of y = maxPool(x) over windows that lie side by side: dx = dy where x is the first of the largest elements of its window.
 * With ranks that fall from tap to tap, the first one is where [x = y] · rank is largest: pools and comparisons of whole arrays, where
 * the indices of the runtime and their scattering take ten times as long.
 */
function firstLargest(x: Value, y: Value, dy: Value, kernel: readonly number[]): Value {
  const cut = kernel.map((k, i) => k * (spatial(y)[i] ?? 1));
  const axes = kernel.map((_, axis) => axis + 2);
  const whole = cut.every((length, i) => length === spatial(x)[i]);
  const read = whole ? x : slice(x, { starts: axes.map(() => 0), ends: cut, axes });
  const candidate = cast(equal(read, upsample(y, kernel)), x.dtype);
  const ranked = mul(candidate, constant(tensor(x.dtype, [1, 1, ...cut], tapRanks(cut, kernel))));
  const best = maxPool(ranked, kernel, { strides: kernel });
  const first = cast(equal(ranked, upsample(best, kernel)), x.dtype);
  return filledUp(mul(upsample(dy, kernel), first), x);
}

/** K for the first tap of a window, 1 for the last, at every place of an array of windows side by side. */
function tapRanks(lengths: readonly number[], kernel: readonly number[]): Float64Array {
  return Float64Array.from({ length: sizeOf(lengths) }, (_, place) => {
    let [rest, tap, width] = [place, 0, 1];
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      const [length, k] = [lengths[axis] ?? 1, kernel[axis] ?? 1];
      tap += ((rest % length) % k) * width;
      width *= k;
      rest = Math.floor(rest / length);
    }
    return width - tap;
  });
}

export const windowVjps: VjpRules<WindowOp> = {
  // y = conv(x, w) + b:  dx = convᵀ(dy, w),  dW = Σ dy Xᵀ with X what each window reads,  db = Σ dy
  Conv: ({ inputs: [x, w], attributes, full }) => [
    () =>
      apply(
        "ConvTranspose",
        { ...backTo(x, attributes, spatial(full())), group: attributes.group },
        full(),
        w,
      ),
    () => weightGradient(x, w, full(), attributes),
    () => biasGradient(full()),
  ],
  // y = convᵀ(x, w) + b is the transpose of a convolution:  dx = conv(dy, w),  dW = Σ x dYᵀ with dY what each window reads,  db = Σ dy
  ConvTranspose: ({ inputs: [x, w], attributes, full }) => {
    const { kernelShape, strides, pads, dilations, group } = attributes;
    const window = { kernelShape, strides, pads, dilations, group };
    return [
      () => conv(full(), w, window, x),
      () => weightGradient(full(), w, x, window),
      () => biasGradient(full()),
    ];
  },
  // dx[place] = Σ dy over the windows whose largest element, the first of equals, is there
  MaxPool: ({ inputs: [x], y, outputs: [, places], attributes, full }) => [
    () => {
      if (sideBySide(attributes) && !attributes.ceilMode)
        return firstLargest(x, y, full(), attributes.kernelShape);
      if (places === undefined) throw new Error("internal: MaxPool has two outputs");
      return scatterND(expandLike(scalar(0, x), x), coordinates(places, x), full());
    },
  ],
  // dx[place] = Σ dy / n over the windows of n elements that cover it
  AveragePool: ({ inputs: [x], attributes, full }) => [
    () => {
      const { kernelShape } = attributes;
      if (sideBySide(attributes) && !attributes.ceilMode)
        return filledUp(upsample(mul(full(), 1 / sizeOf(kernelShape)), kernelShape), x);
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
  // each element has been copied to a block of s elements, which add up
  Resize: ({ inputs: [x], attributes: { scales }, full }) => [
    () => {
      const blocks = spatial(x).flatMap((length, i) => [length, scales[i] ?? 1]);
      const [n = 1, c = 1] = x.shape;
      return reduceSum(reshape(full(), [n, c, ...blocks]), {
        axes: scales.map((_, i) => 3 + 2 * i),
      });
    },
  ],
};
