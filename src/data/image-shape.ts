/** @file Which rows are images, and how they are laid out. */
import type { ColumnLayout } from "./dataset.ts";

/** An image as its row is stored. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Planes one after the other, or the channels of a pixel side by side. */
  readonly channelsLast: boolean;
}

/** Numbers of channels that images have: grey, grey with transparency, colours, and these with transparency. */
const usualChannels = [1, 2, 3, 4];

/**
 * The image that a row is: [height, width], [channels, height, width], [height, width, channels] with 1 to 4 channels, or in bytes that are
 * scaled also a square in one piece, such as [784]. Undefined for rows that are none.
 *
 * @example imageShapeOf({ dtype: "uint8", shape: [784], scale: 1 / 255 }) // 1 channel, 28 × 28
 */
export function imageShapeOf({ dtype, shape, scale }: ColumnLayout): ImageShape | undefined {
  const [first = 0, second = 0] = shape;
  if (shape.length === 1)
    return dtype === "uint8" && scale !== undefined ? squareOf(first) : undefined;
  if (shape.length === 2) return { channels: 1, height: first, width: second, channelsLast: false };
  return shape.length === 3 ? planesOf(shape) : undefined;
}

function squareOf(size: number): ImageShape | undefined {
  const side = Math.sqrt(size);
  if (!Number.isInteger(side) || side < 2) return undefined;
  return { channels: 1, height: side, width: side, channelsLast: false };
}

function planesOf([first = 0, second = 0, third = 0]: readonly number[]): ImageShape | undefined {
  if (usualChannels.includes(first))
    return { channels: first, height: second, width: third, channelsLast: false };
  if (!usualChannels.includes(third)) return undefined;
  return { channels: third, height: first, width: second, channelsLast: true };
}
