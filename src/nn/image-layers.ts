/** @file Layers for images [batch, channels, height, width]: convolutions, pools, and the way from rows to images. */
import { flag, knownOptions, InputError, list, ShapeError, show, wholeNumber } from "../errors.ts";
import { averagePool, conv, maxPool, type WindowOptions } from "../graph/ops-windows.ts";
import { reduceMean, reshape as reshaped, transpose } from "../graph/ops.ts";
import { showShape, sizeOf } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";
import type { Initializer } from "./initializer.ts";
import { checkInitializer, heNormal, zeros } from "./initializers.ts";
import { dense, relu } from "./layers.ts";
import type { Layer } from "./model.ts";

/** One number for both axes, or [height, width]. */
export type Pair = number | readonly [height: number, width: number];

/** Options of `conv2d`. */
export interface Conv2dOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Places of the kernel; 3 by default. */
  readonly kernelSize?: Pair;
  /** From one window to the next; 1 by default. */
  readonly stride?: Pair;
  /**
   * Zeros on either side, `"valid"` for none, which is the default, or `"same"` for as many as keep ⌈n / stride⌉ places, the odd one at
   * the end.
   */
  readonly padding?: Pair | "same" | "valid";
  /** From one place that the kernel reads to the next; 1 by default. */
  readonly dilation?: Pair;
  /** Groups of channels that do not meet; 1 by default, as many as there are channels for a depthwise convolution. */
  readonly groups?: number;
  /** Whether it adds a bias; true by default. */
  readonly bias?: boolean;
  /** Of the weight; `heNormal()` by default, which suits ReLU. */
  readonly initializer?: Initializer;
  /** Of the bias; zeros by default. */
  readonly biasInitializer?: Initializer;
}

const convOptions: Readonly<Record<keyof Conv2dOptions, true>> = {
  filters: true,
  kernelSize: true,
  stride: true,
  padding: true,
  dilation: true,
  groups: true,
  bias: true,
  initializer: true,
  biasInitializer: true,
};

/**
 * A convolution, y[m, i, j] = b[m] + Σ_c Σ_kl w[m, c, k, l] x[c, s i + d k − p, s j + d l − p].
 *
 * x [batch, in, height, width] -> y [batch, filters, ⌊(height + 2p − d (k − 1) − 1) / s⌋ + 1, …]; `weight` [filters, in / groups, k, k] and
 * `bias` [filters], laid out as in PyTorch's `Conv2d`. Rows of another shape, such as [784] or [28, 28], are brought to it by
 * `reshape([1, 28, 28])`.
 *
 * @throws InputError for an option that is not a whole number of at least 1 (of at least 0: `padding`)
 * @example sequential([reshape([1, 28, 28]), conv2d({ filters: 16, padding: "same" }), relu(), maxPool2d(), dense(10)])
 */
export function conv2d(options: Conv2dOptions): Layer {
  knownOptions("conv2d", options, Object.keys(convOptions));
  const { filters, kernelSize = 3, stride = 1, padding = "valid", dilation = 1 } = options;
  const { groups = 1, bias = true, initializer = heNormal(), biasInitializer = zeros() } = options;
  wholeNumber("conv2d: filters", filters);
  flag("conv2d: bias", bias);
  checkInitializer("conv2d: initializer", initializer);
  checkInitializer("conv2d: biasInitializer", biasInitializer);
  wholeNumber("conv2d: groups", groups);
  const kernel = pair("conv2d: kernelSize", kernelSize);
  const window = {
    strides: pair("conv2d: stride", stride),
    dilations: pair("conv2d: dilation", dilation),
    ...paddingOf("conv2d", padding),
  };
  return {
    kind: `conv2d(${described([filters, kernel], { stride, padding, dilation, groups }, conv2dDefaults)})`,
    forward: (x, scope) => {
      const channels = channelsOf(x);
      if (!Number.isInteger(channels / groups))
        throw new ShapeError(`${channels} channels do not divide into ${groups} groups`);
      const shape = [filters, channels / groups, ...kernel];
      const places = sizeOf(kernel);
      const fans = { fanIn: (channels / groups) * places, fanOut: filters * places };
      const weight = scope.parameter("weight", shape, initializer, fans);
      const b = bias ? scope.parameter("bias", [filters], biasInitializer, fans) : undefined;
      return conv(x, weight, b, { ...window, group: groups });
    },
  };
}

/** Options of `maxPool2d`. */
export interface MaxPool2dOptions {
  /** Places of a window; 2 by default. */
  readonly kernelSize?: Pair;
  /** From one window to the next; `kernelSize` by default, so that they lie side by side. */
  readonly stride?: Pair;
  /** Places on either side that are never the largest; 0 by default. */
  readonly padding?: Pair;
  /** Whether a last window may stand out; false by default. */
  readonly ceilMode?: boolean;
}

/**
 * The largest value of each window, channel by channel; of equal ones the first has the gradient, as in PyTorch's `MaxPool2d`.
 *
 * x [batch, channels, height, width] -> [batch, channels, ⌊(height + 2p − k) / s⌋ + 1, …]. Windows that lie side by side are the
 * quick ones: others need the indices of ONNX Runtime for their gradient, which take ten times as long.
 *
 * @throws InputError for an option that is not a whole number of at least 1 (of at least 0: `padding`)
 */
export function maxPool2d(options: MaxPool2dOptions = {}): Layer {
  knownOptions("maxPool2d", options, poolOptions);
  const { kind, kernel, window } = poolOf("maxPool2d", options);
  return { kind, forward: (x) => (channelsOf(x), maxPool(x, kernel, window)) };
}

/** Options of `averagePool2d`. */
export interface AveragePool2dOptions extends MaxPool2dOptions {
  /** Whether padding counts as zeros of the window; true by default, as in PyTorch. */
  readonly countIncludePad?: boolean;
}

/**
 * The mean of each window, channel by channel; PyTorch's `AvgPool2d`.
 *
 * x [batch, channels, height, width] -> [batch, channels, ⌊(height + 2p − k) / s⌋ + 1, …]
 *
 * @throws InputError for an option that is not a whole number of at least 1 (of at least 0: `padding`)
 */
export function averagePool2d(options: AveragePool2dOptions = {}): Layer {
  knownOptions("averagePool2d", options, [...poolOptions, "countIncludePad"]);
  const { kind, kernel, window } = poolOf("averagePool2d", options);
  const { countIncludePad = true } = options;
  flag("averagePool2d: countIncludePad", countIncludePad);
  return {
    kind,
    forward: (x) => (channelsOf(x), averagePool(x, kernel, { ...window, countIncludePad })),
  };
}

/** The mean of each channel: x [batch, channels, height, width] -> [batch, channels]. */
export function globalAveragePool2d(): Layer {
  return {
    kind: "globalAveragePool2d",
    forward: (x) => (channelsOf(x), reduceMean(x, { axes: [2, 3] })),
  };
}

/**
 * Every example in another shape, row-major: x [batch, …] -> [batch, ...shape]. `reshape([1, 28, 28])` makes images of one channel of
 * rows of shape [784] or [28, 28].
 *
 * @throws InputError for lengths that are not whole numbers of at least 1
 */
export function reshape(shape: readonly number[]): Layer {
  list("reshape: shape", shape, "[1, 28, 28]");
  shape.forEach((length) => wholeNumber("reshape: shape", length));
  return {
    kind: `reshape(${shape.join(",")})`,
    forward: (x) => reshaped(x, [x.shape[0] ?? 1, ...shape]),
  };
}

/**
 * Images whose channels stand last, as most image libraries keep them: x [batch, height, width, channels] -> [batch, channels, height, width].
 */
export function channelsFirst(): Layer {
  return { kind: "channelsFirst", forward: (x) => transpose(x, [0, 3, 1, 2]) };
}

/**
 * A plain convolutional network: for each number of channels a 3 × 3 convolution that keeps the size, a pool that halves it, and ReLU; then
 * dense(outputs). x [batch, channels, height, width] -> [batch, outputs]
 *
 * The pool comes before ReLU: the values and gradients are the same, and ReLU has a quarter of the work.
 */
export function cnnLayers(channels: readonly number[], outputs: number): readonly Layer[] {
  return [
    ...list("cnnLayers: channels", channels, "[16, 32]").flatMap((filters) => [
      conv2d({ filters, padding: "same" }),
      maxPool2d(),
      relu(),
    ]),
    dense(outputs),
  ];
}

/** The channels of an image. @throws ShapeError for what is not one */
function channelsOf(x: Value): number {
  const [, channels, height, width, ...more] = x.shape;
  const known = [channels, height, width].every((length) => typeof length === "number");
  if (known && more.length === 0) return channels as number;
  throw new ShapeError(
    `expected images [batch, channels, height, width], got ${showShape(x.shape)}; put a layer such as reshape([1, 28, 28]) before it`,
  );
}

const poolOptions = ["kernelSize", "stride", "padding", "ceilMode"];

function poolOf(name: string, options: MaxPool2dOptions) {
  const { kernelSize = 2, stride = kernelSize, padding = 0, ceilMode = false } = options;
  flag(`${name}: ceilMode`, ceilMode);
  const kernel = pair(`${name}: kernelSize`, kernelSize);
  const strides = pair(`${name}: stride`, stride);
  const more = {
    stride: strides.join() === kernel.join() ? kernelSize : stride,
    padding,
    ceilMode,
  };
  const kind = `${name}(${described([kernel], more, { ...more, stride: kernelSize, padding: 0, ceilMode: false })})`;
  return { kind, kernel, window: { strides, ceilMode, ...paddingOf(name, padding) } };
}

function pair(name: string, value: Pair, least = 1): readonly [number, number] {
  const both = typeof value === "number" ? [value, value] : value;
  if (!Array.isArray(both) || both.length !== 2)
    throw new InputError(`${name} must be a whole number or [height, width], got ${show(value)}`);
  const [height = NaN, width = NaN] = both as readonly number[];
  return [wholeNumber(name, height, least), wholeNumber(name, width, least)];
}

function paddingOf(
  name: string,
  padding: Pair | "same" | "valid",
): Pick<WindowOptions, "pads" | "autoPad"> {
  if (padding === "same") return { autoPad: "same-upper" };
  if (padding === "valid") return { autoPad: "valid" };
  if (typeof padding === "string")
    throw new InputError(
      `${name}: padding must be "same", "valid" or a whole number, got ${show(padding)}`,
    );
  const [height, width] = pair(`${name}: padding`, padding, 0);
  return { pads: [height, width, height, width] };
}

const conv2dDefaults = { stride: 1, padding: "valid", dilation: 1, groups: 1 };

/** `16,3x3,padding=same`: sizes, and what differs from the defaults. */
function described(
  sizes: readonly (number | readonly number[])[],
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): string {
  const text = (value: unknown) => (Array.isArray(value) ? value.join("x") : String(value));
  const special = Object.entries(options).filter(([name, value]) => value !== defaults[name]);
  return [...sizes.map(text), ...special.map(([name, value]) => `${name}=${text(value)}`)].join(
    ",",
  );
}
