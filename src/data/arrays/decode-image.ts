/** @file PNG and JPEG through fast-png and jpeg-js, optional peers that are loaded with the first image. */
import type { DecodedPng } from "fast-png";
import { DataError, RuntimeError } from "../../errors.ts";
import type { Image } from "./image.ts";

/** Formats of images that can be decoded. */
export type ImageFormat = "png" | "jpeg";

/** The format that bytes begin as; undefined for neither. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (png.every((byte, i) => bytes[i] === byte)) return "png";
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff ? "jpeg" : undefined;
}

/**
 * Pixels of a PNG or JPEG image: 16 bits are cut to 8, palettes are looked up, transparent pixels lie on white.
 *
 * @param source the file's name, for errors
 * @throws RuntimeError that says what to install when the decoder is not there; DataError for an image that is cut or corrupt
 */
export async function decodeImage(bytes: Uint8Array, source = "image"): Promise<Image> {
  const format = imageFormat(bytes);
  if (format === undefined) throw new DataError(`${source} is neither PNG nor JPEG`);
  const decode = format === "png" ? await loadPng() : await loadJpeg();
  try {
    return decode(bytes);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${source} is cut or corrupt: ${what}`, { cause });
  }
}

type Decoder = (bytes: Uint8Array) => Image;

async function loadPng(): Promise<Decoder> {
  const { decode, convertIndexedToRgb } = await optional(() => import("fast-png"), "fast-png");
  return (bytes) => {
    const png = decode(bytes, { checkCrc: true });
    const { width, height } = png;
    const [first] = png.palette ?? [];
    const data = first === undefined ? eightBits(png) : convertIndexedToRgb(png);
    return onWhite({ width, height, channels: first?.length ?? png.channels, data });
  };
}

async function loadJpeg(): Promise<Decoder> {
  const { decode } = (await optional(() => import("jpeg-js"), "jpeg-js")).default;
  return (bytes) => {
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
    });
    return { width, height, channels: 3, data };
  };
}

async function optional<T>(load: () => Promise<T>, name: string): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new RuntimeError(
      `these images are read with ${name}, which is not installed; install it with "npm install ${name}"`,
      { cause },
    );
  }
}

/** Samples of 1, 2, 4 or 16 bits as bytes from 0 to 255. */
function eightBits({ data, depth, width, height, channels }: DecodedPng): Uint8Array {
  if (data instanceof Uint16Array) return Uint8Array.from(data, (value) => value >> 8);
  if (depth === 8) return Uint8Array.from(data);
  const out = new Uint8Array(width * height * channels);
  const most = 2 ** depth - 1;
  const rowBytes = Math.ceil((width * channels * depth) / 8);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width * channels; x++) {
      const bit = x * depth;
      const sample = (data[y * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & most;
      out[to++] = (sample * 255) / most;
    }
  }
  return out;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 or 3, and 2 or 4 with opacity. */
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Without opacity: a transparent pixel shows the white behind it. */
function onWhite({ width, height, channels, data }: Pixels): Image {
  if (channels === 1 || channels === 3) return { width, height, channels, data };
  const colours = channels === 2 ? 1 : 3;
  const out = new Uint8Array(width * height * colours);
  for (let from = 0, to = 0; from < data.length; from += channels) {
    const opacity = data[from + colours]! / 255;
    for (let c = 0; c < colours; c++) {
      out[to++] = Math.round(data[from + c]! * opacity + 255 * (1 - opacity));
    }
  }
  return { width, height, channels: colours, data: out };
}
