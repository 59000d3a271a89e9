/** @file `--model`: a network in a word. */
import { readFileSync } from "node:fs";
import { isInMemory, layoutOf, type Dataset, type StoredDataset } from "../data/dataset.ts";
import { imageShapeOf } from "../data/image-shape.ts";
import { InputError, show } from "../errors.ts";
import { sizeOf } from "../graph/types.ts";
import { channelsFirst, cnnLayers, reshape } from "../nn/image-layers.ts";
import { dense, mlpLayers } from "../nn/layers.ts";
import type { Layer, Model } from "../nn/model.ts";
import { modelFromOnnx } from "../nn/onnx-model.ts";
import { sequential } from "../nn/sequential.ts";

/** The network that a text such as `mlp:128,64` describes. */
export interface ModelArgument {
  readonly kind: "linear" | "mlp" | "cnn" | "onnx";
  /** As it was given. */
  readonly text: string;
  /** Units of the hidden layers, or channels of the stages; none for a linear model and for one in a file. */
  readonly widths: readonly number[];
}

/** Channels of the stages of `cnn`. */
const usualChannels = [16, 32];

/**
 * `mlp:128,64` is a ReLU network with two hidden layers; `linear` (or `mlp:`) has none: softmax or linear regression. `cnn:16,32` is a
 * convolutional one with two stages, of 16 and 32 channels; so is `cnn`. A name that ends in `.onnx` is a file to start from.
 *
 * @throws InputError
 * @example parseModel("mlp:128,64").widths // [128, 64]
 */
export function parseModel(text: string): ModelArgument {
  if (text === "linear" || text === "mlp:") return { kind: "linear", text: "linear", widths: [] };
  if (/\.onnx$/i.test(text)) return { kind: "onnx", text, widths: [] };
  if (text === "cnn")
    return { kind: "cnn", text: `cnn:${usualChannels.join()}`, widths: usualChannels };
  const [, kind, list] = /^(mlp|cnn):(.*)$/.exec(text) ?? [];
  if ((kind !== "mlp" && kind !== "cnn") || list === undefined)
    throw new InputError(
      `--model must be linear, mlp: with the units of its hidden layers, such as mlp:128,64, or for images cnn, or cnn: with the channels of its stages, such as cnn:16,32, or an .onnx file; got ${show(text)}`,
    );
  const what = kind === "mlp" ? "the units of a hidden layer" : "the channels of a stage";
  const widths = list.split(",").map((entry) => {
    const value = /^\s*\d+\s*$/.test(entry) ? Number(entry) : NaN;
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new InputError(
      `--model: ${what} must be a whole number of at least 1, got ${show(entry)} in ${show(text)}`,
    );
  });
  return { kind, text, widths };
}

/** A network, and what was done to it, in lines. */
export interface BuiltModel {
  readonly model: Model;
  readonly notes: readonly string[];
}

/**
 * The network for `data`: as many outputs as it has classes or targets, one for two classes with binary cross entropy.
 *
 * @param loss name of the loss, where it is given
 * @throws InputError for a cnn where there are no images, a file with another number of outputs, and more classes than the loss is for; DataError for a file that cannot be read
 */
export function modelFor(
  argument: ModelArgument,
  data: Dataset | StoredDataset,
  loss?: string,
): BuiltModel {
  const { kind, widths, text } = argument;
  const outputs = outputsOf(data, loss);
  if (kind === "onnx") return modelInFile(text, data, outputs, loss);
  const layers: Readonly<Record<typeof kind, () => readonly Layer[]>> = {
    linear: () => [dense(outputs)],
    mlp: () => mlpLayers(widths, outputs),
    cnn: () => [...imagesOf(argument, data), ...cnnLayers(widths, outputs)],
  };
  return { model: sequential(layers[kind]()), notes: [] };
}

function modelInFile(
  path: string,
  { name, task, x }: Dataset | StoredDataset,
  outputs: number,
  loss: string | undefined,
): BuiltModel {
  const crossEntropy = loss === undefined ? task === "classification" : loss === "crossEntropy";
  const model = modelFromOnnx(bytesOf(path), { source: path, keepSoftmax: !crossEntropy });
  const { inputShape, outputShape, notes } = model;
  if (sizeOf(inputShape) !== sizeOf(x.shape))
    throw new InputError(
      `--model ${path} takes examples of shape [${inputShape.join(", ")}], and those of ${name} are [${x.shape.join(", ")}]`,
    );
  if (sizeOf(outputShape) !== outputs)
    throw new InputError(
      `--model ${path} puts out [${outputShape.join(", ")}], and ${name} has ${outputs} ${task === "classification" ? "classes" : "targets"}; export it with a last layer of ${outputs}`,
    );
  return { model, notes };
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`--model: cannot read ${path}: ${reason}`, { cause });
  }
}

/** What brings the rows of `data` to images [channels, height, width]. */
function imagesOf(
  { text, widths }: ModelArgument,
  data: Dataset | StoredDataset,
): readonly Layer[] {
  const { shape } = data.x;
  const image = data.preparation === undefined ? imageShapeOf(layoutOf(data.x)) : undefined;
  if (image === undefined)
    throw new InputError(
      `--model ${text} needs images, and ${data.name} has rows of shape [${shape.join(", ")}]; give images as [height, width] or [channels, height, width], or a model such as mlp:128`,
    );
  const { channels, height, width, channelsLast } = image;
  const most = Math.floor(Math.log2(Math.min(height, width)));
  if (widths.length > most)
    throw new InputError(
      `--model ${text} halves images ${widths.length} times, and those of ${data.name} are ${height} × ${width}; give ${most === 0 ? "a model such as mlp:128" : `at most ${most} numbers of channels`}`,
    );
  if (channelsLast) return [channelsFirst()];
  return shape.length === 3 ? [] : [reshape([channels, height, width])];
}

/** One logit for two classes where the loss is of one. @throws InputError for more */
function outputsOf(data: Dataset | StoredDataset, loss: string | undefined): number {
  const { name, task, y } = data;
  if (task === "regression" || y.shape.length > 0) return y.shape.reduce((a, b) => a * b, 1);
  const classes = classesOf(data);
  if (loss !== "binaryCrossEntropy") return classes;
  if (classes <= 2) return 1;
  throw new InputError(
    `--loss binary-cross-entropy is for two classes, and ${name} has ${classes}; use cross-entropy, which is the default`,
  );
}

function classesOf(data: Dataset | StoredDataset): number {
  if (data.classes !== undefined) return data.classes.length;
  return isInMemory(data) ? mostOf(data.y.data) + 1 : 1;
}

function mostOf(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}
