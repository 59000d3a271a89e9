/** @file Reference loops of the convolutions and the pools. */
import { extent, transposedLength, windowAxes, windowCount, type WindowAxis } from "../geometry.ts";
import type { WindowOp } from "../shape/windows.ts";
import { allocate, sizeOf, zeros, type Tensor } from "../types.ts";
import type { EvaluateRules } from "./common.ts";

/** What one window covers: pairs of a kernel tap and the element it lies on, both counted row-major. */
interface Cover {
  readonly taps: readonly number[];
  readonly places: readonly number[];
}

/** What the window covers at each of its places; what lies in the padding is left out. */
function covers(
  lengths: readonly number[],
  axes: readonly WindowAxis[],
  counts: readonly number[],
): readonly Cover[] {
  return axes.reduce<readonly Cover[]>(
    (outer, axis, index) => {
      const inner = Array.from({ length: counts[index]! }, (_, at) =>
        line(axis, at, lengths[index]!),
      );
      return outer.flatMap((p) => inner.map((q) => joined(p, q, axis.kernel, lengths[index]!)));
    },
    [{ taps: [0], places: [0] }],
  );
}

/** What the window at `at` covers along one axis. */
function line(axis: WindowAxis, at: number, length: number): Cover {
  const start = at * axis.stride - axis.begin;
  const taps = Array.from({ length: axis.kernel }, (_, tap) => tap).filter((tap) => {
    const place = start + tap * axis.dilation;
    return place >= 0 && place < length;
  });
  return { taps, places: taps.map((tap) => start + tap * axis.dilation) };
}

const joined = (p: Cover, q: Cover, kernel: number, length: number): Cover => ({
  taps: p.taps.flatMap((tap) => q.taps.map((inner) => tap * kernel + inner)),
  places: p.places.flatMap((place) => q.places.map((inner) => place * length + inner)),
});

/** Calls `visit` for every example and channel with the places where its elements start. */
function planes(x: Tensor, visit: (start: number, channel: number, plane: number) => void): void {
  const size = sizeOf(x.shape.slice(2));
  const channels = x.shape[1]!;
  for (let plane = 0; plane < x.shape[0]! * channels; plane++)
    visit(plane * size, plane % channels, plane);
}

/** Taps of the window at `at` that lie on elements or on declared padding, over all axes. */
function windowSize(
  axes: readonly WindowAxis[],
  at: number,
  shape: readonly number[],
  lengths: readonly number[],
): number {
  let size = 1;
  let rest = at;
  for (let index = axes.length - 1; index >= 0; index--) {
    const axis = axes[index]!;
    const start = (rest % shape[index]!) * axis.stride - axis.begin;
    const room = lengths[index]! + axis.end - start; // elements and padding from the start on
    size *= room >= extent(axis) ? axis.kernel : Math.ceil(room / axis.dilation);
    rest = Math.floor(rest / shape[index]!);
  }
  return size;
}

export const windowLoops: EvaluateRules<WindowOp> = {
  // y[n, m, o] = b[m] + Σ_c Σ_tap w[m, c, tap] x[n, c, place(o, tap)]
  Conv: ([x, w, b], attributes, given) => {
    const axes = windowAxes(attributes);
    const lengths = x.shape.slice(2);
    const counts = axes.map((axis, index) => windowCount(lengths[index]!, axis));
    const windows = covers(lengths, axes, counts);
    const y = zeros(x.dtype, [x.shape[0]!, w.shape[0]!, ...counts]);
    const [size, kernel, depth] = [sizeOf(lengths), sizeOf(w.shape.slice(2)), w.shape[1]!];
    const filters = w.shape[0]! / attributes.group; // of one group
    planes(y, (start, m, plane) => {
      const n = Math.floor(plane / w.shape[0]!);
      const first = n * x.shape[1]! + Math.floor(m / filters) * depth;
      windows.forEach(({ taps, places }, o) => {
        let sum = given > 2 ? b.data[m]! : 0;
        for (let c = 0; c < depth; c++)
          for (let i = 0; i < taps.length; i++)
            sum +=
              w.data[(m * depth + c) * kernel + taps[i]!]! *
              x.data[(first + c) * size + places[i]!]!;
        y.data[start + o] = sum;
      });
    });
    return [y];
  },
  // y[n, m, place(i, tap)] = b[m] + Σ_c x[n, c, i] w[c, m, tap]
  ConvTranspose: ([x, w, b], attributes, given) => {
    const axes = windowAxes(attributes);
    const lengths = x.shape.slice(2);
    const { group, outputPadding } = attributes;
    const out = axes.map((axis, i) => transposedLength(lengths[i]!, axis, outputPadding[i]!));
    const windows = covers(out, axes, lengths);
    const [filters, kernel, size] = [w.shape[1]!, sizeOf(w.shape.slice(2)), sizeOf(out)];
    const channels = filters * group;
    const sums = new Float64Array(x.shape[0]! * channels * size);
    if (given > 2)
      for (let i = 0; i < sums.length; i++) sums[i] = b.data[Math.floor(i / size) % channels]!;
    planes(x, (start, c, plane) => {
      const n = Math.floor(plane / x.shape[1]!);
      const first = n * channels + Math.floor((c * group) / x.shape[1]!) * filters;
      windows.forEach(({ taps, places }, i) => {
        const value = x.data[start + i]!;
        for (let m = 0; m < filters; m++)
          for (let t = 0; t < taps.length; t++)
            sums[(first + m) * size + places[t]!]! +=
              value * w.data[(c * filters + m) * kernel + taps[t]!]!;
      });
    });
    const data = allocate(x.dtype, sums.length);
    data.set(sums);
    return [{ dtype: x.dtype, shape: [x.shape[0]!, channels, ...out], data }];
  },
  // y[n, c, o] = max over the window, the first of equals
  MaxPool: ([x], attributes) => {
    const axes = windowAxes(attributes);
    const lengths = x.shape.slice(2);
    const counts = axes.map((axis, i) => windowCount(lengths[i]!, axis, attributes.ceilMode));
    const windows = covers(lengths, axes, counts);
    const shape = [x.shape[0]!, x.shape[1]!, ...counts];
    const [y, indices] = [zeros(x.dtype, shape), zeros("int64", shape)];
    planes(x, (start, _, plane) => {
      windows.forEach(({ places }, o) => {
        let best = start + places[0]!;
        for (const place of places)
          if (x.data[start + place]! > x.data[best]!) best = start + place;
        y.data[plane * windows.length + o] = x.data[best]!;
        indices.data[plane * windows.length + o] = best;
      });
    });
    return [y, indices];
  },
  // y[n, c, o] = Σ over the window / its number of elements, with or without those of the padding
  AveragePool: ([x], attributes) => {
    const axes = windowAxes(attributes);
    const lengths = x.shape.slice(2);
    const counts = axes.map((axis, i) => windowCount(lengths[i]!, axis, attributes.ceilMode));
    const windows = covers(lengths, axes, counts);
    const y = zeros(x.dtype, [x.shape[0]!, x.shape[1]!, ...counts]);
    planes(x, (start, _, plane) => {
      windows.forEach(({ places }, o) => {
        let sum = 0;
        for (const place of places) sum += x.data[start + place]!;
        const n = attributes.countIncludePad ? windowSize(axes, o, counts, lengths) : places.length;
        y.data[plane * windows.length + o] = sum / n;
      });
    });
    return [y];
  },
  // y[n, c, o] = x[n, c, ⌊o / s⌋]
  Resize: ([x], { scales }) => {
    const lengths = x.shape.slice(2);
    const out = lengths.map((length, axis) => length * scales[axis]!);
    const axes = scales.map((kernel) => ({
      kernel,
      stride: kernel,
      begin: 0,
      end: 0,
      dilation: 1,
    }));
    const windows = covers(out, axes, lengths);
    const size = sizeOf(out);
    const y = zeros(x.dtype, [x.shape[0]!, x.shape[1]!, ...out]);
    planes(x, (start, _, plane) => {
      windows.forEach(({ places }, i) => {
        for (const place of places) y.data[plane * size + place] = x.data[start + i]!;
      });
    });
    return [y];
  },
};
